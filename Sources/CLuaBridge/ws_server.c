#include <string.h>

#include "internal.h"

/// The handle of a server; its user value is the context's userdata, which so outlives it. It owns nothing: a server lives on without it.
typedef struct {
  ln_context *context;
  int64_t id;
  uint16_t port;
} ln_server;

static const char handle_name[] = "net.WsServer";

static const ln_server_calls *calls(const ln_server *server) { return &server->context->core->server; }

/// The context for a call, or NULL when it is closed.
static void *open_context(const ln_server *server) { return server->context->context; }

// MARK: Listening

static const char listen_name[] = "net.ws_server:listen";

static bool is_any(ln_text origin) { return origin.count == 1 && origin.start[0] == '*'; }

/// Reads a list, or "*", and leaves on the stack what the request points to.
static void check_origins(lua_State *L, int index, ln_server_request *request) {
  static const char expected[] = "a list of origins such as \"https://example.org\", or \"*\" for any";
  if (lua_type(L, index) == LUA_TSTRING) {
    request->allows_any_origin = is_any(ln_check_text(L, index, listen_name, "origins"));
    if (!request->allows_any_origin) ln_argument_error(L, listen_name, "origins", expected, index);
    return;
  }
  request->origins = ln_check_list(L, index, listen_name, "origins", expected, &request->origin_count);
  for (size_t i = 0; i < request->origin_count; i++) request->allows_any_origin |= is_any(request->origins[i]);
}

/// Reads the options of the callbacks table at `index`, and leaves on the stack what the request points to.
static void check_options(lua_State *L, int index, ln_server_request *request) {
  if (ln_raw_field(L, index, "max_clients") != LUA_TNIL) {
    request->max_clients = ln_check_integer(L, -1, listen_name, "max_clients");
    if (request->max_clients < 1) ln_argument_error(L, listen_name, "max_clients", "an integer above 0", -1);
  }
  lua_pop(L, 1);
  if (ln_raw_field(L, index, "origins") != LUA_TNIL) check_origins(L, lua_gettop(L), request);
}

static int listen(lua_State *L) {
  static const char *const options[] = {"origins", "max_clients", NULL};
  ln_check_object(L, listen_name);
  const ln_scope *scope = ln_running_scope(L);
  ln_context *context = scope->context;
  ln_require_open(L, scope, listen_name);
  const int64_t port = ln_check_integer(L, 2, listen_name, "port");
  ln_server_request request = {0};
  ln_server_answer answer = {0};
  lua_settop(L, 3);
  if (lua_type(L, 3) == LUA_TTABLE) check_options(L, 3, &request);

  ln_server *server = lua_newuserdatauv(L, sizeof *server, 1);
  *server = (ln_server){context, 0, 0};
  ln_push_context(L);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, handle_name);
  const int32_t callbacks = ln_take_callbacks(L, 3, listen_name, options);
  // From here on nothing raises that matters. Collecting garbage may have run what unloads the script.
  if (port < 0 || port > UINT16_MAX) {
    strcpy(answer.reason, "the port must be from 0 to 65535");
  } else if (ln_scope_is_open(scope)) {
    request.port = (uint16_t)port;
    server->id = context->core->server.listen(context->context, scope->id, callbacks, &request, &answer);
  }
  if (server->id == 0) {
    ln_drop_callbacks(L, callbacks);
    lua_pushnil(L);
    return ln_push_refusal(L, answer.reason);
  }
  server->port = answer.port;
  return 1;
}

// MARK: Methods

/// The handle a method is called with.
static const ln_server *check_server(lua_State *L, const char *method) {
  const ln_server *server = luaL_testudata(L, 1, handle_name);
  if (server == NULL) {
    const char *given = lua_type(L, 1) == LUA_TNONE ? "nothing" : luaL_tolstring(L, 1, NULL);
    luaL_error(L, "use srv:%s(...): a colon, so that the server itself is passed, and not %s", method, given);
  }
  ln_assert_thread(server->context);
  return server;
}

