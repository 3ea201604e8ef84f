#define _GNU_SOURCE
#include "CSockets.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
const char *cs_error_text(int32_t error_number) {
  const char *text = strerrordesc_np(error_number);
  return text ? text : "unknown error";
}

const char *cs_error_name(int32_t error_number) {
  const char *name = strerrorname_np(error_number);
  return name ? name : "errno";
}
#else
const char *cs_error_text(int32_t error_number) { return strerror(error_number); }
const char *cs_error_name(int32_t error_number) { return "errno"; }
#endif

int64_t cs_monotonic_nanoseconds(void) {
  struct timespec time = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int32_t cs_random(void *start, size_t count) {
  uint8_t *next = start;
  while (count > 0) {
    ssize_t filled = getrandom(next, count, 0);
    if (filled < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    next += filled;
    count -= (size_t)filled;
  }
  return 0;
}
