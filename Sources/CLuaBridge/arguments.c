#include <math.h>
#include <string.h>

#include "internal.h"

static const char *const callback_names[LN_CALLBACKS] = {"on_open", "on_message", "on_error", "on_close"};

void ln_check_object(lua_State *L, const char *function) {
  if (!lua_rawequal(L, 1, lua_upvalueindex(2))) luaL_error(L, "use %s(...): a colon, so that the object itself is passed", function);
}

int ln_argument_error(lua_State *L, const char *function, const char *name, const char *expected, int index) {
  return luaL_error(L, "%s: %s must be %s, not %s", function, name, expected, luaL_tolstring(L, index, NULL));
}

static int type_error(lua_State *L, const char *function, const char *name, const char *expected, int index) {
  const char *given = lua_type(L, index) == LUA_TNONE ? "nothing" : luaL_typename(L, index);
  return luaL_error(L, "%s: %s must be %s, not %s", function, name, expected, given);
}

ln_text ln_check_text(lua_State *L, int index, const char *function, const char *name) {
  ln_text text = {NULL, 0};
  if (!lua_isstring(L, index)) type_error(L, function, name, "a string", index);
  text.start = lua_tolstring(L, index, &text.count);
  return text;
}

int64_t ln_check_integer(lua_State *L, int index, const char *function, const char *name) {
  int is_integer = 0;
  if (lua_type(L, index) != LUA_TNUMBER) type_error(L, function, name, "an integer", index);
  const lua_Integer value = lua_tointegerx(L, index, &is_integer);
  if (!is_integer) ln_argument_error(L, function, name, "an integer", index);
  return value;
}

double ln_check_seconds(lua_State *L, int index, const char *function, const char *name, bool allows_zero) {
  const char *expected = allows_zero ? "a number of seconds, 0 or more" : "a number of seconds above 0";
  static const double day = 86400;
  if (lua_type(L, index) != LUA_TNUMBER) type_error(L, function, name, expected, index);
  const double seconds = lua_tonumber(L, index);
  if (!isfinite(seconds) || seconds < 0 || (seconds == 0 && !allows_zero)) ln_argument_error(L, function, name, expected, index);
  return seconds < day ? seconds : day;
}

int ln_raw_field(lua_State *L, int index, const char *name) {
  index = lua_absindex(L, index);
  lua_pushstring(L, name);
  return lua_rawget(L, index);
}

uint16_t ln_check_close_code(lua_State *L, int index, const char *function, const ln_core *core) {
  if (lua_isnoneornil(L, index)) return 1000;
  const int64_t code = ln_check_integer(L, index, function, "code");
  if (!core->is_close_code(code)) {
    ln_argument_error(L, function, "code", "a close code: 1000 to 1003, 1007 to 1014 or 3000 to 4999", index);
  }
  return (uint16_t)code;
}

// MARK: Texts

ln_text *ln_push_texts(lua_State *L, size_t count) {
  ln_text *texts = lua_newuserdatauv(L, (count == 0 ? 1 : count) * sizeof *texts, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, -3, 1);
  return texts;
}

ln_text ln_keep_text(lua_State *L, int strings, size_t place) {
  ln_text text = {NULL, 0};
  text.start = lua_tolstring(L, -1, &text.count);
  lua_rawseti(L, strings, (lua_Integer)place + 1);
  return text;
}

const ln_text *ln_check_list(
  lua_State *L, int index, const char *function, const char *name, const char *expected, size_t *count) {
  if (lua_type(L, index) != LUA_TTABLE) ln_argument_error(L, function, name, expected, index);
  *count = lua_rawlen(L, index);
  ln_text *texts = ln_push_texts(L, *count);
  const int strings = lua_gettop(L);
  size_t filled = 0;
  for (lua_pushnil(L); lua_next(L, index); filled++) {
    // Whatever order the keys come in, each place of the list is among them once.
    const lua_Integer place = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (place < 1 || (lua_Unsigned)place > *count || lua_type(L, -1) != LUA_TSTRING) {
      ln_argument_error(L, function, name, expected, index);
    }
    texts[place - 1] = ln_keep_text(L, strings, (size_t)place - 1);
  }
  if (filled != *count) ln_argument_error(L, function, name, expected, index);
  return texts;
}

