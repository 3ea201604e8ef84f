#ifndef CSOCKETS_H
#define CSOCKETS_H

// System calls that Swift's C library module does not offer in a usable form: epoll, poll, accept4, eventfd, gather writes
// without SIGPIPE, socket addresses as plain values.
//
// Every function that can fail returns a negative error number instead of setting errno. Every descriptor is created
// non-blocking and close-on-exec. Nothing here changes a setting of the process.

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static const int32_t CS_EACCES = EACCES;
static const int32_t CS_EADDRINUSE = EADDRINUSE;
static const int32_t CS_EADDRNOTAVAIL = EADDRNOTAVAIL;
static const int32_t CS_EAFNOSUPPORT = EAFNOSUPPORT;
static const int32_t CS_EAGAIN = EAGAIN;
static const int32_t CS_EBADF = EBADF;
static const int32_t CS_ECONNABORTED = ECONNABORTED;
static const int32_t CS_ECONNREFUSED = ECONNREFUSED;
static const int32_t CS_ECONNRESET = ECONNRESET;
static const int32_t CS_EEXIST = EEXIST;
static const int32_t CS_EHOSTUNREACH = EHOSTUNREACH;
static const int32_t CS_EINPROGRESS = EINPROGRESS;
static const int32_t CS_EINTR = EINTR;
static const int32_t CS_EMFILE = EMFILE;
static const int32_t CS_ENETUNREACH = ENETUNREACH;
static const int32_t CS_ENFILE = ENFILE;
static const int32_t CS_ENOENT = ENOENT;
static const int32_t CS_EPERM = EPERM;
static const int32_t CS_EPIPE = EPIPE;
static const int32_t CS_EPROTO = EPROTO;
static const int32_t CS_ETIMEDOUT = ETIMEDOUT;

/// The static text of an error number, and its symbolic name ("ECONNREFUSED"; "errno" when the C library has no names).
const char *cs_error_text(int32_t error_number);
const char *cs_error_name(int32_t error_number);

// MARK: Addresses

/// An IP address as a number (an IPv4 address in the low 32 bits of `low`) with a port, all in host order.
///
/// The zone is the number of the interface that a link-local IPv6 address belongs to; 0 for none.
typedef struct {
  uint64_t high;
  uint64_t low;
  uint32_t zone;
  uint16_t port;
  uint8_t is_ipv6;
} cs_address;

enum { CS_ADDRESS_TEXT_BYTES = 64 };

/// Reads an address literal without brackets; 1 when it is one, else 0. A link-local IPv6 address may end in '%' and its zone as a
/// decimal number. The port stays 0.
int32_t cs_parse_address(const char *text, cs_address *address);
/// Writes the address, with its zone and without its port; `text` holds CS_ADDRESS_TEXT_BYTES.
void cs_format_address(const cs_address *address, char *text);

/// Why the addresses of a name were not found.
enum {
  CS_NAME_NOT_FOUND = -1,
  CS_NAME_NO_ADDRESS = -2,
  CS_NAME_TRY_AGAIN = -3,
  CS_NAME_SERVER_FAILED = -4,
  /// `detail` is an error number.
  CS_NAME_SYSTEM = -5,
  /// `detail` is a code of getaddrinfo.
  CS_NAME_OTHER = -6
};

/// Asks the system for the addresses of a name of the family 4, 6, or 0 for both; blocks. The ports stay 0.
///
/// Returns how many were written, at most `capacity`, or one of the codes above.
int32_t cs_lookup(const char *name, int32_t family, cs_address *addresses, int32_t capacity, int32_t *detail);

// MARK: Sockets

int32_t cs_socket(int32_t is_ipv6);
int32_t cs_bind(int32_t descriptor, const cs_address *address);
int32_t cs_listen(int32_t descriptor, int32_t backlog);
int32_t cs_accept(int32_t descriptor, cs_address *peer);
/// 0 when connected at once, -EINPROGRESS when under way.
int32_t cs_connect(int32_t descriptor, const cs_address *address);
int32_t cs_local_address(int32_t descriptor, cs_address *address);
/// Returns and clears the pending error of the socket (SO_ERROR), as a positive number; 0 when there is none.
int32_t cs_take_error(int32_t descriptor);
int32_t cs_shutdown_write(int32_t descriptor);
/// The number of octets that were sent and that the peer's system has not acknowledged; 0 where the system does not say.
int32_t cs_unacknowledged(int32_t descriptor);
void cs_close(int32_t descriptor);

