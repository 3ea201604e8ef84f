#include "internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static enum co_rejection_kind kind(int error) {
  switch (error) {
  case X509_V_ERR_CERT_HAS_EXPIRED: return CO_REJECTION_EXPIRED;
  case X509_V_ERR_CERT_NOT_YET_VALID: return CO_REJECTION_NOT_YET_VALID;
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH: return CO_REJECTION_WRONG_NAME;
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return CO_REJECTION_SELF_SIGNED;
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return CO_REJECTION_UNTRUSTED_ROOT;
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return CO_REJECTION_UNKNOWN_ISSUER;
  default: return CO_REJECTION_OTHER;
  }
}

static void set_text(co_text *text, const uint8_t *octets, int count) {
  if (count < 0) count = 0;
  if (count > CO_TEXT_BYTES) count = CO_TEXT_BYTES;
  text->count = (uint16_t)count;
  if (count > 0) memcpy(text->octets, octets, (size_t)count);
}

static void set_name(co_text *text, const X509_NAME *name) {
  BIO *memory = BIO_new(BIO_s_mem());
  if (!memory) return;
  if (X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253) >= 0) {
    char *octets;
    long count = BIO_get_mem_data(memory, &octets);
    set_text(text, (const uint8_t *)octets, count > CO_TEXT_BYTES ? CO_TEXT_BYTES : (int)count);
  }
  BIO_free(memory);
}

static void set_common_name(co_text *text, const X509_NAME *name) {
  int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return;
  uint8_t *octets = NULL;
  int count = ASN1_STRING_to_UTF8(&octets, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (count < 0) return;
  set_text(text, octets, count);
  OPENSSL_free(octets);
}

static void set_time(co_rejection *rejection, const ASN1_TIME *time) {
  struct tm parts;
  if (!time || !ASN1_TIME_to_tm(time, &parts)) return;
  if (strftime(rejection->time, sizeof rejection->time, "%Y-%m-%d %H:%M UTC", &parts) == 0) rejection->time[0] = 0;
}

static void add_name(co_rejection *rejection, const uint8_t *octets, int count) {
  if (rejection->name_count < CO_NAMES) set_text(&rejection->names[rejection->name_count], octets, count);
  rejection->name_count++;
}

static void add_names(co_rejection *rejection, X509 *certificate) {
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &type);
    if (type != GEN_DNS && type != GEN_IPADD) continue;
    const uint8_t *octets = ASN1_STRING_get0_data(value);
    int count = ASN1_STRING_length(value);
    char text[INET6_ADDRSTRLEN];
    if (type == GEN_DNS) {
      add_name(rejection, octets, count);
    } else if ((count == 4 || count == 16) && inet_ntop(count == 4 ? AF_INET : AF_INET6, octets, text, sizeof text)) {
      add_name(rejection, (const uint8_t *)text, (int)strlen(text));
    }
  }
  GENERAL_NAMES_free(names);
}

int co_verified(int accepted, X509_STORE_CTX *store) {
  if (accepted) return 1;
  SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  co_session *session = ssl ? SSL_get_app_data(ssl) : NULL;
  if (!session || session->rejection) return 0;
  co_rejection *rejection = calloc(1, sizeof *rejection);
  if (!rejection) return 0;
  session->rejection = rejection;
  int error = X509_STORE_CTX_get_error(store);
  rejection->kind = kind(error);
  rejection->reason = X509_verify_cert_error_string(error);
  rejection->depth = X509_STORE_CTX_get_error_depth(store);
  X509 *current = X509_STORE_CTX_get_current_cert(store);
  if (current) {
    set_name(&rejection->issuer, X509_get_issuer_name(current));
    if (rejection->kind == CO_REJECTION_EXPIRED) set_time(rejection, X509_get0_notAfter(current));
    if (rejection->kind == CO_REJECTION_NOT_YET_VALID) set_time(rejection, X509_get0_notBefore(current));
  }
  X509 *own = X509_STORE_CTX_get0_cert(store);
  if (own) {
    set_common_name(&rejection->common_name, X509_get_subject_name(own));
    add_names(rejection, own);
  }
  return 0;
}
