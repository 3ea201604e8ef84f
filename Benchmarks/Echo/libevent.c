// An echo server on libevent's buffers.
#include "server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/tcp.h>

static SSL_CTX *tls;

static void received(struct bufferevent *stream, void *unused) {
  (void)unused;
  bufferevent_write_buffer(stream, bufferevent_get_input(stream));
}

static void happened(struct bufferevent *stream, short what, void *unused) {
  (void)unused;
  if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) bufferevent_free(stream);
}

static void accepted(struct evconnlistener *listener, evutil_socket_t descriptor, struct sockaddr *peer, int length, void *unused) {
  (void)peer, (void)length, (void)unused;
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct event_base *base = evconnlistener_get_base(listener);
  struct bufferevent *stream =
      tls ? bufferevent_openssl_socket_new(base, descriptor, SSL_new(tls), BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE)
          : bufferevent_socket_new(base, descriptor, BEV_OPT_CLOSE_ON_FREE);
  bufferevent_setcb(stream, received, NULL, happened, NULL);
  bufferevent_enable(stream, EV_READ | EV_WRITE);
}

int main(int count, char **arguments) {
  struct server server = server_start(count, arguments);
  if (server.certificate) tls = server_tls(&server);
  struct event_base *base = event_base_new();
  evconnlistener_new(base, accepted, NULL, LEV_OPT_CLOSE_ON_FREE, 0, server.listener);
  return event_base_dispatch(base);
}