int32_t cs_set_no_delay(int32_t descriptor, int32_t on);
int32_t cs_set_reuse_address(int32_t descriptor, int32_t on);
int32_t cs_set_ipv6_only(int32_t descriptor, int32_t on);
/// Makes the next close send RST and drop unsent output.
int32_t cs_set_linger_zero(int32_t descriptor);
int32_t cs_set_receive_buffer(int32_t descriptor, int32_t bytes);
int32_t cs_set_send_buffer(int32_t descriptor, int32_t bytes);

typedef struct {
  const void *start;
  size_t count;
} cs_piece;

/// The number of octets moved, 0 for the end of the stream, or a negative error number. Interrupted calls are repeated.
ptrdiff_t cs_receive(int32_t descriptor, void *start, size_t count);
ptrdiff_t cs_send(int32_t descriptor, const void *start, size_t count);
ptrdiff_t cs_send_gather(int32_t descriptor, const cs_piece *pieces, size_t count);

// MARK: Readiness

enum { CS_READABLE = 1, CS_WRITABLE = 2, CS_HANGUP = 4 };

#ifdef __linux__
enum { CS_EVENTS_PER_WAIT = 256 };

typedef struct {
  uint64_t token;
  uint32_t readiness;
} cs_event;

int32_t cs_epoll_create(void);
int32_t cs_epoll_add(int32_t epoll, int32_t descriptor, uint64_t token, uint32_t interest);
int32_t cs_epoll_modify(int32_t epoll, int32_t descriptor, uint64_t token, uint32_t interest);
int32_t cs_epoll_remove(int32_t epoll, int32_t descriptor);
/// Fills at most CS_EVENTS_PER_WAIT events; a negative time waits without limit.
int32_t cs_epoll_wait(int32_t epoll, cs_event *events, int32_t milliseconds);
#endif

/// A descriptor that poll(2) watches, in the layout of `struct pollfd`.
typedef struct {
  int32_t descriptor;
  int16_t awaited;
  int16_t reported;
} cs_poll_entry;

/// Fails as epoll does when the descriptor is not open.
int32_t cs_poll_entry_make(cs_poll_entry *entry, int32_t descriptor, uint32_t interest);
/// What was reported for the entry; 0 when nothing was.
uint32_t cs_poll_readiness(cs_poll_entry entry);
/// The number of entries with something to report; a negative time waits without limit.
int32_t cs_poll(cs_poll_entry *entries, size_t count, int32_t milliseconds);

/// Two ends: what is written to one makes the other readable. One descriptor where the system has eventfd, else a pipe.
typedef struct {
  int32_t readable;
  int32_t writable;
} cs_waker;

int32_t cs_waker_open(cs_waker *waker);
int32_t cs_waker_open_pipe(cs_waker *waker);
void cs_waker_signal(cs_waker waker);
void cs_waker_clear(cs_waker waker);
void cs_waker_close(cs_waker waker);

// MARK: Threads

/// A mutual exclusion lock that the thread sanitizer knows; NULL when there is no memory for it.
typedef struct cs_mutex cs_mutex;
cs_mutex *cs_mutex_create(void);
void cs_mutex_destroy(cs_mutex *mutex);
void cs_mutex_lock(cs_mutex *mutex);
void cs_mutex_unlock(cs_mutex *mutex);

/// Holds threads up until it is opened, once and for good; NULL when there is no memory for it.
typedef struct cs_gate cs_gate;
cs_gate *cs_gate_create(void);
void cs_gate_destroy(cs_gate *gate);
void cs_gate_open(cs_gate *gate);
void cs_gate_wait(cs_gate *gate);

typedef uintptr_t cs_thread;
/// Starts a thread that blocks all signals and calls `body`; it is to be joined or detached once.
int32_t cs_thread_start(cs_thread *thread, void (*body)(void *), void *context);
int32_t cs_thread_is_current(cs_thread thread);
void cs_thread_join(cs_thread thread);
void cs_thread_detach(cs_thread thread);

// MARK: Clock, randomness

int64_t cs_monotonic_nanoseconds(void);
int32_t cs_random(void *start, size_t count);

#ifdef __cplusplus
}
#endif

#endif
