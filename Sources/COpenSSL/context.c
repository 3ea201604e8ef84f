#include "internal.h"

#include <errno.h>
#include <stdio.h>

static SSL_CTX *ctx(co_context *context) { return (SSL_CTX *)context; }

static int protocol(enum co_version version) {
  switch (version) {
  case CO_TLS_1_2: return TLS1_2_VERSION;
  case CO_TLS_1_3: return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

co_context *co_context_create(enum co_role role, enum co_version minimum, enum co_version maximum) {
  if (!co_initialise()) return NULL;
  ERR_clear_error();
  SSL_CTX *context = SSL_CTX_new(role == CO_CLIENT ? TLS_client_method() : TLS_server_method());
  if (!context) return NULL;
  // No tickets and no cache: sessions are never resumed, so nothing is kept for that.
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  // Exactly the certificates of the file are sent, not what the trusted ones would add.
  SSL_CTX_set_mode(
      context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  if (!SSL_CTX_set_min_proto_version(context, protocol(minimum)) || !SSL_CTX_set_max_proto_version(context, protocol(maximum))) {
    SSL_CTX_free(context);
    return NULL;
  }
  return (co_context *)context;
}

void co_context_destroy(co_context *context) { SSL_CTX_free(ctx(context)); }

// MARK: Results

static const co_setup_result ok = {.status = CO_SETUP_OK};

static co_setup_result refused(void) {
  const char *reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return (co_setup_result){.status = CO_SETUP_REFUSED, .reason = reason};
}

// MARK: Files

enum { MAXIMUM_FILE_BYTES = 16 << 20 };

/// The content of a file, or NULL with the reason in `result`, which OpenSSL's own reading would lose.
static BIO *contents(const char *path, co_setup_result *result) {
  *result = (co_setup_result){.status = CO_SETUP_UNREADABLE};
  ERR_clear_error();
  FILE *file = fopen(path, "rbe");
  if (!file) {
    result->error_number = errno;
    return NULL;
  }
  BIO *memory = BIO_new(BIO_s_mem());
  char octets[4096];
  size_t count, total = 0;
  int error = memory ? 0 : ENOMEM;
  while (error == 0 && (count = fread(octets, 1, sizeof octets, file)) > 0) {
    total += count;
    if (total > MAXIMUM_FILE_BYTES) error = EFBIG;
    else if (BIO_write(memory, octets, (int)count) != (int)count) error = ENOMEM;
  }
  if (error == 0 && ferror(file)) error = errno;
  fclose(file);
  result->error_number = error;
  if (error != 0) {
    BIO_free(memory);
    return NULL;
  }
  return memory;
}

/// Refuses to answer, because OpenSSL would ask at the terminal.
static int no_passphrase(char *text, int capacity, int writing, void *asked) {
  (void)text, (void)capacity, (void)writing;
  *(int *)asked = 1;
  return -1;
}

/// Gives every certificate of a file to `take`, with its place.
static co_setup_result each_certificate(co_context *context, const char *path, int (*take)(SSL_CTX *, X509 *, int)) {
  co_setup_result result;
  BIO *file = contents(path, &result);
  if (!file) return result;
  int asked = 0, count = 0;
  result = ok;
  X509 *certificate;
  while (result.status == CO_SETUP_OK && (certificate = PEM_read_bio_X509(file, NULL, no_passphrase, &asked))) {
    if (!take(ctx(context), certificate, count++)) result = refused();
    X509_free(certificate);
  }
  BIO_free(file);
  if (result.status == CO_SETUP_OK && count == 0) result.status = CO_SETUP_NO_CERTIFICATE;
  // Anything but the end of the file is a certificate that cannot be read.
  if (result.status == CO_SETUP_OK && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) result = refused();
  ERR_clear_error();
  return result;
}

// MARK: Trust

co_setup_result co_context_trust_system(co_context *context) {
  ERR_clear_error();
  return SSL_CTX_set_default_verify_paths(ctx(context)) ? ok : refused();
}

static int trust(SSL_CTX *context, X509 *certificate, int index) {
  (void)index;
  return X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) && SSL_CTX_add_client_CA(context, certificate);
}

co_setup_result co_context_trust_file(co_context *context, const char *path) {
  // Who names an intermediate certificate trusts it, whether its issuer is in the file or not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx(context)), X509_V_FLAG_PARTIAL_CHAIN);
  return each_certificate(context, path, trust);
}

void co_context_verify(co_context *context) {
  SSL_CTX_set_verify(ctx(context), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, co_verified);
}

static int accept_any(X509_STORE_CTX *store, void *unused) {
  (void)unused;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

void co_context_demand_certificate(co_context *context) {
  SSL_CTX_set_verify(ctx(context), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback(ctx(context), accept_any, NULL);
}

// MARK: Identity

static int use(SSL_CTX *context, X509 *certificate, int index) {
  return index == 0 ? SSL_CTX_use_certificate(context, certificate) : SSL_CTX_add1_chain_cert(context, certificate);
}

co_setup_result co_context_use_certificates(co_context *context, const char *path) { return each_certificate(context, path, use); }

co_setup_result co_context_use_key(co_context *context, const char *path) {
  co_setup_result result;
  BIO *file = contents(path, &result);
  if (!file) return result;
  int asked = 0;
  EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, no_passphrase, &asked);
  BIO_free(file);
  X509 *certificate = SSL_CTX_get0_certificate(ctx(context));
  if (!key) {
    result = (co_setup_result){.status = asked ? CO_SETUP_ENCRYPTED_KEY : CO_SETUP_NO_KEY};
  } else if (!certificate || !X509_check_private_key(certificate, key)) {
    result = (co_setup_result){.status = CO_SETUP_KEY_MISMATCH};
  } else {
    result = SSL_CTX_use_PrivateKey(ctx(context), key) ? ok : refused();
  }
  EVP_PKEY_free(key);
  ERR_clear_error();
  return result;
}
