#include "internal.h"

static const char connect_name[] = "net.ws:connect";
static const char send_name[] = "net.ws:send";
static const char close_name[] = "net.ws:close";
static const char is_open_name[] = "net.ws:is_open";

static const ln_ws_calls *calls(const ln_scope *scope) { return &scope->context->core->ws; }

// MARK: Options

/// Reads a table of names and values, and leaves on the stack what the request points to.
static void check_headers(lua_State *L, int index, ln_ws_request *request) {
  static const char expected[] = "a table of strings by names";
  if (lua_type(L, index) != LUA_TTABLE) ln_argument_error(L, connect_name, "headers", expected, index);
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) count++;
  ln_text *texts = ln_push_texts(L, 2 * count);
  const int strings = lua_gettop(L);
  size_t filled = 0;
  for (lua_pushnil(L); lua_next(L, index); filled++) {
    if (lua_type(L, -2) != LUA_TSTRING || filled == count) ln_argument_error(L, connect_name, "headers", expected, index);
    if (!lua_isstring(L, -1)) ln_argument_error(L, connect_name, lua_pushfstring(L, "headers['%s']", lua_tostring(L, -2)), "a string", -2);
    texts[2 * filled + 1] = ln_keep_text(L, strings, 2 * filled + 1);
    lua_pushvalue(L, -1);
    texts[2 * filled] = ln_keep_text(L, strings, 2 * filled);
  }
  request->fields = texts;
  request->field_count = filled;
}

/// Reads the options in the table at `index`, and leaves on the stack what the request points to.
static void check_options(lua_State *L, int index, ln_ws_request *request) {
  luaL_checkstack(L, 16, NULL);
  if (ln_raw_field(L, index, "headers") != LUA_TNIL) check_headers(L, lua_gettop(L), request);
  if (ln_raw_field(L, index, "protocols") != LUA_TNIL) {
    request->protocols = ln_check_list(L, lua_gettop(L), connect_name, "protocols", "a list of strings", &request->protocol_count);
  }
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
  return ln_push_result(L, refusal);
}

/// net.ws:close(id[, code[, reason]]): begins the closing handshake, or gives up connecting.
static int close(lua_State *L) {
  ln_check_object(L, close_name);
  const ln_scope *scope = ln_running_scope(L);
  const int64_t id = ln_check_integer(L, 2, close_name, "id");
  const uint16_t code = ln_check_close_code(L, 3, close_name, scope->context->core);
  ln_text reason = {NULL, 0};
  if (!lua_isnoneornil(L, 4)) reason = ln_check_text(L, 4, close_name, "reason");
  if (ln_scope_is_open(scope)) calls(scope)->close(scope->context->context, scope->id, id, code, reason);
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
  ln_push_object(L, scope, functions);
  lua_setfield(L, -2, "ws");
}
