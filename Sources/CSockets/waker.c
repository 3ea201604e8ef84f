#define _GNU_SOURCE
#include "CSockets.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>

int32_t cs_waker_open(cs_waker *waker) {
  int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) return -errno;
  *waker = (cs_waker){descriptor, descriptor};
  return 0;
}
#else
int32_t cs_waker_open(cs_waker *waker) { return cs_waker_open_pipe(waker); }
#endif

int32_t cs_waker_open_pipe(cs_waker *waker) {
  int ends[2];
  if (pipe(ends) < 0) return -errno;
  *waker = (cs_waker){ends[0], ends[1]};
  for (int i = 0; i < 2; i++) {
    if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0 || fcntl(ends[i], F_SETFL, O_NONBLOCK) < 0) {
      int error_number = errno;
      cs_waker_close(*waker);
      return -error_number;
    }
  }
  return 0;
}

void cs_waker_signal(cs_waker waker) {
  // Fails only when the counter or the pipe is full, and then the descriptor is readable already.
  uint64_t one = 1;
  int saved = errno;
  while (write(waker.writable, &one, sizeof one) < 0 && errno == EINTR) {}
  errno = saved;
}

void cs_waker_clear(cs_waker waker) {
  // One read empties an eventfd and comes back short; a pipe is empty once a read does.
  char octets[512];
  ssize_t count;
  do count = read(waker.readable, octets, sizeof octets);
  while (count == sizeof octets || (count < 0 && errno == EINTR));
}

void cs_waker_close(cs_waker waker) {
  close(waker.readable);
  if (waker.writable != waker.readable) close(waker.writable);
}
