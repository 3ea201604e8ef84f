// picohttpparser; built with and without SSE4.2.
#include "bench.h"
#include "picohttpparser.h"

#include <string.h>

static uint64_t requests(struct bench_input *input, int records) {
  uint64_t taken = 0;
  size_t start = 0;
  for (size_t piece = 0; piece < input->piece_count; piece++) {
    const char *method, *path;
    size_t method_length, path_length, field_count = 64;
    int minor;
    struct phr_header fields[64];
    int count = phr_parse_request((const char *)input->octets + start, input->ends[piece] - start, &method, &method_length, &path,
                                  &path_length, &minor, fields, &field_count, 0);
    if (count > 0) taken += (uint64_t)count;
    if (records && count > 0) {
      bench_write_field(input, method, method_length, ' ');
      bench_write_field(input, path, path_length, ' ');
      bench_write_field(input, "", 0, (uint8_t)('0' + minor));
      for (size_t i = 0; i < field_count; i++) {
        bench_write_field(input, fields[i].name, fields[i].name_len, ':');
        bench_write_field(input, fields[i].value, fields[i].value_len, '\n');
      }
    }
    __asm__ volatile("" : : "r"(fields) : "memory");
    start = input->ends[piece];
  }
  return taken;
}

static uint64_t responses(struct bench_input *input, int records) {
  const char *reason;
  size_t reason_length, field_count = 64;
  int minor, status;
  struct phr_header fields[64];
  int count = phr_parse_response((const char *)input->octets, input->count, &minor, &status, &reason, &reason_length, fields, &field_count, 0);
  if (records && count > 0) {
    uint8_t digits[3] = {(uint8_t)('0' + status / 100), (uint8_t)('0' + status / 10 % 10), (uint8_t)('0' + status % 10)};
    bench_write_field(input, "", 0, (uint8_t)('0' + minor));
    bench_write_field(input, digits, 3, ' ');
    bench_write_field(input, reason, reason_length, '\n');
    for (size_t i = 0; i < field_count; i++) {
      bench_write_field(input, fields[i].name, fields[i].name_len, ':');
      bench_write_field(input, fields[i].value, fields[i].value_len, '\n');
    }
  }
  __asm__ volatile("" : : "r"(fields) : "memory");
  return count > 0 ? (uint64_t)count : 0;
}

static uint64_t chunked(struct bench_input *input, int records) {
  struct phr_chunked_decoder decoder = {0};
  decoder.consume_trailer = 1;
  bench_refill(input);
  size_t count = input->count;
  ssize_t left = phr_decode_chunked(&decoder, (char *)input->octets, &count);
  if (left != 0) return 0;
  if (records) bench_write(input, input->octets, count);
  return count;
}

static uint64_t parse_requests(struct bench_input *input) { return requests(input, 0); }
static uint64_t request_transcript(struct bench_input *input) { return requests(input, 1); }
static uint64_t parse_response(struct bench_input *input) { return responses(input, 0); }
static uint64_t response_transcript(struct bench_input *input) { return responses(input, 1); }
static uint64_t decode_chunked(struct bench_input *input) { return chunked(input, 0); }
static uint64_t chunked_transcript(struct bench_input *input) { return chunked(input, 1); }

bench_contender_list bench_contenders = {
  {"request", "picohttpparser" ISA, parse_requests, request_transcript},
  {"response", "picohttpparser" ISA, parse_response, response_transcript},
  {"chunked", "picohttpparser" ISA, decode_chunked, chunked_transcript},
  {NULL, NULL, NULL, NULL},
};
