#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

// Takes the place of the system's function in the program of the tests: names that end in ".luanet.test" take five seconds and are not found.
int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints, struct addrinfo **restrict found) {
  static const char ending[] = ".luanet.test";
  const size_t length = name == NULL ? 0 : strlen(name);
  if (length >= sizeof ending && strcmp(name + length + 1 - sizeof ending, ending) == 0) {
    sleep(5);
    return EAI_NONAME;
  }
  typedef int function(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  function *next = (function *)dlsym(RTLD_NEXT, "getaddrinfo");
  return next(name, service, hints, found);
}
