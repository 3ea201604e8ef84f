// zlib alone: a message through one compressing and one decompressing stream that are kept, as permessage-deflate keeps them.
#include "bench.h"

#include <zlib.h>

static uint8_t compressed[1 << 20];

static uint64_t round_trip(struct bench_input *input) {
  static z_stream deflating, inflating;
  static int is_ready;
  if (!is_ready) {
    if (deflateInit2(&deflating, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK || inflateInit2(&inflating, -15) != Z_OK) return 0;
    is_ready = 1;
  }
  deflating.next_in = input->octets;
  deflating.avail_in = (uInt)input->count;
  deflating.next_out = compressed;
  deflating.avail_out = sizeof compressed;
  if (deflate(&deflating, Z_SYNC_FLUSH) != Z_OK || deflating.avail_in > 0) return 0;
  inflating.next_in = compressed;
  inflating.avail_in = (uInt)(sizeof compressed - deflating.avail_out);
  inflating.next_out = input->output;
  inflating.avail_out = (uInt)input->capacity;
  if (inflate(&inflating, Z_SYNC_FLUSH) != Z_OK || inflating.avail_in > 0) return 0;
  return input->output_count = input->capacity - inflating.avail_out;
}

bench_contender_list bench_contenders = {
  {"deflate", "zlib alone", round_trip, NULL},
  {NULL, NULL, NULL, NULL},
};
