#define _GNU_SOURCE
#include "CSockets.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#include "addresses.h"

_Static_assert(sizeof(cs_piece) == sizeof(struct iovec), "cs_piece must have the layout of iovec");
_Static_assert(offsetof(cs_piece, start) == offsetof(struct iovec, iov_base), "cs_piece must have the layout of iovec");
_Static_assert(offsetof(cs_piece, count) == offsetof(struct iovec, iov_len), "cs_piece must have the layout of iovec");

// MARK: Addresses

static uint64_t load_big_endian(const uint8_t *octets) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | octets[i];
  return value;
}

static void store_big_endian(uint64_t value, uint8_t *octets) {
  for (int i = 7; i >= 0; i--, value >>= 8) octets[i] = (uint8_t)value;
}

static socklen_t to_system(const cs_address *address, struct sockaddr_storage *storage) {
  memset(storage, 0, sizeof *storage);
  if (address->is_ipv6) {
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)storage;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address->port);
    store_big_endian(address->high, v6->sin6_addr.s6_addr);
    store_big_endian(address->low, v6->sin6_addr.s6_addr + 8);
    v6->sin6_scope_id = address->zone;
    return sizeof *v6;
  }
  struct sockaddr_in *v4 = (struct sockaddr_in *)storage;
  v4->sin_family = AF_INET;
  v4->sin_port = htons(address->port);
  v4->sin_addr.s_addr = htonl((uint32_t)address->low);
  return sizeof *v4;
}

void cs_address_from_system(const struct sockaddr_storage *storage, cs_address *address) {
  memset(address, 0, sizeof *address);
  if (storage->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)storage;
    address->is_ipv6 = 1;
    address->port = ntohs(v6->sin6_port);
    address->high = load_big_endian(v6->sin6_addr.s6_addr);
    address->low = load_big_endian(v6->sin6_addr.s6_addr + 8);
    address->zone = v6->sin6_scope_id;
  } else if (storage->ss_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)storage;
    address->port = ntohs(v4->sin_port);
    address->low = ntohl(v4->sin_addr.s_addr);
  }
}

/// A decimal number without leading zeros, above 0 and below 2^32; else 0.
static uint32_t parse_zone(const char *text) {
  uint64_t zone = 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || (zone == 0 && *text == '0')) return 0;
    zone = zone * 10 + (uint64_t)(*text - '0');
    if (zone > UINT32_MAX) return 0;
  }
  return (uint32_t)zone;
}

int32_t cs_parse_address(const char *text, cs_address *address) {
  memset(address, 0, sizeof *address);
  struct in_addr v4;
  if (inet_pton(AF_INET, text, &v4) == 1) {
    address->low = ntohl(v4.s_addr);
    return 1;
  }
  char plain[INET6_ADDRSTRLEN];
  size_t length = strcspn(text, "%");
  if (length >= sizeof plain) return 0;
  memcpy(plain, text, length);
  plain[length] = 0;
  struct in6_addr v6;
  if (inet_pton(AF_INET6, plain, &v6) != 1) return 0;
  if (text[length] == '%') {
    if (!IN6_IS_ADDR_LINKLOCAL(&v6)) return 0;
    address->zone = parse_zone(text + length + 1);
    if (address->zone == 0) return 0;
  }
  address->is_ipv6 = 1;
  address->high = load_big_endian(v6.s6_addr);
  address->low = load_big_endian(v6.s6_addr + 8);
  return 1;
}

void cs_format_address(const cs_address *address, char *text) {
  struct sockaddr_storage storage;
  to_system(address, &storage);
  const void *octets = address->is_ipv6 ? (const void *)&((struct sockaddr_in6 *)&storage)->sin6_addr
                                        : (const void *)&((struct sockaddr_in *)&storage)->sin_addr;
  if (!inet_ntop(storage.ss_family, octets, text, CS_ADDRESS_TEXT_BYTES)) text[0] = 0;
  if (address->zone == 0) return;
  size_t length = strlen(text);
  snprintf(text + length, CS_ADDRESS_TEXT_BYTES - length, "%%%" PRIu32, address->zone);
}

