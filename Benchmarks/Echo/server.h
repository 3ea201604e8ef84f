// What the peers in C share: arguments, a listening socket whose port is printed, the settings of OpenSSL.
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
  int listener;
  const char *certificate, *key;
};

// Arguments: [--tls CERTIFICATE KEY]. Prints the port.
static inline struct server server_start(int count, char **arguments) {
  struct server server = {0};
  if (count == 4 && strcmp(arguments[1], "--tls") == 0) {
    server.certificate = arguments[2];
    server.key = arguments[3];
  } else if (count != 1) {
    fprintf(stderr, "usage: %s [--tls CERTIFICATE KEY]\n", arguments[0]);
    exit(2);
  }
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  server.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(server.listener, (struct sockaddr *)&address, length) != 0 || listen(server.listener, 1024) != 0 ||
      getsockname(server.listener, (struct sockaddr *)&address, &length) != 0) {
    perror(arguments[0]);
    exit(1);
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return server;
}

// The settings that the project's own TLS has, so that only what is around OpenSSL differs.
static inline SSL_CTX *server_tls(const struct server *server) {
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  SSL_CTX_set_options(tls, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(tls, 0);
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(tls, server->certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, server->key, SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "the certificate or its key cannot be used\n");
    exit(1);
  }
  return tls;
}

#endif
