#ifndef CLUATESTING_H
#define CLUATESTING_H

// Lua states for tests: protected calls only, so that nothing jumps over frames of Swift, and an allocator that counts and fails on demand.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lua_State;
typedef struct lt_state lt_state;

/// A state with the standard libraries; NULL without memory.
///
/// It has the globals `thread_id()`, and what a host does: `unload(scope)`, `pump()`, `detach()` and
/// `luaopen_net()`.
lt_state *lt_new(void);
/// Returns how many octets were still held when the state was closed: 0.
int64_t lt_close(lt_state *state);
struct lua_State *lt_lua(lt_state *state);

/// Has `times` allocations fail `after` allocations from now, 0 beginning with the next one; -1: none fails.
///
/// Lua collects garbage when an allocation fails, and then tries once more.
void lt_fail(lt_state *state, int64_t after, int64_t times);
/// How many allocations there were, and how many octets are held.
int64_t lt_allocations(const lt_state *state);
int64_t lt_bytes(const lt_state *state);

/// Runs `source`; its first result as text, or the error, is put into `text`, cut to `capacity` octets. `length` is that of the whole.
bool lt_run(lt_state *state, const char *source, size_t source_length, char *text, size_t capacity, size_t *length);
/// Sets a global to a string.
bool lt_set(lt_state *state, const char *name, const char *text, size_t length);
/// Opens a scope and sets a global to its table; 0 when that failed.
int64_t lt_open_scope(lt_state *state, const char *global);
/// Calls luaopen_net and sets a global to what it returns.
bool lt_require(lt_state *state, const char *global);

int lt_top(lt_state *state);

/// Gives up a superuser's privileges on the running thread, or takes them back; false if there are some that cannot be given up.
bool lt_set_privileged(bool is_privileged);

#endif
