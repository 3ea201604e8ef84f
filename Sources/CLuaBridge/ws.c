#include "internal.h"

static const char connect_name[] = "net.ws:connect";
static const char send_name[] = "net.ws:send";
static const char close_name[] = "net.ws:close";
static const char is_open_name[] = "net.ws:is_open";

static const ln_ws_calls *calls(const ln_scope *scope) { return &scope->context->core->ws; }

// MARK: Options

/// Pushes room for `count` texts, and a table that keeps their strings whatever happens to the script's tables: collecting garbage may run
/// what changes those.
static ln_text *push_texts(lua_State *L, size_t count) {
  ln_text *texts = lua_newuserdatauv(L, (count == 0 ? 1 : count) * sizeof *texts, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, -3, 1);
  return texts;
}

/// Takes the string at the top into the table of `push_texts` at `strings`, and pops it.
static ln_text keep_text(lua_State *L, int strings, size_t place) {
  ln_text text = {NULL, 0};
  text.start = lua_tolstring(L, -1, &text.count);
  lua_rawseti(L, strings, (lua_Integer)place + 1);
  return text;
}

/// Reads a table of names and values, and leaves on the stack what the request points to.
static void check_headers(lua_State *L, int index, ln_ws_request *request) {
  static const char expected[] = "a table of strings by names";
  if (lua_type(L, index) != LUA_TTABLE) ln_argument_error(L, connect_name, "headers", expected, index);
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) count++;
  ln_text *texts = push_texts(L, 2 * count);
  const int strings = lua_gettop(L);
  size_t filled = 0;
  for (lua_pushnil(L); lua_next(L, index); filled++) {
    if (lua_type(L, -2) != LUA_TSTRING || filled == count) ln_argument_error(L, connect_name, "headers", expected, index);
    if (!lua_isstring(L, -1)) ln_argument_error(L, connect_name, lua_pushfstring(L, "headers['%s']", lua_tostring(L, -2)), "a string", -2);
    texts[2 * filled + 1] = keep_text(L, strings, 2 * filled + 1);
    lua_pushvalue(L, -1);
    texts[2 * filled] = keep_text(L, strings, 2 * filled);
  }
  request->fields = texts;
  request->field_count = filled;
}

/// Reads a list of names, and leaves on the stack what the request points to.
static void check_protocols(lua_State *L, int index, ln_ws_request *request) {
  static const char expected[] = "a list of strings";
  if (lua_type(L, index) != LUA_TTABLE) ln_argument_error(L, connect_name, "protocols", expected, index);
  const size_t count = lua_rawlen(L, index);
  ln_text *texts = push_texts(L, count);
  const int strings = lua_gettop(L);
  size_t filled = 0;
  for (lua_pushnil(L); lua_next(L, index); filled++) {
    // Whatever order the keys come in, each place of the list is among them once.
    const lua_Integer place = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
    if (place < 1 || (lua_Unsigned)place > count || lua_type(L, -1) != LUA_TSTRING) {
      ln_argument_error(L, connect_name, "protocols", expected, index);
    }
    texts[place - 1] = keep_text(L, strings, (size_t)place - 1);
  }
  if (filled != count) ln_argument_error(L, connect_name, "protocols", expected, index);
  request->protocols = texts;
  request->protocol_count = count;
}

/// Reads the options in the table at `index`, and leaves on the stack what the request points to.
static void check_options(lua_State *L, int index, ln_ws_request *request) {
  luaL_checkstack(L, 16, NULL);
  if (ln_raw_field(L, index, "headers") != LUA_TNIL) check_headers(L, lua_gettop(L), request);
  if (ln_raw_field(L, index, "protocols") != LUA_TNIL) check_protocols(L, lua_gettop(L), request);
  if (ln_raw_field(L, index, "timeout") != LUA_TNIL) request->timeout = ln_check_seconds(L, -1, connect_name, "timeout", false);
  const int insecure = ln_raw_field(L, index, "insecure");
  if (insecure != LUA_TNIL && insecure != LUA_TBOOLEAN) ln_argument_error(L, connect_name, "insecure", "a boolean", -1);
  request->is_insecure = lua_toboolean(L, -1);
  if (ln_raw_field(L, index, "ca_file") != LUA_TNIL) request->ca_file = ln_check_text(L, -1, connect_name, "ca_file");
}

