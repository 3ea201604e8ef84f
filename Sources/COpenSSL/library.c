#include "internal.h"

#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static BIO_METHOD *memory_bio;

// Octets leave through the owner's function and come from the input that it lent: no descriptor, no buffer, no signal.
static int bio_write(BIO *bio, const char *octets, size_t count, size_t *written) {
  co_session *session = BIO_get_data(bio);
  session->output(session->owner, (const uint8_t *)octets, count);
  *written = count;
  return 1;
}

static int bio_read(BIO *bio, char *octets, size_t capacity, size_t *count) {
  co_session *session = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  *count = capacity < session->input_count ? capacity : session->input_count;
  if (*count == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  memcpy(octets, session->input, *count);
  session->input += *count;
  session->input_count -= *count;
  return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

static void initialise(void) {
  // First of all: what OpenSSL does at exit otherwise races with threads that still run.
  if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL)) return;
  if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL)) return;
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wirecheck");
  if (!method) return;
  if (BIO_meth_set_write_ex(method, bio_write) && BIO_meth_set_read_ex(method, bio_read) && BIO_meth_set_ctrl(method, bio_control)
      && BIO_meth_set_create(method, bio_create)) {
    memory_bio = method;
  } else {
    BIO_meth_free(method);
  }
}

int co_initialise(void) {
  pthread_once(&once, initialise);
  return memory_bio != NULL;
}

BIO_METHOD *co_memory_bio(void) { return memory_bio; }
