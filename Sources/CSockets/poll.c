#include "CSockets.h"

#include <fcntl.h>
#include <poll.h>

_Static_assert(sizeof(cs_poll_entry) == sizeof(struct pollfd), "cs_poll_entry must have the layout of pollfd");
_Static_assert(offsetof(cs_poll_entry, descriptor) == offsetof(struct pollfd, fd), "cs_poll_entry must have the layout of pollfd");
_Static_assert(offsetof(cs_poll_entry, awaited) == offsetof(struct pollfd, events), "cs_poll_entry must have the layout of pollfd");
_Static_assert(offsetof(cs_poll_entry, reported) == offsetof(struct pollfd, revents), "cs_poll_entry must have the layout of pollfd");

int32_t cs_poll_entry_make(cs_poll_entry *entry, int32_t descriptor, uint32_t interest) {
  if (fcntl(descriptor, F_GETFD) < 0) return -errno;
  *entry = (cs_poll_entry){
      .descriptor = descriptor,
      .awaited = (int16_t)((interest & CS_READABLE ? POLLIN : 0) | (interest & CS_WRITABLE ? POLLOUT : 0)),
  };
  return 0;
}

uint32_t cs_poll_readiness(cs_poll_entry entry) {
  return (uint32_t)((entry.reported & POLLIN ? CS_READABLE : 0) | (entry.reported & POLLOUT ? CS_WRITABLE : 0) |
                    (entry.reported & (POLLERR | POLLHUP | POLLNVAL) ? CS_HANGUP : 0));
}

int32_t cs_poll(cs_poll_entry *entries, size_t count, int32_t milliseconds) {
  int result = poll((struct pollfd *)entries, (nfds_t)count, milliseconds);
  return result < 0 ? -errno : result;
}
