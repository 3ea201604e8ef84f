#define _GNU_SOURCE
#include "CSockets.h"

#ifdef __linux__

#include <string.h>
#include <sys/epoll.h>

static int32_t outcome(int result) { return result < 0 ? -errno : result; }

int32_t cs_epoll_create(void) { return outcome(epoll_create1(EPOLL_CLOEXEC)); }

static int32_t control(int32_t epoll, int operation, int32_t descriptor, uint64_t token, uint32_t interest) {
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  event.events = (interest & CS_READABLE ? EPOLLIN : 0) | (interest & CS_WRITABLE ? EPOLLOUT : 0);
  event.data.u64 = token;
  return outcome(epoll_ctl(epoll, operation, descriptor, &event));
}

int32_t cs_epoll_add(int32_t epoll, int32_t descriptor, uint64_t token, uint32_t interest) {
  return control(epoll, EPOLL_CTL_ADD, descriptor, token, interest);
}

int32_t cs_epoll_modify(int32_t epoll, int32_t descriptor, uint64_t token, uint32_t interest) {
  return control(epoll, EPOLL_CTL_MOD, descriptor, token, interest);
}

int32_t cs_epoll_remove(int32_t epoll, int32_t descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0); }

int32_t cs_epoll_wait(int32_t epoll, cs_event *events, int32_t milliseconds) {
  struct epoll_event ready[CS_EVENTS_PER_WAIT];
  int count = epoll_wait(epoll, ready, CS_EVENTS_PER_WAIT, milliseconds);
  for (int i = 0; i < count; i++) {
    events[i].token = ready[i].data.u64;
    events[i].readiness = (ready[i].events & EPOLLIN ? CS_READABLE : 0) | (ready[i].events & EPOLLOUT ? CS_WRITABLE : 0) |
                          (ready[i].events & (EPOLLERR | EPOLLHUP) ? CS_HANGUP : 0);
  }
  return outcome(count);
}

#endif