// MARK: Calls

/// net.ws:connect(url, callbacks): begins to connect, and returns the id.
static int connect(lua_State *L) {
  static const char *const options[] = {"headers", "protocols", "timeout", "insecure", "ca_file", NULL};
  ln_check_object(L, connect_name);
  const ln_scope *scope = ln_running_scope(L);
  ln_require_open(L, scope, connect_name);
  ln_ws_request request = {0};
  lua_settop(L, 3);
  request.url = ln_check_text(L, 2, connect_name, "url");
  if (lua_type(L, 3) == LUA_TTABLE) check_options(L, 3, &request);
  const int32_t callbacks = ln_take_callbacks(L, 3, connect_name, options);
  // From here on nothing raises that matters. Collecting garbage may have run what unloads the script.
  const int64_t id = ln_scope_is_open(scope) ? calls(scope)->connect(scope->context->context, scope->id, callbacks, &request) : 0;
  if (id == 0) {
    ln_drop_callbacks(L, callbacks);
    ln_require_open(L, scope, connect_name);
  }
  lua_pushinteger(L, id);
  return 1;
}

/// net.ws:send(id, msg[, is_binary]): whether the message was accepted, and why not.
static int send(lua_State *L) {
  ln_check_object(L, send_name);
  const ln_scope *scope = ln_running_scope(L);
  const int64_t id = ln_check_integer(L, 2, send_name, "id");
  const ln_text message = ln_check_text(L, 3, send_name, "msg");
  if (!lua_isnoneornil(L, 4) && lua_type(L, 4) != LUA_TBOOLEAN) ln_argument_error(L, send_name, "is_binary", "a boolean", 4);
  const bool is_binary = lua_toboolean(L, 4);
  ln_refusal refusal = "the context is closed: the script was unloaded";
  if (ln_scope_is_open(scope)) refusal = calls(scope)->send(scope->context->context, scope->id, id, message, is_binary);
  lua_pushboolean(L, refusal == NULL);
  return refusal == NULL ? 1 : ln_push_refusal(L, refusal);
}

/// net.ws:close(id[, code[, reason]]): begins the closing handshake, or gives up connecting.
static int close(lua_State *L) {
  ln_check_object(L, close_name);
  const ln_scope *scope = ln_running_scope(L);
  const int64_t id = ln_check_integer(L, 2, close_name, "id");
  const int64_t code = lua_isnoneornil(L, 3) ? 1000 : ln_check_integer(L, 3, close_name, "code");
  ln_text reason = {NULL, 0};
  if (!lua_isnoneornil(L, 4)) reason = ln_check_text(L, 4, close_name, "reason");
  if (!scope->context->core->server.is_close_code(code)) {
    ln_argument_error(L, close_name, "code", "a close code: 1000 to 1003, 1007 to 1014 or 3000 to 4999", 3);
  }
  if (ln_scope_is_open(scope)) calls(scope)->close(scope->context->context, scope->id, id, (uint16_t)code, reason);
  return 0;
}

/// net.ws:is_open(id): whether messages can be sent.
static int is_open(lua_State *L) {
  ln_check_object(L, is_open_name);
  const ln_scope *scope = ln_running_scope(L);
  const int64_t id = ln_check_integer(L, 2, is_open_name, "id");
  lua_pushboolean(L, ln_scope_is_open(scope) && calls(scope)->is_open(scope->context->context, scope->id, id));
  return 1;
}

static const luaL_Reg functions[] = {
  {"connect", connect}, {"send", send}, {"close", close}, {"is_open", is_open}, {NULL, NULL}};

void ln_set_ws(lua_State *L, int scope) {
  scope = lua_absindex(L, scope);
  ln_push_object(L, scope, functions);
  lua_setfield(L, -2, "ws");
}