static const char closed_text[] = "the server is closed";

static int server_send(lua_State *L) {
  const ln_server *server = check_server(L, "send");
  const int64_t client = ln_check_integer(L, 2, "srv:send", "client");
  const ln_text message = ln_check_text(L, 3, "srv:send", "msg");
  void *context = open_context(server);
  return ln_push_result(L, context == NULL ? closed_text : calls(server)->send(context, server->id, client, message));
}

static int server_broadcast(lua_State *L) {
  const ln_server *server = check_server(L, "broadcast");
  const ln_text message = ln_check_text(L, 2, "srv:broadcast", "msg");
  void *context = open_context(server);
  ln_refusal refusal = closed_text;
  lua_pushinteger(L, context == NULL ? 0 : calls(server)->broadcast(context, server->id, message, &refusal));
  return refusal == NULL ? 1 : ln_push_refusal(L, refusal);
}

static int server_disconnect(lua_State *L) {
  const ln_server *server = check_server(L, "disconnect");
  const int64_t client = ln_check_integer(L, 2, "srv:disconnect", "client");
  const uint16_t code = ln_check_close_code(L, 3, "srv:disconnect", server->context->core);
  const ln_text none = {NULL, 0};
  const ln_text reason = lua_isnoneornil(L, 4) ? none : ln_check_text(L, 4, "srv:disconnect", "reason");
  void *context = open_context(server);
  if (context != NULL) calls(server)->disconnect(context, server->id, client, code, reason);
  return 0;
}

static int close_server(lua_State *L, const ln_server *server) {
  void *context = open_context(server);
  if (context == NULL) return 0;
  calls(server)->close(context, server->id);
  ln_drop_released(L, server->context);
  return 0;
}

static int server_close(lua_State *L) { return close_server(L, check_server(L, "close")); }

static int server_is_open(lua_State *L) {
  const ln_server *server = check_server(L, "is_open");
  void *context = open_context(server);
  lua_pushboolean(L, context != NULL && calls(server)->is_open(context, server->id));
  return 1;
}

static int server_client_count(lua_State *L) {
  const ln_server *server = check_server(L, "client_count");
  void *context = open_context(server);
  lua_pushinteger(L, context == NULL ? 0 : calls(server)->client_count(context, server->id));
  return 1;
}

// MARK: Metamethods

/// Its upvalue is the table of methods.
static int server_index(lua_State *L) {
  const ln_server *server = check_server(L, "id");
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (strcmp(key, "id") == 0) {
    lua_pushinteger(L, server->id);
  } else if (strcmp(key, "port") == 0) {
    lua_pushinteger(L, server->port);
  } else {
    lua_rawget(L, lua_upvalueindex(1));
  }
  return 1;
}

static int server_newindex(lua_State *L) {
  return luaL_error(L, "%s is read-only: a WsServer has no fields to assign to", luaL_tolstring(L, 2, NULL));
}

static int server_tostring(lua_State *L) {
  const ln_server *server = check_server(L, "tostring");
  void *context = open_context(server);
  const bool is_open = context != NULL && calls(server)->is_open(context, server->id);
  lua_pushfstring(L, "WsServer %I (127.0.0.1:%d%s)", (lua_Integer)server->id, (int)server->port, is_open ? "" : ", closed");
  return 1;
}

static const luaL_Reg methods[] = {
  {"send", server_send},           {"broadcast", server_broadcast}, {"disconnect", server_disconnect},
  {"close", server_close},         {"is_open", server_is_open},     {"client_count", server_client_count},
  {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
  {"__newindex", server_newindex}, {"__tostring", server_tostring}, {"__close", server_close}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"listen", listen}, {NULL, NULL}};

void ln_set_ws_server(lua_State *L, int scope) {
  ln_push_object(L, scope, functions);
  lua_setfield(L, -2, "ws_server");
  // Made anew for each scope, which matters to none of the handles: what counts is that it is whole.
  luaL_newmetatable(L, handle_name);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, server_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}
