#include "bench.h"

#include <dlfcn.h>

const struct bench_contender *bench_open_peer(const char *path, const char **reason) {
  // Local: two peers may bring the same symbols.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  void *list = library == NULL ? NULL : dlsym(library, "bench_contenders");
  *reason = list == NULL ? dlerror() : NULL;
  return list;
}
