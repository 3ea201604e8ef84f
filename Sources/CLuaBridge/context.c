#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static const char context_key;

// MARK: Finding

ln_context *ln_context_of(lua_State *L) {
  if (!lua_checkstack(L, 1)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
  ln_context *context = lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (context != NULL) ln_assert_thread(context);
  return context;
}

ln_scope *ln_running_scope(lua_State *L) {
  ln_scope *scope = lua_touserdata(L, lua_upvalueindex(1));
  ln_assert_thread(scope->context);
  return scope;
}

bool ln_scope_is_open(const ln_scope *scope) {
  const ln_context *context = scope->context;
  return context->context != NULL && context->core->scope_is_open(context->context, scope->id);
}

void ln_require_open(lua_State *L, const ln_scope *scope, const char *function) {
  if (!ln_scope_is_open(scope)) luaL_error(L, "%s: the context is closed: the script was unloaded", function);
}

void ln_push_context(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key); }

bool ln_push_references(lua_State *L, const ln_context *context) {
  ln_push_context(L);
  if (lua_touserdata(L, -1) != context) {
    lua_pop(L, 1);
    return false;
  }
  lua_getiuservalue(L, -1, 1);
  lua_remove(L, -2);
  return true;
}

void ln_drop_released(lua_State *L, ln_context *context) {
  // luaL_unref takes three more places, and writes to keys that are there: it raises nothing.
  if (context->context == NULL || !lua_checkstack(L, 5)) return;
  int32_t reference = context->core->take_released(context->context);
  if (reference == 0 || !ln_push_references(L, context)) return;
  for (; reference != 0; reference = context->core->take_released(context->context)) luaL_unref(L, -1, reference);
  lua_pop(L, 1);
}

void ln_assert_thread(const ln_context *context) {
#ifdef DEBUG
  if (pthread_equal(context->thread, pthread_self())) return;
  fputs("luanet: a Lua state is used by a thread other than the one it was attached on\n", stderr);
  __builtin_trap();
#else
  (void)context;
#endif
}

// MARK: Contexts

static void close_context(ln_context *context) {
  void *closing = context->context;
  if (closing == NULL) return;
  context->context = NULL;
  const int kept = errno;
  context->core->close(closing);
  errno = kept;
}

static int collect_context(lua_State *L) {
  close_context(lua_touserdata(L, 1));
  return 0;
}

/// Takes the context out of the registry, and lets go of the callbacks, which functions that scripts keep would hold. Takes two places.
static void forget_context(lua_State *L) {
  // The key and the values are there: nothing raises.
  ln_push_context(L);
  for (int i = 1; i <= 2; i++) {
    lua_pushnil(L);
    lua_setiuservalue(L, -2, i);
  }
  lua_pop(L, 1);
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &context_key);
}

/// Takes a `const luanet_config *`; leaves the context in the registry.
static int attach(lua_State *L) {
  const luanet_config *config = lua_touserdata(L, 1);
  ln_context *context = ln_context_of(L);
  if (context != NULL && context->context != NULL) return 0;
  // A state that is closing finalizes nothing that is made then. It cannot be told from one that runs any other finalizer.
  if (lua_gc(L, LUA_GCCOUNT, 0) < 0) return luaL_error(L, "net: a finalizer cannot open it");

  context = lua_newuserdatauv(L, sizeof *context, 2);
  memset(context, 0, sizeof *context);
  context->core = ln_core_table();
  if (config != NULL) context->config = *config;
#ifdef DEBUG
  context->thread = pthread_self();
#endif
  lua_newtable(L);
  lua_setiuservalue(L, -2, 1);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, collect_context);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &context_key);
  // Last: nothing raises any more.
  context->context = context->core->open(&context->config);
  if (context->context != NULL) return 0;
  forget_context(L);
  return luaL_error(L, "net: no memory, or no descriptor left");
}

int luanet_attach(struct lua_State *L, const luanet_config *config) {
  if (!lua_checkstack(L, 3)) return -1;
  const int kept = errno;
  lua_pushcfunction(L, attach);
  lua_pushlightuserdata(L, (void *)config);
  const bool is_attached = lua_pcall(L, 1, 0, 0) == LUA_OK;
  if (!is_attached) lua_pop(L, 1);
  errno = kept;
  return is_attached ? 0 : -1;
}

