#include "internal.h"

/// net.poll([seconds]): waits at most that long, calls what came, and returns how many callbacks were called.
static int poll(lua_State *L) {
  static const char function[] = "net.poll";
  ln_context *context = ln_running_scope(L)->context;
  const double seconds = lua_isnoneornil(L, 1) ? 0 : ln_check_seconds(L, 1, function, "seconds", true);
  int64_t called = 0;
  if (context->context != NULL && !context->is_pumping) {
    context->core->wait(context->context, seconds);
    called = ln_pump(L, context, 0, 0);
  }
  lua_pushinteger(L, called);
  return 1;
}

/// net.pending(): how many connections, servers and undelivered events there are.
static int pending(lua_State *L) {
  ln_context *context = ln_running_scope(L)->context;
  lua_pushinteger(L, context->context == NULL ? 0 : context->core->pending(context->context));
  return 1;
}

/// net.stop(): has net.run return.
static int stop(lua_State *L) {
  ln_running_scope(L)->context->is_stopped = true;
  return 0;
}

/// For net.run: begins a run when given true; returns whether it goes on.
static int running(lua_State *L) {
  ln_context *context = ln_running_scope(L)->context;
  if (lua_toboolean(L, 1)) {
    if (context->is_pumping) return luaL_error(L, "net.run: it cannot be called from inside a callback");
    context->is_stopped = false;
  }
  lua_pushboolean(L, !context->is_stopped);
  return 1;
}

// In Lua, so that the interpreter's handler of Ctrl-C, which waits for the next instruction of a script, gets its turn.
static const char run_source[] =
  "local poll, pending, running = ...\n"
  "return function()\n"
  "  running(true)\n"
  "  while running() and pending() > 0 do poll(60) end\n"
  "end\n";

static const luaL_Reg functions[] = {{"poll", poll}, {"pending", pending}, {"stop", stop}, {NULL, NULL}};

void ln_set_waiting(lua_State *L, int scope) {
  scope = lua_absindex(L, scope);
  lua_pushvalue(L, scope);
  luaL_setfuncs(L, functions, 1);
  if (luaL_loadbufferx(L, run_source, sizeof run_source - 1, "=net.run", "t") != LUA_OK) lua_error(L);
  lua_getfield(L, -2, "poll");
  lua_getfield(L, -3, "pending");
  lua_pushvalue(L, scope);
  lua_pushcclosure(L, running, 1);
  lua_call(L, 3, 1);
  lua_setfield(L, -2, "run");
}
