// wslay: the frame API, which hands out frames piece by piece, and the event API, which joins messages and checks their UTF-8.
#include "bench.h"

#include <string.h>
#include <wslay/wslay.h>

struct cursor {
  struct bench_input *input;
  size_t at;
  uint64_t taken;
  int records;
};

static size_t take(struct cursor *cursor, uint8_t *buffer, size_t count) {
  size_t left = cursor->input->count - cursor->at;
  if (count > left) count = left;
  memcpy(buffer, cursor->input->octets + cursor->at, count);
  cursor->at += count;
  return count;
}

static ssize_t frame_receive(uint8_t *buffer, size_t count, int flags, void *data) {
  (void)flags;
  size_t taken = take(data, buffer, count);
  return taken == 0 ? -1 : (ssize_t)taken;
}

static struct cursor frame_cursor;

static uint64_t decode_frames(struct bench_input *input, int records) {
  static wslay_frame_context_ptr context;
  static const struct wslay_frame_callbacks callbacks = {NULL, frame_receive, NULL};
  if (context == NULL && wslay_frame_context_init(&context, &callbacks, &frame_cursor) != 0) return 0;
  bench_refill(input);
  frame_cursor = (struct cursor){input, 0, 0, 0};
  uint64_t frames = 0, done = 0;
  struct wslay_frame_iocb part;
  for (;;) {
    memset(&part, 0, sizeof part);
    if (wslay_frame_recv(context, &part) < 0) return frames;
    if (records) {
      if (done == 0) {
        uint8_t first = (uint8_t)(part.fin << 7 | part.opcode);
        bench_write(input, &first, 1);
        bench_write(input, &part.payload_length, 8);
      }
      bench_write(input, part.data, part.data_length);
    }
    done += part.data_length;
    if (done == part.payload_length) {
      frames++;
      done = 0;
    }
  }
}

static uint64_t decode(struct bench_input *input) { return decode_frames(input, 0); }
static uint64_t decode_transcript(struct bench_input *input) { return decode_frames(input, 1); }

static struct cursor event_cursor;

static ssize_t event_receive(wslay_event_context_ptr context, uint8_t *buffer, size_t count, int flags, void *data) {
  (void)flags;
  size_t taken = take(data, buffer, count);
  if (taken > 0) return (ssize_t)taken;
  wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
  return -1;
}

static void message_received(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message, void *data) {
  struct cursor *cursor = data;
  (void)context;
  cursor->taken++;
  if (cursor->records) bench_write_frame(cursor->input, 0x80 | message->opcode, message->msg, message->msg_length);
}

static uint64_t decode_events(struct bench_input *input, int records) {
  static wslay_event_context_ptr context;
  static const struct wslay_event_callbacks callbacks = {.recv_callback = event_receive, .on_msg_recv_callback = message_received};
  if (context == NULL && wslay_event_context_server_init(&context, &callbacks, &event_cursor) != 0) return 0;
  bench_refill(input);
  event_cursor = (struct cursor){input, 0, 0, records};
  if (wslay_event_recv(context) != 0) return 0;
  return event_cursor.taken;
}

static uint64_t decode_messages(struct bench_input *input) { return decode_events(input, 0); }
static uint64_t decode_messages_transcript(struct bench_input *input) { return decode_events(input, 1); }

static ssize_t frame_send(const uint8_t *octets, size_t count, int flags, void *data) {
  struct cursor *cursor = data;
  (void)flags;
  memcpy(cursor->input->output + cursor->at, octets, count);
  cursor->at += count;
  return (ssize_t)count;
}

static int frame_key(uint8_t *buffer, size_t count, void *data) {
  struct cursor *cursor = data;
  memcpy(buffer, &cursor->input->key, count < 4 ? count : 4);
  return 0;
}

static struct cursor send_cursor;

static uint64_t encode_frame(struct bench_input *input, uint8_t masked) {
  static wslay_frame_context_ptr context;
  static const struct wslay_frame_callbacks callbacks = {frame_send, NULL, frame_key};
  if (context == NULL && wslay_frame_context_init(&context, &callbacks, &send_cursor) != 0) return 0;
  send_cursor = (struct cursor){input, 0, 0, 0};
  struct wslay_frame_iocb frame = {.fin = 1, .opcode = WSLAY_BINARY_FRAME, .payload_length = input->count, .mask = masked};
  for (size_t number = 0; number < input->piece_count; number++) {
    size_t sent = 0;
    while (sent < input->count) {
      frame.data = input->octets + sent;
      frame.data_length = input->count - sent;
      ssize_t count = wslay_frame_send(context, &frame);
      if (count < 0) return 0;
      sent += (size_t)count;
    }
  }
  return input->output_count = send_cursor.at;
}

static uint64_t encode(struct bench_input *input) { return encode_frame(input, 0); }
static uint64_t encode_masked(struct bench_input *input) { return encode_frame(input, 1); }

bench_contender_list bench_contenders = {
  {"decode", "wslay frame API", decode, decode_transcript},
  {"decode text", "wslay event API", decode_messages, decode_messages_transcript},
  {"encode", "wslay frame API", encode, NULL},
  {"encode masked", "wslay frame API", encode_masked, NULL},
  {NULL, NULL, NULL, NULL},
};