// MARK: Sockets

static int32_t outcome(int result) { return result < 0 ? -errno : result; }

int32_t cs_socket(int32_t is_ipv6) {
  return outcome(socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

int32_t cs_bind(int32_t descriptor, const cs_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = to_system(address, &storage);
  return outcome(bind(descriptor, (struct sockaddr *)&storage, length));
}

int32_t cs_listen(int32_t descriptor, int32_t backlog) { return outcome(listen(descriptor, backlog)); }

int32_t cs_accept(int32_t descriptor, cs_address *peer) {
  struct sockaddr_storage storage;
  int result;
  do {
    socklen_t length = sizeof storage;
    memset(&storage, 0, sizeof storage);
    result = accept4(descriptor, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  } while (result < 0 && errno == EINTR);
  if (result >= 0) cs_address_from_system(&storage, peer);
  return outcome(result);
}

int32_t cs_connect(int32_t descriptor, const cs_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = to_system(address, &storage);
  int result = connect(descriptor, (struct sockaddr *)&storage, length);
  // An interrupted connect goes on in the background, exactly as one that would block.
  return result < 0 && errno == EINTR ? -EINPROGRESS : outcome(result);
}

int32_t cs_local_address(int32_t descriptor, cs_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  memset(&storage, 0, sizeof storage);
  int result = getsockname(descriptor, (struct sockaddr *)&storage, &length);
  if (result == 0) cs_address_from_system(&storage, address);
  return outcome(result);
}

int32_t cs_take_error(int32_t descriptor) {
  int error_number = 0;
  socklen_t length = sizeof error_number;
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error_number, &length) < 0 ? errno : error_number;
}

int32_t cs_unacknowledged(int32_t descriptor) {
  int count = 0;
#if defined(SIOCOUTQ)
  if (ioctl(descriptor, SIOCOUTQ, &count) < 0) return 0;
#elif defined(SO_NWRITE)
  socklen_t length = sizeof count;
  if (getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &count, &length) < 0) return 0;
#else
  (void)descriptor;
#endif
  return count;
}

int32_t cs_shutdown_write(int32_t descriptor) { return outcome(shutdown(descriptor, SHUT_WR)); }

void cs_close(int32_t descriptor) { close(descriptor); }

static int32_t set_option(int32_t descriptor, int level, int name, int value) {
  return outcome(setsockopt(descriptor, level, name, &value, sizeof value));
}

int32_t cs_set_no_delay(int32_t descriptor, int32_t on) { return set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, on); }
int32_t cs_set_reuse_address(int32_t descriptor, int32_t on) { return set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, on); }
int32_t cs_set_ipv6_only(int32_t descriptor, int32_t on) { return set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, on); }
int32_t cs_set_receive_buffer(int32_t descriptor, int32_t bytes) { return set_option(descriptor, SOL_SOCKET, SO_RCVBUF, bytes); }
int32_t cs_set_send_buffer(int32_t descriptor, int32_t bytes) { return set_option(descriptor, SOL_SOCKET, SO_SNDBUF, bytes); }

int32_t cs_set_linger_zero(int32_t descriptor) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  return outcome(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

ptrdiff_t cs_receive(int32_t descriptor, void *start, size_t count) {
  ssize_t result;
  do result = recv(descriptor, start, count, 0);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

ptrdiff_t cs_send(int32_t descriptor, const void *start, size_t count) {
  ssize_t result;
  do result = send(descriptor, start, count, MSG_NOSIGNAL);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

ptrdiff_t cs_send_gather(int32_t descriptor, const cs_piece *pieces, size_t count) {
  struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = count};
  ssize_t result;
  do result = sendmsg(descriptor, &message, MSG_NOSIGNAL);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}
