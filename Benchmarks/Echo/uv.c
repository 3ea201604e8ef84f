// An echo server on libuv.
#include "server.h"

#include <uv.h>

// One for all connections, as libuv allows: what was read is written at once, and what the system does not take is copied.
static char buffer[64 * 1024];

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *given) {
  (void)handle, (void)suggested;
  *given = uv_buf_init(buffer, sizeof buffer);
}

static void freed(uv_handle_t *handle) { free(handle); }

static void written(uv_write_t *request, int status) {
  (void)status;
  free(request);
}

static void received(uv_stream_t *stream, ssize_t count, const uv_buf_t *octets) {
  if (count < 0) return uv_close((uv_handle_t *)stream, freed);
  uv_buf_t rest = uv_buf_init(octets->base, (unsigned)count);
  int sent = uv_try_write(stream, &rest, 1);
  if (sent == count) return;
  if (sent < 0) sent = 0;
  uv_write_t *request = malloc(sizeof *request + (size_t)(count - sent));
  rest = uv_buf_init((char *)(request + 1), (unsigned)(count - sent));
  memcpy(rest.base, octets->base + sent, rest.len);
  uv_write(request, stream, &rest, 1, written);
}

static void accepted(uv_stream_t *listener, int status) {
  uv_tcp_t *stream = malloc(sizeof *stream);
  if (status < 0) return free(stream);
  uv_tcp_init(listener->loop, stream);
  if (uv_accept(listener, (uv_stream_t *)stream) != 0) return uv_close((uv_handle_t *)stream, freed);
  uv_tcp_nodelay(stream, 1);
  uv_read_start((uv_stream_t *)stream, give_buffer, received);
}

int main(int count, char **arguments) {
  struct server server = server_start(count, arguments);
  if (server.certificate) return 2;
  uv_tcp_t listener;
  uv_tcp_init(uv_default_loop(), &listener);
  uv_tcp_open(&listener, server.listener);
  uv_listen((uv_stream_t *)&listener, 1024, accepted);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
