// The floor: an echo server of nothing but epoll, recv and send; over TLS, OpenSSL's socket BIO. It does no more than the loads ask for:
// output that the system does not take at once ends the connection.
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <sys/epoll.h>

enum { EVENTS = 256 };

static uint8_t buffer[64 * 1024];

static void echo_plain(int descriptor) {
  ssize_t count = recv(descriptor, buffer, sizeof buffer, 0);
  if (count > 0 ? send(descriptor, buffer, (size_t)count, MSG_NOSIGNAL) != count : count == 0 || errno != EAGAIN) close(descriptor);
}

static void echo_tls(SSL *ssl) {
  // One send for what one turn echoes would need a BIO of its own: a load's messages come in one record, so it makes no difference.
  int count;
  while ((count = SSL_read(ssl, buffer, sizeof buffer)) > 0)
    if (SSL_write(ssl, buffer, count) != count) break;
  if (SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ) return;
  close(SSL_get_fd(ssl));
  SSL_free(ssl);
}

int main(int count, char **arguments) {
  struct server server = server_start(count, arguments);
  SSL_CTX *tls = server.certificate ? server_tls(&server) : NULL;
  int epoll = epoll_create1(EPOLL_CLOEXEC), on = 1;
  struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
  epoll_ctl(epoll, EPOLL_CTL_ADD, server.listener, &event);
  for (;;) {
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.u64 != UINT64_MAX) {
        if (tls) echo_tls(events[i].data.ptr);
        else echo_plain(events[i].data.fd);
        continue;
      }
      int descriptor = accept4(server.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) continue;
      setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      event.data.u64 = (uint64_t)descriptor;
      if (tls) {
        event.data.ptr = SSL_new(tls);
        SSL_set_fd(event.data.ptr, descriptor);
        SSL_set_accept_state(event.data.ptr);
      }
      epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    }
  }
}
