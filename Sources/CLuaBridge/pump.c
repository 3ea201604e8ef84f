#include <stdio.h>

#include "internal.h"

/// What a protected call is about; on the C stack of the pump.
typedef struct {
  const ln_context *context;
  const ln_event *event;
  bool was_called;
} ln_delivery;

/// Makes the report of what a callback raised: a text with a traceback, whatever the error object is.
static int describe_error(lua_State *L) {
  const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : NULL;
  if (text == NULL && luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) text = lua_tostring(L, -1);
  if (text == NULL) text = lua_pushfstring(L, "(the error object is a %s value)", luaL_typename(L, 1));
  luaL_traceback(L, L, text, 1);
  return 1;
}

static int push_arguments(lua_State *L, const ln_event *event) {
  lua_pushinteger(L, event->id);
  switch (event->callback) {
  case LN_LOG:
  case LN_ON_OPEN:
    return 1;
  case LN_ON_MESSAGE:
    lua_pushlstring(L, event->text.start, event->text.count);
    lua_pushboolean(L, event->is_binary);
    return 3;
  case LN_ON_ERROR:
    lua_pushlstring(L, event->text.start, event->text.count);
    return 2;
  case LN_ON_CLOSE:
    lua_pushinteger(L, event->code);
    lua_pushlstring(L, event->text.start, event->text.count);
    return 3;
  }
  return 1;
}

/// Takes an `ln_delivery *` and calls the callback, if the script gave one.
static int deliver(lua_State *L) {
  ln_delivery *delivery = lua_touserdata(L, 1);
  if (!ln_push_references(L, delivery->context)) return 0;
  lua_rawgeti(L, -1, delivery->event->callbacks);
  if (lua_type(L, -1) != LUA_TTABLE) return 0;
  if (lua_rawgeti(L, -1, delivery->event->callback) != LUA_TFUNCTION) return 0;
  delivery->was_called = true;
  lua_call(L, push_arguments(L, delivery->event), 0);
  return 0;
}

/// Tells the host what is at the top, and pops it.
static void report_error(lua_State *L, const ln_context *context) {
  size_t length = 0;
  // No conversion: it could raise.
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
  if (text == NULL) text = "(the error object cannot be shown)", length = 34;
  if (context->config.on_error != NULL) {
    context->config.on_error(context->config.user, text, length);
  } else {
    fputs("net: a callback failed: ", stderr);
    fwrite(text, 1, length, stderr);
    fputc('\n', stderr);
  }
  lua_pop(L, 1);
}

/// Calls the callback of an event; returns whether there is one.
static bool call(lua_State *L, const ln_context *context, const ln_event *event, int handler) {
  ln_delivery delivery = {context, event, false};
  lua_pushcfunction(L, deliver);
  lua_pushlightuserdata(L, &delivery);
  if (lua_pcall(L, 1, 0, handler) != LUA_OK) report_error(L, context);
  return delivery.was_called;
}

int64_t ln_pump(lua_State *L, ln_context *context, int64_t max_events, int64_t max_microseconds) {
  if (context->is_pumping || context->context == NULL || !lua_checkstack(L, 12)) return 0;
  const ln_core *core = context->core;
  const int top = lua_gettop(L);
  const int64_t start = max_microseconds > 0 ? core->now() : 0;
  int64_t called = 0;
  bool is_late = false;
  ln_event event;

  // A callback may detach the context: its userdata has to outlive the pump.
  ln_push_context(L);
  lua_pushcfunction(L, describe_error);
  context->is_pumping = true;
  core->pump_begin(context->context);
  while (!is_late && (max_events <= 0 || called < max_events) && core->next(context->context, &event)) {
    if (event.callback == LN_LOG) {
      if (context->config.on_log != NULL) context->config.on_log(context->config.user, event.text.start, event.text.count);
    } else if (call(L, context, &event, top + 2)) {
      called++;
    }
    if (context->context == NULL) break;
    ln_drop_released(L, context);
    is_late = max_microseconds > 0 && core->now() - start >= max_microseconds;
  }
  if (context->context != NULL) core->pump_end(context->context);
  context->is_pumping = false;
  lua_settop(L, top);
  return called;
}
