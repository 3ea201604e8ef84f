// llhttp 8, llhttp 9 or http-parser, whichever the build names; callbacks note where the parts of a head are.
#include "bench.h"

#ifdef HTTP_PARSER
#include <http_parser.h>

typedef http_parser parser_type;
typedef http_parser_settings settings_type;
#define settings_init http_parser_settings_init
#define method_name(method) http_method_str((enum http_method)(method))

static void begin(parser_type *parser, int type, const settings_type *settings) {
  (void)settings;
  http_parser_init(parser, (enum http_parser_type)type);
}

static int takes(parser_type *parser, const settings_type *settings, const void *octets, size_t count) {
  return http_parser_execute(parser, settings, octets, count) == count;
}
#else
#include <llhttp.h>

typedef llhttp_t parser_type;
typedef llhttp_settings_t settings_type;
#define settings_init llhttp_settings_init
#define method_name(method) llhttp_method_name((llhttp_method_t)(method))

static void begin(parser_type *parser, int type, const settings_type *settings) { llhttp_init(parser, (llhttp_type_t)type, settings); }

static int takes(parser_type *parser, const settings_type *settings, const void *octets, size_t count) {
  (void)settings;
  llhttp_errno_t error = llhttp_execute(parser, octets, count);
  return error == HPE_OK || error == HPE_PAUSED_UPGRADE;
}
#endif

struct part {
  const char *start;
  size_t count;
};

struct head {
  struct part target, reason, names[64], values[64];
  size_t name_count, value_count;
  uint64_t content;
  struct bench_input *transcript;
  int is_complete;
};

static int on_target(parser_type *parser, const char *at, size_t count) {
  ((struct head *)parser->data)->target = (struct part){at, count};
  return 0;
}

static int on_reason(parser_type *parser, const char *at, size_t count) {
  ((struct head *)parser->data)->reason = (struct part){at, count};
  return 0;
}

static int on_name(parser_type *parser, const char *at, size_t count) {
  struct head *head = parser->data;
  head->names[head->name_count++ & 63] = (struct part){at, count};
  return 0;
}

static int on_value(parser_type *parser, const char *at, size_t count) {
  struct head *head = parser->data;
  head->values[head->value_count++ & 63] = (struct part){at, count};
  return 0;
}

static int on_head(parser_type *parser) {
  ((struct head *)parser->data)->is_complete = 1;
  return 1; // no content follows
}

static int on_content(parser_type *parser, const char *at, size_t count) {
  struct head *head = parser->data;
  head->content += count;
  if (head->transcript != NULL) bench_write(head->transcript, at, count);
  return 0;
}

static int on_content_end(parser_type *parser) {
  ((struct head *)parser->data)->is_complete = 1;
  return 0;
}

static settings_type head_settings, content_settings;

__attribute__((constructor)) static void fill_settings(void) {
  settings_init(&head_settings);
  head_settings.on_url = on_target;
  head_settings.on_status = on_reason;
  head_settings.on_header_field = on_name;
  head_settings.on_header_value = on_value;
  head_settings.on_headers_complete = on_head;
  settings_init(&content_settings);
  content_settings.on_body = on_content;
  content_settings.on_message_complete = on_content_end;
}

static void write_fields(struct bench_input *input, const struct head *head) {
  for (size_t i = 0; i < head->name_count; i++) {
    bench_write_field(input, head->names[i].start, head->names[i].count, ':');
    bench_write_field(input, head->values[i].start, head->values[i].count, '\n');
  }
}

static uint64_t heads(struct bench_input *input, int type, int records) {
  uint64_t taken = 0;
  size_t start = 0;
  static struct head head;
  parser_type parser;
  for (size_t piece = 0; piece < input->piece_count; piece++) {
    begin(&parser, type, &head_settings);
    head.name_count = head.value_count = 0;
    head.is_complete = 0;
    parser.data = &head;
    size_t count = input->ends[piece] - start;
    if (takes(&parser, &head_settings, input->octets + start, count) && head.is_complete) taken += count;
    if (records && type == HTTP_REQUEST) {
      const char *method = method_name(parser.method);
      bench_write_field(input, method, __builtin_strlen(method), ' ');
      bench_write_field(input, head.target.start, head.target.count, ' ');
      bench_write_field(input, "", 0, (uint8_t)('0' + parser.http_minor));
    } else if (records) {
      int status = parser.status_code;
      uint8_t digits[3] = {(uint8_t)('0' + status / 100), (uint8_t)('0' + status / 10 % 10), (uint8_t)('0' + status % 10)};
      bench_write_field(input, "", 0, (uint8_t)('0' + parser.http_minor));
      bench_write_field(input, digits, 3, ' ');
      bench_write_field(input, head.reason.start, head.reason.count, '\n');
    }
    if (records) write_fields(input, &head);
    start = input->ends[piece];
  }
  return taken;
}

// A chunked body without a head: the parser reads a fixed head first, which costs some tens of nanoseconds.
static uint64_t chunked(struct bench_input *input, int records) {
  static const char before[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  static struct head head;
  parser_type parser;
  bench_refill(input);
  begin(&parser, HTTP_REQUEST, &content_settings);
  head.content = 0;
  head.is_complete = 0;
  head.transcript = records ? input : NULL;
  parser.data = &head;
  if (!takes(&parser, &content_settings, before, sizeof before - 1)) return 0;
  if (!takes(&parser, &content_settings, input->octets, input->count)) return 0;
  return head.is_complete ? head.content : 0;
}

static uint64_t parse_requests(struct bench_input *input) { return heads(input, HTTP_REQUEST, 0); }
static uint64_t request_transcript(struct bench_input *input) { return heads(input, HTTP_REQUEST, 1); }
static uint64_t parse_response(struct bench_input *input) { return heads(input, HTTP_RESPONSE, 0); }
static uint64_t response_transcript(struct bench_input *input) { return heads(input, HTTP_RESPONSE, 1); }
static uint64_t decode_chunked(struct bench_input *input) { return chunked(input, 0); }
static uint64_t chunked_transcript(struct bench_input *input) { return chunked(input, 1); }

bench_contender_list bench_contenders = {
  {"request", NAME, parse_requests, request_transcript},
  {"response", NAME, parse_response, response_transcript},
  {"chunked", NAME, decode_chunked, chunked_transcript},
  {NULL, NULL, NULL, NULL},
};
