// websocketpp: the processor of RFC 6455, which copies messages and checks their UTF-8, and its checker by itself.
#include "bench.h"

#include <websocketpp/config/core.hpp>
#include <websocketpp/processors/hybi13.hpp>
#include <websocketpp/utf8_validator.hpp>

namespace {

using config = websocketpp::config::core;
using manager = config::con_msg_manager_type;

template <bool records>
uint64_t decode(bench_input *input) {
  static config::rng_type random;
  static websocketpp::processor::hybi13<config> processor(false, true, websocketpp::lib::make_shared<manager>(), random);
  bench_refill(input);
  uint64_t frames = 0;
  size_t at = 0;
  websocketpp::lib::error_code error;
  while (at < input->count) {
    at += processor.consume(input->octets + at, input->count - at, error);
    if (error) return 0;
    if (!processor.ready()) continue;
    auto message = processor.get_message();
    if (records) {
      auto &payload = message->get_payload();
      bench_write_frame(input, uint8_t(0x80 | message->get_opcode()), payload.data(), payload.size());
    }
    frames++;
  }
  return frames;
}

uint64_t validate(bench_input *input) {
  websocketpp::utf8_validator::validator validator;
  return validator.decode(input->octets, input->octets + input->count) && validator.complete();
}

uint64_t validate_pieces(bench_input *input) {
  websocketpp::utf8_validator::validator validator;
  size_t start = 0;
  for (size_t piece = 0; piece < input->piece_count; piece++) {
    if (!validator.decode(input->octets + start, input->octets + input->ends[piece])) return 0;
    start = input->ends[piece];
  }
  return validator.complete();
}

} // namespace

extern "C" __attribute__((visibility("default"))) const bench_contender bench_contenders[] = {
  {"decode text", "websocketpp", decode<false>, decode<true>},
  {"utf8", "websocketpp", validate, nullptr},
  {"utf8 pieces", "websocketpp", validate_pieces, nullptr},
  {nullptr, nullptr, nullptr, nullptr},
};
