// Raw DEFLATE streams of the system's zlib, with its macros and its structure out of sight.
#ifndef WIRECHECK_CZLIB_H
#define WIRECHECK_CZLIB_H

#include <stddef.h>
#include <stdint.h>

// One direction of compression; never copied, as zlib keeps its address.
struct czlib_stream;

enum czlib_strategy { CZLIB_DEFAULT_STRATEGY, CZLIB_FILTERED, CZLIB_HUFFMAN_ONLY, CZLIB_RLE, CZLIB_FIXED };

enum czlib_flush { CZLIB_NO_FLUSH, CZLIB_SYNC_FLUSH, CZLIB_FULL_FLUSH, CZLIB_FINISH };

enum czlib_status {
  // All went well; there may be more to do.
  CZLIB_OK,
  // Nothing could be done: no input or no room.
  CZLIB_NO_PROGRESS,
  // The final block has ended.
  CZLIB_STREAM_END,
  // There is no memory for the window.
  CZLIB_NO_MEMORY,
  // The data is malformed, or the stream is unusable; czlib_message says more.
  CZLIB_FAILED,
};

// A compressor for windows of 2^window_bits octets, 9 to 15; NULL without memory.
struct czlib_stream *czlib_deflate_create(int level, int window_bits, int memory_level, enum czlib_strategy strategy);
enum czlib_status czlib_deflate(
    struct czlib_stream *stream, const uint8_t *input, size_t *input_count, uint8_t *output, size_t *output_count, enum czlib_flush flush);
void czlib_deflate_destroy(struct czlib_stream *stream);

// A decompressor for windows of 2^window_bits octets, 8 to 15; NULL without memory.
struct czlib_stream *czlib_inflate_create(int window_bits);
// On return the counts are what was used: octets taken and octets written.
enum czlib_status czlib_inflate(
    struct czlib_stream *stream, const uint8_t *input, size_t *input_count, uint8_t *output, size_t *output_count);
// Whether the last octet taken ended a block, and no bit of it is left.
int czlib_inflate_at_block_boundary(const struct czlib_stream *stream);
// Goes on behind a final block, keeping the window; nonzero on success.
int czlib_inflate_continue(struct czlib_stream *stream);
void czlib_inflate_destroy(struct czlib_stream *stream);

// What zlib says of the last failure; never NULL, a constant.
const char *czlib_message(const struct czlib_stream *stream);

#endif
