// Boost.Beast: masking, the check of UTF-8, the HTTP parser and its chunked bodies.
#define BOOST_ERROR_CODE_HEADER_ONLY
#include "bench.h"

#include <boost/beast/http.hpp>
#include <boost/beast/websocket/detail/mask.hpp>
#include <boost/beast/websocket/detail/utf8_checker.hpp>

namespace http = boost::beast::http;
namespace ws = boost::beast::websocket::detail;
namespace asio = boost::asio;

namespace {

uint64_t unmask(bench_input *input) {
  ws::prepared_key key;
  ws::prepare_key(key, input->key);
  ws::mask_inplace(asio::mutable_buffer(input->octets, input->count), key);
  return input->count;
}

uint64_t validate(bench_input *input) { return ws::check_utf8(reinterpret_cast<const char *>(input->octets), input->count); }

uint64_t validate_pieces(bench_input *input) {
  ws::utf8_checker checker;
  size_t start = 0;
  for (size_t piece = 0; piece < input->piece_count; piece++) {
    if (!checker.write(input->octets + start, input->ends[piece] - start)) return 0;
    start = input->ends[piece];
  }
  return checker.finish();
}

void write_view(bench_input *input, boost::beast::string_view text, uint8_t end) { bench_write_field(input, text.data(), text.size(), end); }

template <bool is_request, bool records>
uint64_t heads(bench_input *input) {
  uint64_t taken = 0;
  size_t start = 0;
  for (size_t piece = 0; piece < input->piece_count; piece++) {
    http::parser<is_request, http::empty_body> parser;
    parser.eager(false);
    if (!is_request) parser.skip(true);
    boost::system::error_code error;
    size_t count = parser.put(asio::const_buffer(input->octets + start, input->ends[piece] - start), error);
    if (!error && parser.is_header_done()) taken += count;
    if (records) {
      auto &message = parser.get();
      if constexpr (is_request) {
        write_view(input, message.method_string(), ' ');
        write_view(input, message.target(), ' ');
        write_view(input, "", uint8_t('0' + message.version() % 10));
      } else {
        unsigned status = message.result_int();
        char digits[3] = {char('0' + status / 100), char('0' + status / 10 % 10), char('0' + status % 10)};
        write_view(input, "", uint8_t('0' + message.version() % 10));
        write_view(input, boost::beast::string_view(digits, 3), ' ');
        write_view(input, message.reason(), '\n');
      }
      for (auto &field : message) {
        write_view(input, field.name_string(), ':');
        write_view(input, field.value(), '\n');
      }
    }
    start = input->ends[piece];
  }
  return taken;
}

// A chunked body behind a fixed head, into a buffer of fixed size.
template <bool records>
uint64_t chunked(bench_input *input) {
  static const char before[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  bench_refill(input);
  http::request_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  parser.eager(true);
  boost::system::error_code error;
  parser.put(asio::const_buffer(before, sizeof before - 1), error);
  auto &body = parser.get().body();
  static char room[1 << 17];
  body.data = room;
  body.size = sizeof room;
  size_t at = 0;
  while (at < input->count && !parser.is_done()) {
    size_t count = parser.put(asio::const_buffer(input->octets + at, input->count - at), error);
    at += count;
    if (error || count == 0) return 0;
  }
  size_t content = sizeof room - body.size;
  if (records) bench_write(input, room, content);
  return parser.is_done() ? content : 0;
}

} // namespace

extern "C" __attribute__((visibility("default"))) const bench_contender bench_contenders[] = {
#ifdef ONLY_O2
  // What most builds use; the compiler vectorises the loop at -O3 only.
  {"unmask", "Beast, -O2", unmask, nullptr},
#else
  {"unmask", "Beast", unmask, nullptr},
  {"utf8", "Beast", validate, nullptr},
  {"utf8 pieces", "Beast", validate_pieces, nullptr},
  {"request", "Beast", heads<true, false>, heads<true, true>},
  {"response", "Beast", heads<false, false>, heads<false, true>},
  {"chunked", "Beast", chunked<false>, chunked<true>},
#endif
  {nullptr, nullptr, nullptr, nullptr},
};
