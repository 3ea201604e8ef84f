#include "internal.h"

#include <stdlib.h>
#include <string.h>

co_session *co_session_create(co_context *context, co_output output, void *owner) {
  ERR_clear_error();
  co_session *session = calloc(1, sizeof *session);
  if (!session) return NULL;
  session->output = output;
  session->owner = owner;
  SSL_CTX *shared = (SSL_CTX *)context;
  session->ssl = SSL_new(shared);
  BIO *bio = session->ssl ? BIO_new(co_memory_bio()) : NULL;
  if (!bio) {
    co_session_destroy(session);
    return NULL;
  }
  BIO_set_data(bio, session);
  SSL_set_bio(session->ssl, bio, bio);
  SSL_set_app_data(session->ssl, session);
  if (SSL_is_server(session->ssl)) SSL_set_accept_state(session->ssl);
  else SSL_set_connect_state(session->ssl);
  return session;
}

void co_session_destroy(co_session *session) {
  ERR_clear_error();
  SSL_free(session->ssl);
  free(session->rejection);
  free(session);
}

int32_t co_session_expect_name(co_session *session, const char *name) {
  ERR_clear_error();
  X509_VERIFY_PARAM *parameters = SSL_get0_param(session->ssl);
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return X509_VERIFY_PARAM_set1_host(parameters, name, 0) && SSL_set_tlsext_host_name(session->ssl, name) ? 0 : -1;
}

int32_t co_session_expect_address(co_session *session, const char *address) {
  ERR_clear_error();
  return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session->ssl), address) ? 0 : -1;
}

/// OpenSSL keeps errors in a queue for each thread, where whoever left one would be taken for the cause of the next failure.
static void clear_errors(void) {
  // Mostly there is none, and looking costs less than clearing.
  if (ERR_peek_error() != 0) ERR_clear_error();
}

// MARK: Input

void co_session_lend_input(co_session *session, const uint8_t *octets, size_t count) {
  session->input = octets;
  session->input_count = count;
  size_t missing = FIRST_INPUT_BYTES - session->first_input_count;
  if (missing > count) missing = count;
  if (missing == 0) return;
  memcpy(session->first_input + session->first_input_count, octets, missing);
  session->first_input_count += missing;
}

size_t co_session_take_input_back(co_session *session) {
  size_t rest = session->input_count;
  session->input = NULL;
  session->input_count = 0;
  return rest;
}

// MARK: Calls

static void note_failure(co_session *session) {
  session->has_failed = 1;
  unsigned long error = ERR_peek_error();
  co_failure failure = {.kind = CO_FAILURE_OTHER, .reason = ERR_reason_error_string(error)};
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
    int reason = ERR_GET_REASON(error);
    switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED: failure.kind = CO_FAILURE_REJECTED; break;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: failure.kind = CO_FAILURE_NO_CERTIFICATE; break;
    case SSL_R_NO_SHARED_CIPHER: failure.kind = CO_FAILURE_NO_COMMON_CIPHER; break;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH: failure.kind = CO_FAILURE_VERSION; break;
    default:
      if (reason >= SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + UINT8_MAX) {
        failure.kind = CO_FAILURE_ALERT;
        failure.alert = (uint8_t)(reason - SSL_AD_REASON_OFFSET);
      }
    }
  }
  session->failure = failure;
  ERR_clear_error();
}

/// What a call that did not succeed means.
static int32_t outcome(co_session *session, int result) {
  switch (SSL_get_error(session->ssl, result)) {
  case SSL_ERROR_WANT_READ: return CO_WANTS_INPUT;
  case SSL_ERROR_ZERO_RETURN: return CO_ENDED;
  default: note_failure(session); return CO_FAILED;
  }
}

int32_t co_session_handshake(co_session *session) {
  if (session->has_failed) return CO_FAILED;
  ERR_clear_error();
  int result = SSL_do_handshake(session->ssl);
  return result == 1 ? 0 : outcome(session, result);
}

ptrdiff_t co_session_read(co_session *session, uint8_t *octets, size_t capacity) {
  if (session->has_failed) return CO_FAILED;
  // OpenSSL would find the same, but allocate a buffer for a record to do so.
  int has_ended = SSL_get_shutdown(session->ssl) & SSL_RECEIVED_SHUTDOWN;
  if (session->input_count == 0 && !SSL_has_pending(session->ssl) && !has_ended) return CO_WANTS_INPUT;
  clear_errors();
  size_t count = 0;
  int result = SSL_read_ex(session->ssl, octets, capacity, &count);
  return result == 1 ? (ptrdiff_t)count : outcome(session, result);
}

ptrdiff_t co_session_write(co_session *session, const uint8_t *octets, size_t count) {
  if (session->has_failed) return CO_FAILED;
  clear_errors();
  size_t taken = 0;
  int result = SSL_write_ex(session->ssl, octets, count, &taken);
  return result == 1 ? (ptrdiff_t)taken : outcome(session, result);
}

void co_session_end(co_session *session) {
  if (session->has_failed) return;
  ERR_clear_error();
  SSL_shutdown(session->ssl);
  ERR_clear_error();
}

// MARK: Facts

const char *co_session_version(const co_session *session) { return SSL_get_version(session->ssl); }

const uint8_t *co_session_first_input(const co_session *session, size_t *count) {
  *count = session->first_input_count;
  return session->first_input;
}

co_failure co_session_failure(const co_session *session) { return session->failure; }
const co_rejection *co_session_rejection(const co_session *session) { return session->rejection; }
const co_text *co_rejection_name(const co_rejection *rejection, int32_t index) { return &rejection->names[index]; }