// MARK: Callbacks

static bool is_among(const char *key, const char *const *names, size_t count) {
  for (size_t i = 0; i < count && names[i] != NULL; i++) {
    if (strcmp(key, names[i]) == 0) return true;
  }
  return false;
}

/// How many letters have to be added, removed or changed; 99 for words that are too long to be meant.
static int distance(const char *left, const char *right) {
  enum { LONGEST = 31 };
  const size_t m = strlen(left), n = strlen(right);
  int row[LONGEST + 1];
  if (m > LONGEST || n > LONGEST) return 99;
  for (size_t j = 0; j <= n; j++) row[j] = (int)j;
  for (size_t i = 1; i <= m; i++) {
    int diagonal = row[0];
    row[0] = (int)i;
    for (size_t j = 1; j <= n; j++) {
      const int change = diagonal + (left[i - 1] != right[j - 1]);
      const int edit = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      diagonal = row[j];
      row[j] = change < edit ? change : edit;
    }
  }
  return row[n];
}

static void nearest(const char *key, const char *const *names, size_t count, const char **best, int *least) {
  for (size_t i = 0; i < count && names[i] != NULL; i++) {
    const int away = distance(key, names[i]);
    if (away < *least) *least = away, *best = names[i];
  }
}

static int key_error(lua_State *L, const char *function, int index, const char *const *options) {
  if (lua_type(L, index) != LUA_TSTRING) return luaL_error(L, "%s: callbacks has a key that is a %s", function, luaL_typename(L, index));
  const char *key = lua_tostring(L, index), *best = NULL;
  int least = 4;
  nearest(key, callback_names, LN_CALLBACKS, &best, &least);
  nearest(key, options, (size_t)-1, &best, &least);
  if (best == NULL) return luaL_error(L, "%s: callbacks has the unknown key '%s'", function, key);
  return luaL_error(L, "%s: callbacks has the unknown key '%s'; is '%s' meant?", function, key, best);
}

int32_t ln_take_callbacks(lua_State *L, int index, const char *function, const char *const *options) {
  index = lua_absindex(L, index);
  if (lua_type(L, index) != LUA_TTABLE) type_error(L, function, "callbacks", "a table", index);
  luaL_checkstack(L, 8, NULL);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    if (key == NULL || !(is_among(key, callback_names, LN_CALLBACKS) || is_among(key, options, (size_t)-1))) {
      key_error(L, function, lua_absindex(L, -2), options);
    }
  }
  if (!ln_push_references(L, ln_running_scope(L)->context)) luaL_error(L, "%s: the context is closed", function);
  lua_createtable(L, LN_CALLBACKS, 0);
  for (int i = 0; i < LN_CALLBACKS; i++) {
    const int type = ln_raw_field(L, index, callback_names[i]);
    if (type != LUA_TNIL && type != LUA_TFUNCTION) type_error(L, function, callback_names[i], "a function or nil", -1);
    lua_rawseti(L, -2, i + 1);
  }
  const int32_t reference = luaL_ref(L, -2);
  lua_pop(L, 1);
  return reference;
}

void ln_drop_callbacks(lua_State *L, int32_t reference) {
  if (!ln_push_references(L, ln_running_scope(L)->context)) return;
  luaL_unref(L, -1, reference);
  lua_pop(L, 1);
}

int ln_push_result(lua_State *L, ln_refusal refusal) {
  lua_pushboolean(L, refusal == NULL);
  return refusal == NULL ? 1 : ln_push_refusal(L, refusal);
}

int ln_push_refusal(lua_State *L, ln_refusal refusal) {
  lua_pushstring(L, refusal);
  return 2;
}
