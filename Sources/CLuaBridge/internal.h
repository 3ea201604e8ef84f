#ifndef LUANET_INTERNAL_H
#define LUANET_INTERNAL_H

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>

#include "bridge.h"

#ifdef DEBUG
#include <pthread.h>
#endif

/// A full userdata in the registry; its first user value is the table of references, its second the module's table `net`.
typedef struct {
  const ln_core *core;
  /// NULL once the context is closed.
  void *context;
  luanet_config config;
  bool is_pumping;
  bool is_stopped;
#ifdef DEBUG
  pthread_t thread;
#endif
} ln_context;

/// Upvalue 1 of every function of a table `net`; its user value is the context's userdata, which so outlives it.
typedef struct {
  ln_context *context;
  int64_t id;
} ln_scope;

// MARK: Contexts and scopes (context.c)

/// The context of the state, which is closed when its `context` is NULL; NULL when there is none. Never raises.
ln_context *ln_context_of(lua_State *L);
/// The scope of the running function, which may be closed.
ln_scope *ln_running_scope(lua_State *L);
/// Whether calls on the scope may start something.
bool ln_scope_is_open(const ln_scope *scope);
/// Raises unless the scope is open.
void ln_require_open(lua_State *L, const ln_scope *scope, const char *function);
/// Pushes the userdata of the context, or nil. Never raises.
void ln_push_context(lua_State *L);
/// Pushes the table of references; nothing, and false, when the context was detached. Never raises.
bool ln_push_references(lua_State *L, const ln_context *context);
/// Drops the references that are no longer needed. Never raises.
void ln_drop_released(lua_State *L, ln_context *context);
/// Ends the process in debug builds on a thread that is not the context's.
void ln_assert_thread(const ln_context *context);

/// Pushes a table with `functions`, whose upvalues are the scope at `scope` and the table itself.
void ln_push_object(lua_State *L, int scope, const luaL_Reg *functions);

// MARK: Delivering (pump.c)

/// Calls what waits; 0 inside a callback. Never raises.
int64_t ln_pump(lua_State *L, ln_context *context, int64_t max_events, int64_t max_microseconds);

// MARK: Waiting (poll.c)

/// Sets the functions of waiting in the table at the top, with the scope at `scope`.
void ln_set_waiting(lua_State *L, int scope);

// MARK: net.ws (ws.c)

/// Sets the field `ws` of the table at the top, with the scope at `scope`.
void ln_set_ws(lua_State *L, int scope);

// MARK: net.ws_server (ws_server.c)

/// Sets the field `ws_server` of the table at the top, with the scope at `scope`.
void ln_set_ws_server(lua_State *L, int scope);

// MARK: Arguments (arguments.c)
//
// `function` is such as "net.ws:connect", `name` that of the argument or field; both stand in the error.

/// Raises unless the first argument is the object that the function belongs to: a dot was written for a colon.
void ln_check_object(lua_State *L, const char *function);
/// Raises that what is at `index` should be `expected`.
int ln_argument_error(lua_State *L, const char *function, const char *name, const char *expected, int index);
/// A string, or a number in its place.
ln_text ln_check_text(lua_State *L, int index, const char *function, const char *name);
/// A number with an integer value; never a string.
int64_t ln_check_integer(lua_State *L, int index, const char *function, const char *name);
/// Seconds: finite, above 0, or 0 as well where `allows_zero`; more than a day is a day.
double ln_check_seconds(lua_State *L, int index, const char *function, const char *name, bool allows_zero);
/// Pushes a field of the table at `index`, raw; returns its type.
int ln_raw_field(lua_State *L, int index, const char *name);
/// The close code of the optional argument at `index`; 1000 by default.
uint16_t ln_check_close_code(lua_State *L, int index, const char *function, const ln_core *core);
/// Pushes room for `count` texts, and a table that keeps their strings whatever happens to the script's tables: collecting garbage may run
/// what changes those.
ln_text *ln_push_texts(lua_State *L, size_t count);
/// Takes the string at the top into the table of `ln_push_texts` at `strings`, and pops it.
ln_text ln_keep_text(lua_State *L, int strings, size_t place);
/// Reads a list of strings, and leaves on the stack what the texts point to.
const ln_text *ln_check_list(
  lua_State *L, int index, const char *function, const char *name, const char *expected, size_t *count);
/// Reads the callbacks of the table at `index` once, and returns a reference to them. Raises over a value that is no function, and over a key
/// that is neither a callback nor among `options`, which end in NULL.
int32_t ln_take_callbacks(lua_State *L, int index, const char *function, const char *const *options);
/// Drops a reference that Swift did not take over.
void ln_drop_callbacks(lua_State *L, int32_t reference);
/// Pushes true; or false and `refusal`, when there is one. Returns the number of results.
int ln_push_result(lua_State *L, ln_refusal refusal);
/// Pushes `refusal` behind a false or nil that is on the stack; returns the number of results.
int ln_push_refusal(lua_State *L, ln_refusal refusal);

#endif
