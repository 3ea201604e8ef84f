// simdjson's check of UTF-8, which chooses its instruction set at run time.
#include "bench.h"

#include <simdjson.h>

static uint64_t validate(bench_input *input) {
  return simdjson::validate_utf8(reinterpret_cast<const char *>(input->octets), input->count);
}

extern "C" __attribute__((visibility("default"))) const bench_contender bench_contenders[] = {
  {"utf8", "simdjson", validate, nullptr},
  {nullptr, nullptr, nullptr, nullptr},
};
