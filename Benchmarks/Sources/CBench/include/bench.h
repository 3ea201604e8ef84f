// What the driver, the Swift kernels and the peers agree on.
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#define BENCH_NONNULL _Nonnull
#define BENCH_NULLABLE _Nullable
#else
#define BENCH_NONNULL
#define BENCH_NULLABLE
#endif

/// What a kernel works on. The buffers belong to the driver; a kernel keeps nothing of them.
struct bench_input {
  /// The octets a kernel reads, and changes if it works in place.
  uint8_t *BENCH_NONNULL octets;
  size_t count;
  /// What `octets` held at first; a kernel that works in place copies it back before it begins.
  const uint8_t *BENCH_NONNULL original;
  /// Where each piece of `octets` ends: fragments of a text, requests of a set. An encoder makes so many frames of the same payload.
  const size_t *BENCH_NONNULL ends;
  size_t piece_count;
  /// Room for what an encoder, an inflater or a transcript writes, and how much of it was written.
  uint8_t *BENCH_NONNULL output;
  size_t capacity;
  size_t output_count;
  /// A masking key, the first octet on the wire in the low eight bits.
  uint32_t key;
};

/// The one type through which every contender is called.
///
/// Returns what the driver can count on: how many octets, frames or requests were taken, 1 or 0 for valid or not.
typedef uint64_t (*bench_kernel)(struct bench_input *BENCH_NONNULL input);

/// One contender of a group; a null name ends a list.
struct bench_contender {
  const char *BENCH_NULLABLE group;
  const char *BENCH_NULLABLE name;
  bench_kernel BENCH_NULLABLE run;
  /// Does the same and writes what it made of the input to `output`, in the words of the group; may be null.
  bench_kernel BENCH_NULLABLE transcribe;
};

/// What every peer library exports under the name "bench_contenders".
typedef const struct bench_contender bench_contender_list[];

/// Runs a kernel `iterations` times and returns the CPU time of this thread in nanoseconds; `*checksum` is the sum of its results.
uint64_t bench_time(
  bench_kernel BENCH_NONNULL kernel, struct bench_input *BENCH_NONNULL input, uint64_t iterations, uint64_t *BENCH_NONNULL checksum);

/// The CPU time of this thread in nanoseconds.
uint64_t bench_thread_time(void);

/// How often this thread has allocated memory (malloc, calloc, realloc, and the aligned ones).
uint64_t bench_allocations(void);

/// Tells malloc to keep what is freed. Otherwise it depends on where a block happens to lie whether the system takes its pages away
/// and hands out fresh ones for the next, at five times the cost of using them.
void bench_keep_memory(void);

/// Opens a peer library and returns its contenders, or null and the reason in `*reason`.
const struct bench_contender *BENCH_NULLABLE bench_open_peer(const char *BENCH_NONNULL path, const char *BENCH_NULLABLE *BENCH_NONNULL reason);

/// Copies the original octets back: charged to every contender of a group in which some work in place.
static inline void bench_refill(struct bench_input *BENCH_NONNULL input) { __builtin_memcpy(input->octets, input->original, input->count); }

/// Appends to the transcript in `output` what fits.
static inline void bench_write(struct bench_input *BENCH_NONNULL input, const void *BENCH_NONNULL octets, size_t count) {
  if (count > input->capacity - input->output_count) count = input->capacity - input->output_count;
  __builtin_memcpy(input->output + input->output_count, octets, count);
  input->output_count += count;
}

/// Appends a field of a head to the transcript, and the octet that ends it.
static inline void bench_write_field(
  struct bench_input *BENCH_NONNULL input, const void *BENCH_NONNULL octets, size_t count, uint8_t end) {
  bench_write(input, octets, count);
  bench_write(input, &end, 1);
}

/// Appends a frame to the transcript: FIN and opcode, the length in eight octets, the payload.
static inline void bench_write_frame(
  struct bench_input *BENCH_NONNULL input, uint8_t first, const void *BENCH_NONNULL payload, uint64_t count) {
  bench_write(input, &first, 1);
  bench_write(input, &count, sizeof count);
  bench_write(input, payload, count);
}

#ifdef __cplusplus
}
#endif

#endif
