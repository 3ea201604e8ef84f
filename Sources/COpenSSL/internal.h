#ifndef WIRECHECK_COPENSSL_INTERNAL_H
#define WIRECHECK_COPENSSL_INTERNAL_H

#include "COpenSSL.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { FIRST_INPUT_BYTES = 16 };

struct co_session {
  SSL *ssl;
  co_output output;
  void *owner;
  const uint8_t *input;
  size_t input_count;
  co_failure failure;
  co_rejection *rejection;
  /// A failure is final: OpenSSL is not called again.
  uint8_t has_failed;
  uint8_t first_input_count;
  uint8_t first_input[FIRST_INPUT_BYTES];
};

/// Makes OpenSSL ready, once; 0 when that failed.
int co_initialise(void);
/// The BIO between a session and its owner, which is its data.
BIO_METHOD *co_memory_bio(void);
/// Notes in the session why a certificate is rejected; the callback of OpenSSL.
int co_verified(int accepted, X509_STORE_CTX *store);

#endif
