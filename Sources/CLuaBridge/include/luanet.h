#ifndef LUANET_H
#define LUANET_H

// What a host of Lua 5.4 calls to give its scripts the table `net`. Plain C99; no header of Lua is needed.
//
// All functions are called on the thread that runs the state; none of them raises, and errno stays as it was. Callbacks of scripts run
// inside luanet_pump(), and inside net.poll() and net.run() when a script calls those, nowhere else.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lua_State;

/// What runs the network.
typedef enum {
  /// The host: the network moves inside luanet_pump() and net.poll() only.
  LUANET_INLINE = 0,
  /// A thread of our own, which starts with the first use: for hosts that pump once per frame.
  LUANET_THREAD = 1
} luanet_driver;

/// Called on the host's thread with a line of text without line end; `text` is valid during the call only. It must not raise.
typedef void (*luanet_text_function)(void *user, const char *text, size_t length);

typedef struct {
  luanet_driver driver;
  /// Gets what callbacks raised, with a traceback. NULL: it is written to stderr.
  luanet_text_function on_error;
  /// Gets what a script's author may want to know, such as a page that was refused. NULL: it is dropped.
  luanet_text_function on_log;
  /// Handed to both.
  void *user;
} luanet_config;

/// Makes a context for the state of `L`, or does nothing when it has one. `config` may be NULL: inline, errors to stderr.
///
/// The context ends with luanet_detach() or lua_close(). Returns 0, or -1 without memory or descriptors.
int luanet_attach(struct lua_State *L, const luanet_config *config);

/// Opens a scope, which is everything that one script creates, and leaves its table `net` on the stack.
///
/// `name` is for messages. Returns the scope's number, above 0; or 0, with nothing on the stack, without a context or memory.
int64_t luanet_scope_open(struct lua_State *L, const char *name);

/// Closes all that the scope has open. From now on none of its callbacks is called. Harmless for a scope that is closed already.
///
/// Peers are told 1001, and cut after a second; with the inline driver inside later pumps, or by luanet_detach().
void luanet_scope_close(struct lua_State *L, int64_t scope);

/// Delivers what has happened, in order, and sends what was written meanwhile.
///
/// What happens meanwhile waits for the next pump. At most `max_events` callbacks are called (0: as many as wait), and after
/// `max_microseconds` (0: no limit) no further one is begun. Lines for the log are not counted. Returns how many were called; always 0 from inside a callback.
int64_t luanet_pump(struct lua_State *L, int64_t max_events, int64_t max_microseconds);

/// How many events wait for luanet_pump().
int64_t luanet_pending(struct lua_State *L);

/// A descriptor that is readable while events wait for luanet_pump(), for the host's own poll.
///
/// It belongs to the context: never read from it or close it. -1 with the inline driver, and without a context.
int luanet_wake_fd(struct lua_State *L);

/// Ends the context: closes all scopes and joins the thread. Harmless without a context.
void luanet_detach(struct lua_State *L);

/// The module: `require "net"`. One context with the inline driver and one scope.
int luaopen_net(struct lua_State *L);

#ifdef __cplusplus
}
#endif

#endif
