// picows' masking loops with streaming stores; the octets after the last whole 64 are masked one by one, as picows does.
#include "bench.h"

size_t apply_mask_sse2(uint8_t *input, size_t count, size_t start, uint32_t mask, uint8_t *output);
size_t apply_mask_avx2(uint8_t *input, size_t count, size_t start, uint32_t mask, uint8_t *output);
size_t apply_mask_avx512(uint8_t *input, size_t count, size_t start, uint32_t mask, uint8_t *output);

#define CONTENDER(isa)                                                                              \
  static uint64_t unmask_##isa(struct bench_input *input) {                                         \
    size_t done = apply_mask_##isa(input->octets, input->count, 0, input->key, input->octets);      \
    for (size_t i = done; i < input->count; i++) input->octets[i] ^= (uint8_t)(input->key >> (i & 3) * 8); \
    return input->count;                                                                            \
  }

CONTENDER(sse2)
CONTENDER(avx2)
#ifdef AVX512
CONTENDER(avx512)
#endif

bench_contender_list bench_contenders = {
  {"unmask", "picows SSE2", unmask_sse2, NULL},
  {"unmask", "picows AVX2", unmask_avx2, NULL},
#ifdef AVX512
  {"unmask", "picows AVX-512", unmask_avx512, NULL},
#endif
  {NULL, NULL, NULL, NULL},
};
