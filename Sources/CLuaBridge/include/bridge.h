#ifndef LUANET_BRIDGE_H
#define LUANET_BRIDGE_H

// What the C side, which alone sees a lua_State, and the Swift side say to each other: plain values.
//
// Functions of ln_core never raise and never call back into Lua. They are called on the host's thread. A context is what
// `open` returned; 0 as a scope or an id never names anything. Text is valid during the call only.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "luanet.h"

typedef struct {
  const char *_Nullable start;
  size_t count;
} ln_text;

/// Which callback of the table an event is for: its index in the table of references; LN_LOG: none, the text is for the host's log.
typedef enum { LN_LOG = 0, LN_ON_OPEN = 1, LN_ON_MESSAGE = 2, LN_ON_ERROR = 3, LN_ON_CLOSE = 4 } ln_callback;

enum { LN_CALLBACKS = 4 };

/// One event, for the callback that the script gave for it.
typedef struct {
  /// The reference of the callbacks, as given to the call that registered them.
  int32_t callbacks;
  ln_callback callback;
  /// The first argument.
  int64_t id;
  /// The message, the error, or the reason.
  ln_text text;
  /// The close code, for LN_ON_CLOSE.
  int32_t code;
  /// Whether the message is binary, for LN_ON_MESSAGE.
  bool is_binary;
} ln_event;

/// Why something was refused: a static text, or none.
typedef const char *_Nullable ln_refusal;

/// What a connection is to be like.
typedef struct {
  ln_text url;
  /// Names and values by turns; `field_count` counts the pairs.
  const ln_text *_Nullable fields;
  size_t field_count;
  const ln_text *_Nullable protocols;
  size_t protocol_count;
  /// Seconds, above 0; 0: the default.
  double timeout;
  bool is_insecure;
  /// `start` is NULL: the certificates that the system trusts.
  ln_text ca_file;
} ln_ws_request;

/// The calls of `net.ws`, on a scope that is open. One that names a connection that is closed does nothing.
typedef struct {
  /// Returns the id, and takes the callbacks over; 0 when the scope is closed.
  int64_t (*_Nonnull connect)(void *_Nonnull context, int64_t scope, int32_t callbacks, const ln_ws_request *_Nonnull request);
  /// Returns NULL when the message was accepted.
  ln_refusal (*_Nonnull send)(void *_Nonnull context, int64_t scope, int64_t id, ln_text message, bool is_binary);
  /// The code may stand in a Close frame.
  void (*_Nonnull close)(void *_Nonnull context, int64_t scope, int64_t id, uint16_t code, ln_text reason);
  bool (*_Nonnull is_open)(void *_Nonnull context, int64_t scope, int64_t id);
} ln_ws_calls;

/// What a server is to be like.
typedef struct {
  uint16_t port;
  const ln_text *_Nullable origins;
  size_t origin_count;
  bool allows_any_origin;
  /// Above 0; 0: the default.
  int64_t max_clients;
} ln_server_request;

/// What became of it.
typedef struct {
  /// The port listened on.
  uint16_t port;
  /// Why there is no server: UTF-8 with a NUL at its end.
  char reason[256];
} ln_server_answer;

/// The calls of `net.ws_server`. One that names a server that is closed, or a client it does not have, does nothing.
typedef struct {
  /// Returns the server's id, or 0, and fills the answer. The scope is open. The callbacks are taken over with an id.
  int64_t (*_Nonnull listen)(
    void *_Nonnull context, int64_t scope, int32_t callbacks, const ln_server_request *_Nonnull request,
    ln_server_answer *_Nonnull answer);
  /// Returns NULL when the message was accepted.
  ln_refusal (*_Nonnull send)(void *_Nonnull context, int64_t server, int64_t client, ln_text message);
  /// Returns for how many clients the message was accepted; the refusal is one that concerns all.
  int64_t (*_Nonnull broadcast)(void *_Nonnull context, int64_t server, ln_text message, ln_refusal *_Nonnull refusal);
  /// The code may stand in a Close frame.
  void (*_Nonnull disconnect)(void *_Nonnull context, int64_t server, int64_t client, uint16_t code, ln_text reason);
  void (*_Nonnull close)(void *_Nonnull context, int64_t server);
  bool (*_Nonnull is_open)(void *_Nonnull context, int64_t server);
  int64_t (*_Nonnull client_count)(void *_Nonnull context, int64_t server);
} ln_server_calls;

typedef struct {
  /// Returns a context; NULL without memory or descriptors.
  void *_Nullable (*_Nonnull open)(const luanet_config *_Nonnull config);
  /// Ends the context and all it has open. Nothing of it may be called afterwards.
  void (*_Nonnull close)(void *_Nonnull context);

  int64_t (*_Nonnull scope_open)(void *_Nonnull context, ln_text name);
  void (*_Nonnull scope_close)(void *_Nonnull context, int64_t scope);
  bool (*_Nonnull scope_is_open)(void *_Nonnull context, int64_t scope);

  /// Moves the network if the host runs it, and waits at most `seconds` for something to deliver; not called while delivering.
  void (*_Nonnull wait)(void *_Nonnull context, double seconds);
  /// Begins delivering: from now on what is sent is collected.
  void (*_Nonnull pump_begin)(void *_Nonnull context);
  /// Takes out the next event of those that waited when delivering began; false when there is none. Its text is valid until the next call
  /// of `next` or `pump_end`.
  bool (*_Nonnull next)(void *_Nonnull context, ln_event *_Nonnull event);
  /// Sends what was collected, and ends delivering.
  void (*_Nonnull pump_end)(void *_Nonnull context);
  /// A reference that is no longer needed; 0 when there is none.
  int32_t (*_Nonnull take_released)(void *_Nonnull context);

  int64_t (*_Nonnull queued)(void *_Nonnull context);
  /// How many connections, servers and queued events there are.
  int64_t (*_Nonnull pending)(void *_Nonnull context);
  int32_t (*_Nonnull wake_descriptor)(void *_Nonnull context);
  /// Microseconds of a clock that never goes back.
  int64_t (*_Nonnull now)(void);
  /// Whether a code may stand in a Close frame.
  bool (*_Nonnull is_close_code)(int64_t code);

  ln_ws_calls ws;
  ln_server_calls server;
} ln_core;

/// Implemented in Swift.
const ln_core *_Nonnull ln_core_table(void);

#endif
