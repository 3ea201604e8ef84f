// The load generator, in a process of its own. It counts what an echo server does, and what that costs the server's process.
//
//   load --port N --pid N [--tls] --connections N --window N --octets N --warmup MS --time MS
//   load --port N --pid N [--tls] --idle N --settle MS
//
// The first keeps `window` messages under way on each connection and prints
//   load MESSAGES NANOSECONDS CPU_NANOSECONDS P50_NANOSECONDS P99_NANOSECONDS
// the second opens connections, has one octet echoed on each, and prints the server's anonymous memory before and after
//   idle CONNECTIONS BEFORE_KIB AFTER_KIB
// CPU time and memory are read from outside, by the process id, so that every server is measured alike. Octets that come back are compared
// with those sent. Exit: 0 measured, 1 the server did not do the work, 2 wrong usage.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MOST_OCTETS = 64 * 1024, EVENTS = 64, LATENCIES = 1 << 22 };

static long port, pid, connections, window, octets = 32, warmup_ms = 200, time_ms = 1000, idle, settle_ms = 500;
static SSL_CTX *tls;

struct connection {
  int descriptor;
  SSL *ssl;
  uint64_t sent, received;  // octets
  uint64_t *sent_at;        // of each message under way, by its number modulo the window
};

static _Noreturn void fail(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(status);
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) fail(1, "the server has died");
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void pause_for(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

// The octet at a place of a connection's stream; no two messages side by side are alike.
static uint8_t octet_at(uint64_t place) { return (uint8_t)(place * 7 + (place >> 8)); }

static long write_some(struct connection *c, const uint8_t *start, size_t count) {
  if (!c->ssl) return send(c->descriptor, start, count, MSG_NOSIGNAL);
  return SSL_write(c->ssl, start, (int)count);
}

static long read_some(struct connection *c, uint8_t *start, size_t count) {
  if (!c->ssl) return recv(c->descriptor, start, count, 0);
  return SSL_read(c->ssl, start, (int)count);
}

// Few octets are under way at a time, so that they always fit in the socket's buffer.
static void send_messages(struct connection *c, uint64_t count, uint64_t time) {
  static uint8_t buffer[MOST_OCTETS];
  uint64_t total = count * (uint64_t)octets;
  for (uint64_t i = 0; i < total; i++) buffer[i] = octet_at(c->sent + i);
  for (uint64_t i = 0; i < count; i++) c->sent_at[(c->sent / (uint64_t)octets + i) % (uint64_t)window] = time;
  if (write_some(c, buffer, total) != (long)total) fail(1, "sending failed: %s", strerror(errno));
  c->sent += total;
}

static void connect_to_server(struct connection *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  c->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->descriptor < 0 || connect(c->descriptor, (struct sockaddr *)&address, sizeof address) != 0)
    fail(1, "connecting failed: %s", strerror(errno));
  setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!tls) return;
  c->ssl = SSL_new(tls);
  SSL_set_fd(c->ssl, c->descriptor);
  if (SSL_connect(c->ssl) != 1) fail(1, "the TLS handshake failed");
}

