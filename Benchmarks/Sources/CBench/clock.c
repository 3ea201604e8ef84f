#include "bench.h"

#include <time.h>

uint64_t bench_thread_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_time(bench_kernel kernel, struct bench_input *input, uint64_t iterations, uint64_t *checksum) {
  uint64_t sum = 0;
  uint64_t start = bench_thread_time();
  for (uint64_t i = 0; i < iterations; i++) {
    sum += kernel(input);
    // Nothing of one iteration may be kept for the next.
    __asm__ volatile("" : : "r"(input) : "memory");
  }
  uint64_t end = bench_thread_time();
  *checksum = sum;
  return end - start;
}
