#define _GNU_SOURCE
#include "CSockets.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "addresses.h"

static int32_t failure(int result, int32_t *detail) {
  switch (result) {
    case EAI_NONAME: return CS_NAME_NOT_FOUND;
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
    case EAI_FAMILY: return CS_NAME_NO_ADDRESS;
    case EAI_AGAIN: return CS_NAME_TRY_AGAIN;
    case EAI_FAIL: return CS_NAME_SERVER_FAILED;
    case EAI_SYSTEM: *detail = errno; return CS_NAME_SYSTEM;
    case EAI_MEMORY: *detail = ENOMEM; return CS_NAME_SYSTEM;
    default: *detail = result; return CS_NAME_OTHER;
  }
}

int32_t cs_lookup(const char *name, int32_t family, cs_address *addresses, int32_t capacity, int32_t *detail) {
  struct addrinfo hints, *found = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  int result = getaddrinfo(name, NULL, &hints, &found);
  if (result != 0) return failure(result, detail);
  int32_t count = 0;
  for (struct addrinfo *each = found; each && count < capacity; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    cs_address_from_system((const struct sockaddr_storage *)each->ai_addr, &addresses[count++]);
  }
  freeaddrinfo(found);
  return count;
}
