#include "CZlib.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct czlib_stream {
  z_stream z;
  int at_start;
};

static const int flushes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH};
static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};

static enum czlib_status status(int result) {
  switch (result) {
  case Z_OK: return CZLIB_OK;
  case Z_BUF_ERROR: return CZLIB_NO_PROGRESS;
  case Z_STREAM_END: return CZLIB_STREAM_END;
  case Z_MEM_ERROR: return CZLIB_NO_MEMORY;
  default: return CZLIB_FAILED;
  }
}

// zlib counts in unsigned int: what does not fit is left for the next call.
static uInt clamped(size_t count) { return count > UINT_MAX ? UINT_MAX : (uInt)count; }

static void set_buffers(struct czlib_stream *stream, const uint8_t *input, size_t *input_count, uint8_t *output, size_t *output_count) {
  stream->z.next_in = (Bytef *)input;
  stream->z.avail_in = clamped(*input_count);
  stream->z.next_out = output;
  stream->z.avail_out = clamped(*output_count);
  *input_count = stream->z.avail_in;
  *output_count = stream->z.avail_out;
}

static void take_counts(struct czlib_stream *stream, size_t *input_count, size_t *output_count) {
  *input_count -= stream->z.avail_in;
  *output_count -= stream->z.avail_out;
  stream->z.next_in = NULL;
  stream->z.avail_in = 0;
  stream->z.next_out = NULL;
  stream->z.avail_out = 0;
}

struct czlib_stream *czlib_deflate_create(int level, int window_bits, int memory_level, enum czlib_strategy strategy) {
  struct czlib_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  if (deflateInit2(&stream->z, level, Z_DEFLATED, -window_bits, memory_level, strategies[strategy]) != Z_OK) {
    free(stream);
    return NULL;
  }
  return stream;
}

enum czlib_status czlib_deflate(
    struct czlib_stream *stream, const uint8_t *input, size_t *input_count, uint8_t *output, size_t *output_count, enum czlib_flush flush) {
  set_buffers(stream, input, input_count, output, output_count);
  int result = deflate(&stream->z, flushes[flush]);
  take_counts(stream, input_count, output_count);
  return status(result);
}

void czlib_deflate_destroy(struct czlib_stream *stream) {
  deflateEnd(&stream->z);
  free(stream);
}

struct czlib_stream *czlib_inflate_create(int window_bits) {
  struct czlib_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  if (inflateInit2(&stream->z, -window_bits) != Z_OK) {
    free(stream);
    return NULL;
  }
  stream->at_start = 1;
  return stream;
}

enum czlib_status czlib_inflate(
    struct czlib_stream *stream, const uint8_t *input, size_t *input_count, uint8_t *output, size_t *output_count) {
  set_buffers(stream, input, input_count, output, output_count);
  int result = inflate(&stream->z, Z_SYNC_FLUSH);
  take_counts(stream, input_count, output_count);
  if (*input_count > 0) stream->at_start = 0;
  return status(result);
}

int czlib_inflate_at_block_boundary(const struct czlib_stream *stream) {
  // data_type: the bits left over in the low six, 128 right behind a block.
  return stream->at_start || (stream->z.data_type & (128 | 63)) == 128;
}

int czlib_inflate_continue(struct czlib_stream *stream) {
  // Not inflateReset with the window taken out and put back: a peer could make us copy 64 KiB for every two octets.
  stream->at_start = 1;
  return inflateResetKeep(&stream->z) == Z_OK;
}

void czlib_inflate_destroy(struct czlib_stream *stream) {
  inflateEnd(&stream->z);
  free(stream);
}

const char *czlib_message(const struct czlib_stream *stream) { return stream->z.msg ? stream->z.msg : "the stream is unusable"; }