void luanet_detach(struct lua_State *L) {
  ln_context *context = ln_context_of(L);
  if (context == NULL) return;
  close_context(context);
  if (lua_checkstack(L, 2)) forget_context(L);
}

// MARK: Scopes

void ln_push_object(lua_State *L, int scope, const luaL_Reg *functions) {
  scope = lua_absindex(L, scope);
  lua_newtable(L);
  lua_pushvalue(L, scope);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, functions, 2);
}

/// Takes the name, as light userdata, and where to put the number; returns the scope's table.
static int open_scope(lua_State *L) {
  const char *name = lua_touserdata(L, 1);
  int64_t *number = lua_touserdata(L, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
  ln_context *context = lua_touserdata(L, -1);
  if (context == NULL || context->context == NULL) return luaL_error(L, "net: there is no context");

  ln_scope *scope = lua_newuserdatauv(L, sizeof *scope, 1);
  scope->context = context;
  scope->id = 0;
  lua_pushvalue(L, -2);
  lua_setiuservalue(L, -2, 1);
  const int index = lua_gettop(L);

  lua_newtable(L);
  ln_set_waiting(L, index);
  ln_set_ws(L, index);
  ln_set_ws_server(L, index);
  // Collecting garbage may have run what detached the context.
  if (context->context == NULL) return luaL_error(L, "net: there is no context");
  // Last: nothing raises any more.
  scope->id = context->core->scope_open(context->context, (ln_text){name, strlen(name)});
  *number = scope->id;
  return 1;
}

int64_t luanet_scope_open(struct lua_State *L, const char *name) {
  int64_t number = 0;
  if (!lua_checkstack(L, 4)) return 0;
  const int kept = errno;
  lua_pushcfunction(L, open_scope);
  lua_pushlightuserdata(L, (void *)(name == NULL ? "" : name));
  lua_pushlightuserdata(L, &number);
  const bool is_open = lua_pcall(L, 2, 1, 0) == LUA_OK && number != 0;
  if (!is_open) lua_pop(L, 1);
  errno = kept;
  return is_open ? number : 0;
}

void luanet_scope_close(struct lua_State *L, int64_t scope) {
  ln_context *context = ln_context_of(L);
  if (context == NULL || context->context == NULL) return;
  const int kept = errno;
  context->core->scope_close(context->context, scope);
  ln_drop_released(L, context);
  errno = kept;
}

// MARK: The module

int luaopen_net(struct lua_State *L) {
  static const luanet_config standard = {LUANET_INLINE, NULL, NULL, NULL};
  lua_settop(L, 0);
  luaL_checkstack(L, 8, NULL);
  lua_pushcfunction(L, attach);
  lua_pushlightuserdata(L, (void *)&standard);
  lua_call(L, 1, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
  if (lua_getiuservalue(L, -1, 2) != LUA_TNIL) return 1;
  lua_pop(L, 1);

  int64_t number = 0;
  lua_pushcfunction(L, open_scope);
  lua_pushlightuserdata(L, (void *)"net");
  lua_pushlightuserdata(L, &number);
  lua_call(L, 2, 1);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, -3, 2);
  return 1;
}

// MARK: What a host asks

int64_t luanet_pump(struct lua_State *L, int64_t max_events, int64_t max_microseconds) {
  ln_context *context = ln_context_of(L);
  if (context == NULL || context->context == NULL || context->is_pumping) return 0;
  const int kept = errno;
  context->core->wait(context->context, 0);
  const int64_t called = ln_pump(L, context, max_events, max_microseconds);
  errno = kept;
  return called;
}

int64_t luanet_pending(struct lua_State *L) {
  const ln_context *context = ln_context_of(L);
  return context == NULL || context->context == NULL ? 0 : context->core->queued(context->context);
}

int luanet_wake_fd(struct lua_State *L) {
  const ln_context *context = ln_context_of(L);
  return context == NULL || context->context == NULL ? -1 : context->core->wake_descriptor(context->context);
}
