// RUSAGE_THREAD is an extension.
#define _GNU_SOURCE
#include "CLuaTesting.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include "luanet.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

struct lt_state {
  lua_State *L;
  int64_t allocations;
  int64_t bytes;
  /// How many allocations go well; -1: all.
  int64_t good;
  /// How many fail then.
  int64_t bad;
};

static void *allocate(void *user, void *old, size_t old_size, size_t size) {
  lt_state *state = user;
  const size_t before = old == NULL ? 0 : old_size;
  if (size == 0) {
    state->bytes -= (int64_t)before;
    free(old);
    return NULL;
  }
  // Lua relies on shrinking never to fail.
  if (size > before) {
    state->allocations++;
    if (state->good == 0) {
      if (--state->bad == 0) state->good = -1;
      return NULL;
    }
    if (state->good > 0) state->good--;
  }
  void *fresh = realloc(old, size);
  if (fresh != NULL) state->bytes += (int64_t)size - (int64_t)before;
  return fresh;
}

static int unload(lua_State *L) {
  luanet_scope_close(L, luaL_checkinteger(L, 1));
  return 0;
}

static int pump(lua_State *L) {
  lua_pushinteger(L, luanet_pump(L, 0, 0));
  return 1;
}

static int detach(lua_State *L) {
  luanet_detach(L);
  return 0;
}

static int thread_id(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)pthread_self());
  return 1;
}

static int microseconds(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushinteger(L, (lua_Integer)now.tv_sec * 1000000 + now.tv_nsec / 1000);
  return 1;
}

/// The microseconds of this thread on a processor, and how often it has waited.
static int thread_usage(lua_State *L) {
  struct timespec used;
  struct rusage usage;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  getrusage(RUSAGE_THREAD, &usage);
  lua_pushinteger(L, (lua_Integer)used.tv_sec * 1000000 + used.tv_nsec / 1000);
  lua_pushinteger(L, usage.ru_nvcsw);
  return 2;
}

static int open_libraries(lua_State *L) {
  luaL_openlibs(L);
  lua_register(L, "unload", unload);
  lua_register(L, "pump", pump);
  lua_register(L, "detach", detach);
  lua_register(L, "luaopen_net", luaopen_net);
  lua_register(L, "thread_id", thread_id);
  lua_register(L, "microseconds", microseconds);
  lua_register(L, "thread_usage", thread_usage);
  return 0;
}

lt_state *lt_new(void) {
  lt_state *state = calloc(1, sizeof *state);
  if (state == NULL) return NULL;
  state->good = -1;
  state->L = lua_newstate(allocate, state);
  if (state->L == NULL) {
    free(state);
    return NULL;
  }
  lua_pushcfunction(state->L, open_libraries);
  if (lua_pcall(state->L, 0, 0, 0) != LUA_OK) {
    lt_close(state);
    return NULL;
  }
  return state;
}

int64_t lt_close(lt_state *state) {
  lua_close(state->L);
  const int64_t bytes = state->bytes;
  free(state);
  return bytes;
}

bool lt_set_privileged(bool is_privileged) {
#ifdef __linux__
  // Of this thread alone, and of those it starts; the function of the C library would change all.
  static const long superuser = 0, nobody = 65534;
  if (getuid() != superuser) return true;
  return syscall(SYS_setresuid, -1L, is_privileged ? superuser : nobody, -1L) == 0;
#else
  (void)is_privileged;
  return getuid() != 0;
#endif
}

struct lua_State *lt_lua(lt_state *state) { return state->L; }

void lt_fail(lt_state *state, int64_t after, int64_t times) {
  state->good = after;
  state->bad = times;
}

int64_t lt_allocations(const lt_state *state) { return state->allocations; }
int64_t lt_bytes(const lt_state *state) { return state->bytes; }
int lt_top(lt_state *state) { return lua_gettop(state->L); }

typedef struct {
  const char *start;
  size_t length;
  const char *name;
} text_argument;

static int run(lua_State *L) {
  const text_argument *source = lua_touserdata(L, 1);
  if (luaL_loadbufferx(L, source->start, source->length, "=test", "t") != LUA_OK) return lua_error(L);
  lua_call(L, 0, 1);
  luaL_tolstring(L, -1, NULL);
  return 1;
}

bool lt_run(lt_state *state, const char *source, size_t source_length, char *text, size_t capacity, size_t *length) {
  lua_State *L = state->L;
  text_argument argument = {source, source_length, NULL};
  if (!lua_checkstack(L, 3)) return false;
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, &argument);
  const bool ran = lua_pcall(L, 1, 1, 0) == LUA_OK;
  const char *result = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, length) : NULL;
  if (result == NULL) result = "(an error object that is no string)", *length = strlen(result);
  memcpy(text, result, *length < capacity ? *length : capacity);
  lua_pop(L, 1);
  return ran;
}

static int set(lua_State *L) {
  const text_argument *argument = lua_touserdata(L, 1);
  lua_pushlstring(L, argument->start, argument->length);
  lua_setglobal(L, argument->name);
  return 0;
}

bool lt_set(lt_state *state, const char *name, const char *text, size_t length) {
  lua_State *L = state->L;
  text_argument argument = {text, length, name};
  if (!lua_checkstack(L, 3)) return false;
  lua_pushcfunction(L, set);
  lua_pushlightuserdata(L, &argument);
  const bool ran = lua_pcall(L, 1, 0, 0) == LUA_OK;
  if (!ran) lua_pop(L, 1);
  return ran;
}

static int set_global(lua_State *L) {
  lua_setglobal(L, lua_touserdata(L, 2));
  return 0;
}

/// Sets a global to what is at the top, and pops it.
static bool name_top(lua_State *L, const char *global) {
  if (!lua_checkstack(L, 3)) return false;
  lua_pushcfunction(L, set_global);
  lua_pushvalue(L, -2);
  lua_pushlightuserdata(L, (void *)global);
  // The function wants the value on top.
  lua_pushvalue(L, -4);
  const bool ran = lua_pcall(L, 3, 0, 0) == LUA_OK;
  lua_pop(L, ran ? 1 : 2);
  return ran;
}

int64_t lt_open_scope(lt_state *state, const char *global) {
  const int64_t scope = luanet_scope_open(state->L, global);
  if (scope != 0 && !name_top(state->L, global)) {
    luanet_scope_close(state->L, scope);
    return 0;
  }
  return scope;
}

bool lt_require(lt_state *state, const char *global) {
  lua_State *L = state->L;
  if (!lua_checkstack(L, 2)) return false;
  lua_pushcfunction(L, luaopen_net);
  if (lua_pcall(L, 0, 1, 0) != LUA_OK) {
    lua_pop(L, 1);
    return false;
  }
  return name_top(L, global);
}
