// What one writes by hand in C: loops for masking, a table-driven check of UTF-8, an encoder of frames.
// Built once for each instruction set; the loops that no wider set speeds up are in the baseline build only.
#include "bench.h"

#include <string.h>

#ifndef ISA
#error "ISA names the instruction set in the names of contenders"
#endif

__attribute__((noinline)) static void mask_words(uint8_t *octets, size_t count, uint32_t key) {
  uint64_t wide = key | (uint64_t)key << 32;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    memcpy(&word, octets + i, 8);
    word ^= wide;
    memcpy(octets + i, &word, 8);
  }
  for (; i < count; i++) octets[i] ^= (uint8_t)(key >> (i & 3) * 8);
}

static uint64_t unmask_words(struct bench_input *input) {
  mask_words(input->octets, input->count, input->key);
  return input->count;
}

static size_t put_header(uint8_t *output, size_t count, int masked) {
  uint8_t mask = masked ? 0x80 : 0;
  size_t at = 0;
  output[at++] = 0x82;
  if (count < 126) {
    output[at++] = mask | (uint8_t)count;
  } else if (count < 65536) {
    output[at++] = mask | 126;
    output[at++] = (uint8_t)(count >> 8);
    output[at++] = (uint8_t)count;
  } else {
    output[at++] = mask | 127;
    for (int shift = 56; shift >= 0; shift -= 8) output[at++] = (uint8_t)((uint64_t)count >> shift);
  }
  return at;
}

static uint64_t encode_words(struct bench_input *input) {
  uint8_t *output = input->output;
  for (size_t frame = 0; frame < input->piece_count; frame++) {
    output += put_header(output, input->count, 1);
    memcpy(output, &input->key, 4);
    output += 4;
    memcpy(output, input->octets, input->count);
    mask_words(output, input->count, input->key);
    output += input->count;
  }
  return input->output_count = (size_t)(output - input->output);
}

#ifdef BASELINE
static uint64_t unmask_copy(struct bench_input *input) {
  memcpy(input->output, input->octets, input->count);
  return input->count;
}

__attribute__((noinline)) static void mask_octets(uint8_t *octets, size_t count, const uint8_t key[4]) {
  for (size_t i = 0; i < count; i++) octets[i] ^= key[i & 3];
}

static uint64_t unmask_octets(struct bench_input *input) {
  mask_octets(input->octets, input->count, (const uint8_t *)&input->key);
  return input->count;
}

// As wslay receives: the position and the offset are members of a context that the octets written might change.
struct context {
  uint8_t *position, *end;
  uint64_t offset;
  uint8_t key[4];
};

__attribute__((noinline)) static void mask_in_context(struct context *context) {
  for (; context->position != context->end; context->position++, context->offset++) *context->position ^= context->key[context->offset % 4];
}

static uint64_t unmask_in_context(struct bench_input *input) {
  struct context context = {.position = input->octets, .end = input->octets + input->count};
  memcpy(context.key, &input->key, 4);
  mask_in_context(&context);
  return input->count;
}

static uint64_t encode_unmasked(struct bench_input *input) {
  uint8_t *output = input->output;
  for (size_t frame = 0; frame < input->piece_count; frame++) {
    output += put_header(output, input->count, 0);
    memcpy(output, input->octets, input->count);
    output += input->count;
  }
  return input->output_count = (size_t)(output - input->output);
}

enum { accept, reject, one_more, two_more, three_more, after_e0, after_ed, after_f0, after_f4, states };
enum { ascii, low, middle, high, lead2, lead_e0, lead3, lead_ed, lead_f0, lead4, lead_f4, never, classes };
static uint8_t class_of[256], next_state[states][classes];

static void allow(int from, int first, int last, int to) {
  for (int class = first; class <= last; class++) next_state[from][class] = (uint8_t)to;
}

__attribute__((constructor)) static void fill_tables(void) {
  for (int octet = 0; octet < 256; octet++)
    class_of[octet] = octet < 0x80 ? ascii : octet < 0x90 ? low : octet < 0xA0 ? middle : octet < 0xC0 ? high : octet < 0xC2 ? never
      : octet < 0xE0 ? lead2 : octet == 0xE0 ? lead_e0 : octet == 0xED ? lead_ed : octet < 0xF0 ? lead3 : octet == 0xF0 ? lead_f0
      : octet < 0xF4 ? lead4 : octet == 0xF4 ? lead_f4 : never;
  memset(next_state, reject, sizeof next_state);
  allow(accept, ascii, ascii, accept);
  allow(accept, lead2, lead2, one_more);
  allow(accept, lead_e0, lead_e0, after_e0);
  allow(accept, lead3, lead3, two_more);
  allow(accept, lead_ed, lead_ed, after_ed);
  allow(accept, lead_f0, lead_f0, after_f0);
  allow(accept, lead4, lead4, three_more);
  allow(accept, lead_f4, lead_f4, after_f4);
  allow(one_more, low, high, accept);
  allow(two_more, low, high, one_more);
  allow(three_more, low, high, two_more);
  allow(after_e0, high, high, one_more);
  allow(after_ed, low, middle, one_more);
  allow(after_f0, middle, high, two_more);
  allow(after_f4, low, low, two_more);
}

__attribute__((noinline)) static unsigned walk(unsigned state, const uint8_t *octets, size_t count) {
  for (size_t i = 0; i < count; i++) state = next_state[state][class_of[octets[i]]];
  return state;
}

static uint64_t validate(struct bench_input *input) { return walk(accept, input->octets, input->count) == accept; }

static uint64_t validate_pieces(struct bench_input *input) {
  unsigned state = accept;
  size_t start = 0;
  for (size_t piece = 0; piece < input->piece_count; piece++) {
    state = walk(state, input->octets + start, input->ends[piece] - start);
    if (state == reject) return 0;
    start = input->ends[piece];
  }
  return state == accept;
}

// What a call costs by itself.
static uint64_t nothing(struct bench_input *input) { return input->count; }

// What the copies in the groups below cost by themselves.
static uint64_t refill(struct bench_input *input) {
  bench_refill(input);
  return 0;
}
#endif

bench_contender_list bench_contenders = {
  {"unmask", "C u64 loop, " ISA, unmask_words, NULL},
  {"encode masked", "C encoder, " ISA, encode_words, NULL},
#ifdef BASELINE
  {"unmask", "empty call", nothing, NULL},
  {"unmask", "memcpy", unmask_copy, NULL},
  {"unmask", "C byte loop", unmask_octets, NULL},
  {"unmask", "wslay's loop", unmask_in_context, NULL},
  {"encode", "C encoder", encode_unmasked, NULL},
  {"utf8", "C two-table DFA", validate, NULL},
  {"utf8 pieces", "C two-table DFA", validate_pieces, NULL},
  {"decode", "refill alone", refill, NULL},
  {"chunked", "refill alone", refill, NULL},
#endif
  {NULL, NULL, NULL, NULL},
};
