// TLS sessions of the system's OpenSSL over memory, with its types and macros out of sight.
//
// Nothing here touches a descriptor, raises a signal, asks at a terminal or runs at exit. A failure is a negative number, and what was
// wrong is asked for afterwards. Contexts may be shared by threads; a session belongs to one at a time.
#ifndef WIRECHECK_COPENSSL_H
#define WIRECHECK_COPENSSL_H

#include <stddef.h>
#include <stdint.h>

// MARK: Contexts

/// What the sessions of one configuration share.
typedef struct co_context co_context;

enum co_role { CO_CLIENT, CO_SERVER };
enum co_version { CO_TLS_1_2 = 12, CO_TLS_1_3 = 13 };

enum co_setup {
  CO_SETUP_OK = 0,
  /// The file cannot be read; `error_number` says why.
  CO_SETUP_UNREADABLE,
  /// The file has no certificate in PEM.
  CO_SETUP_NO_CERTIFICATE,
  /// The file has no private key in PEM, or one of a kind that OpenSSL does not know.
  CO_SETUP_NO_KEY,
  /// The private key wants a passphrase.
  CO_SETUP_ENCRYPTED_KEY,
  /// The private key is not that of the certificate.
  CO_SETUP_KEY_MISMATCH,
  /// OpenSSL refuses the certificate; `reason` says why.
  CO_SETUP_REFUSED,
};

typedef struct {
  enum co_setup status;
  int32_t error_number;
  /// What OpenSSL says, or NULL; a constant.
  const char *reason;
} co_setup_result;

/// A context that verifies nothing yet; NULL without memory. Initialises OpenSSL when it is the first.
co_context *co_context_create(enum co_role role, enum co_version minimum, enum co_version maximum);
void co_context_destroy(co_context *context);
/// Trusts the certificates that the system trusts.
co_setup_result co_context_trust_system(co_context *context);
/// Trusts the certificates of a PEM file; a server names them to its clients.
co_setup_result co_context_trust_file(co_context *context, const char *path);
/// Has the certificate of the peer demanded (by a server; clients always do) and verified.
void co_context_verify(co_context *context);
/// Has a server demand any certificate at all.
void co_context_demand_certificate(co_context *context);
/// Presents the first certificate of a PEM file, with the others as its chain.
co_setup_result co_context_use_certificates(co_context *context, const char *path);
/// The private key of the certificate, which was given before.
co_setup_result co_context_use_key(co_context *context, const char *path);

// MARK: Sessions

/// One connection's TLS.
typedef struct co_session co_session;

/// Takes `count` octets that the session sends; called from inside the calls below.
typedef void (*co_output)(void *owner, const uint8_t *octets, size_t count);

/// A session; NULL without memory.
co_session *co_session_create(co_context *context, co_output output, void *owner);
void co_session_destroy(co_session *session);
/// What a client asks for (SNI) and verifies; 0, or -1 without memory.
int32_t co_session_expect_name(co_session *session, const char *name);
int32_t co_session_expect_address(co_session *session, const char *address);

/// The octets that the next calls read; valid until they are taken back.
void co_session_lend_input(co_session *session, const uint8_t *octets, size_t count);
/// Takes the input back; the number of octets at its end that were not read.
size_t co_session_take_input_back(co_session *session);

enum {
  /// The input is used up, and there is not enough of it.
  CO_WANTS_INPUT = -1,
  /// The peer has ended its direction (close_notify).
  CO_ENDED = -2,
  /// The session has failed for good; see co_session_failure.
  CO_FAILED = -3,
};

/// 0 when the handshake is done.
int32_t co_session_handshake(co_session *session);
/// The number of octets read, at least one.
ptrdiff_t co_session_read(co_session *session, uint8_t *octets, size_t capacity);
/// The number of octets taken, at least one, all of one record.
ptrdiff_t co_session_write(co_session *session, const uint8_t *octets, size_t count);
/// Ends our direction (close_notify).
void co_session_end(co_session *session);

/// The agreed version, as "TLSv1.3"; a constant.
const char *co_session_version(const co_session *session);
/// The first octets that arrived, 16 at most.
const uint8_t *co_session_first_input(const co_session *session, size_t *count);

// MARK: Failures

enum co_failure_kind {
  /// `reason` says what.
  CO_FAILURE_OTHER,
  /// The peer sent a fatal alert, numbered `alert`.
  CO_FAILURE_ALERT,
  /// The peer's certificate was rejected; see co_session_rejection.
  CO_FAILURE_REJECTED,
  /// The client has no certificate.
  CO_FAILURE_NO_CERTIFICATE,
  CO_FAILURE_VERSION,
  CO_FAILURE_NO_COMMON_CIPHER,
};

typedef struct {
  enum co_failure_kind kind;
  uint8_t alert;
  /// What OpenSSL says; a constant.
  const char *reason;
} co_failure;

/// Why the last call failed.
co_failure co_session_failure(const co_session *session);

enum co_rejection_kind {
  CO_REJECTION_OTHER,
  CO_REJECTION_EXPIRED,
  CO_REJECTION_NOT_YET_VALID,
  CO_REJECTION_WRONG_NAME,
  CO_REJECTION_SELF_SIGNED,
  CO_REJECTION_UNTRUSTED_ROOT,
  CO_REJECTION_UNKNOWN_ISSUER,
};

enum { CO_NAMES = 8, CO_TEXT_BYTES = 256 };

/// Octets chosen by the peer, cut at CO_TEXT_BYTES.
typedef struct {
  uint16_t count;
  uint8_t octets[CO_TEXT_BYTES];
} co_text;

/// What was wrong with the peer's certificate, or with one of its chain.
typedef struct {
  enum co_rejection_kind kind;
  /// What OpenSSL says; a constant.
  const char *reason;
  /// 0 for the certificate of the peer, 1 for that of its issuer, and so on.
  int32_t depth;
  /// The end that was passed, or the beginning that has not come: "2026-01-31 12:00 UTC".
  char time[32];
  /// Who issued the certificate.
  co_text issuer;
  /// The common name of the peer's certificate; empty without one.
  co_text common_name;
  /// How many names and addresses the peer's certificate is for; the first of them are in `names`.
  int32_t name_count;
  co_text names[CO_NAMES];
} co_rejection;

/// NULL when no certificate was rejected; valid as long as the session.
const co_rejection *co_session_rejection(const co_session *session);
/// One of the first CO_NAMES names.
const co_text *co_rejection_name(const co_rejection *rejection, int32_t index);

#endif