// A reset, so that thousands of ports do not stay in TIME_WAIT.
static void drop(struct connection *c) {
  struct linger linger = {1, 0};
  setsockopt(c->descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  SSL_free(c->ssl);
  close(c->descriptor);
}

static int by_size(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

static void run_load(clockid_t server) {
  struct connection *all = calloc((size_t)connections, sizeof *all);
  uint32_t *latencies = malloc(LATENCIES * sizeof *latencies);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (long i = 0; i < connections; i++) {
    connect_to_server(&all[i]);
    all[i].sent_at = calloc((size_t)window, sizeof(uint64_t));
    fcntl(all[i].descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].descriptor, &event);
  }
  uint64_t begin = now(CLOCK_MONOTONIC) + (uint64_t)warmup_ms * 1000000, end = begin + (uint64_t)time_ms * 1000000;
  uint64_t started = 0, cpu_before = 0, messages = 0, latency_count = 0;
  for (long i = 0; i < connections; i++) send_messages(&all[i], (uint64_t)window, now(CLOCK_MONOTONIC));
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, 5000);
    if (count == 0) fail(1, "nothing came back for 5 s");
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      static uint8_t buffer[MOST_OCTETS];
      uint64_t before = c->received / (uint64_t)octets;
      long got;
      while ((got = read_some(c, buffer, sizeof buffer)) > 0) {
        if (c->received + (uint64_t)got > c->sent) fail(1, "more came back than was sent");
        for (long k = 0; k < got; k++)
          if (buffer[k] != octet_at(c->received + (uint64_t)k)) fail(1, "other octets came back than were sent");
        c->received += (uint64_t)got;
        if (!c->ssl && got < (long)sizeof buffer) break;
      }
      if (got == 0 || (got < 0 && errno != EAGAIN)) fail(1, "the server ended a connection");
      uint64_t time = now(CLOCK_MONOTONIC), done = c->received / (uint64_t)octets - before;
      if (started) {
        messages += done;
        for (uint64_t k = 0; k < done && latency_count < LATENCIES; k++)
          latencies[latency_count++] = (uint32_t)(time - c->sent_at[(before + k) % (uint64_t)window]);
      }
      if (done > 0) send_messages(c, done, time);
    }
    uint64_t time = now(CLOCK_MONOTONIC);
    if (!started && time >= begin) {
      started = time;
      cpu_before = now(server);
    } else if (started && time >= end) {
      uint64_t cpu = now(server) - cpu_before;
      if (messages == 0) fail(1, "no message came back");
      qsort(latencies, latency_count, sizeof *latencies, by_size);
      printf("load %lu %lu %lu %u %u\n", messages, time - started, cpu, latencies[latency_count / 2], latencies[latency_count * 99 / 100]);
      break;
    }
  }
  for (long i = 0; i < connections; i++) drop(&all[i]);
}

static unsigned long anonymous_kib(void) {
  char path[64], line[256];
  unsigned long kib = 0;
  snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", pid);
  FILE *file = fopen(path, "r");
  if (!file) fail(1, "the server's memory cannot be read: %s", strerror(errno));
  while (fgets(line, sizeof line, file)) sscanf(line, "Anonymous: %lu", &kib);
  fclose(file);
  return kib;
}

static void have_echoed(struct connection *c) {
  uint8_t sent = 0x5A, received = 0;
  if (write_some(c, &sent, 1) != 1 || read_some(c, &received, 1) != 1 || received != sent) fail(1, "an octet did not come back");
}

static void run_idle(void) {
  struct connection *all = calloc((size_t)idle, sizeof *all), first = {0};
  // What a server makes once, it makes for the first connection.
  connect_to_server(&first);
  have_echoed(&first);
  pause_for(settle_ms);
  unsigned long before = anonymous_kib();
  for (long i = 0; i < idle; i++) {
    connect_to_server(&all[i]);
    have_echoed(&all[i]);
  }
  pause_for(settle_ms);
  printf("idle %ld %lu %lu\n", idle, before, anonymous_kib());
  drop(&first);
  for (long i = 0; i < idle; i++) drop(&all[i]);
}

static long number(const char *text) {
  char *end;
  long value = text ? strtol(text, &end, 10) : -1;
  if (!text || *end != 0 || value < 0) fail(2, "a number is needed, not '%s'", text ? text : "");
  return value;
}

int main(int count, char **arguments) {
  const struct { const char *name; long *value; } options[] = {
    {"--port", &port}, {"--pid", &pid}, {"--connections", &connections}, {"--window", &window}, {"--octets", &octets},
    {"--warmup", &warmup_ms}, {"--time", &time_ms}, {"--idle", &idle}, {"--settle", &settle_ms}};
  int with_tls = 0;
  for (int i = 1; i < count; i++) {
    size_t k = 0, all = sizeof options / sizeof options[0];
    if (strcmp(arguments[i], "--tls") == 0) {
      with_tls = 1;
      continue;
    }
    while (k < all && strcmp(arguments[i], options[k].name) != 0) k++;
    if (k == all) fail(2, "unknown argument '%s'", arguments[i]);
    *options[k].value = number(arguments[++i]);
  }
  if (port == 0 || pid == 0 || (idle == 0) == (connections == 0 || window == 0)) fail(2, "see the head of load.c for the usage");
  if (octets == 0 || (idle == 0 && window * octets > MOST_OCTETS)) fail(2, "at most %d octets under way on a connection", MOST_OCTETS);
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (with_tls) {
    // The server's certificate is its own business here.
    tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  }
  clockid_t server;
  if (clock_getcpuclockid((pid_t)pid, &server) != 0) fail(1, "there is no process %ld", pid);
  if (idle) run_idle();
  else run_load(server);
  return 0;
}
