#define _GNU_SOURCE
#include "CSockets.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct cs_mutex {
  pthread_mutex_t mutex;
};

cs_mutex *cs_mutex_create(void) {
  cs_mutex *mutex = malloc(sizeof *mutex);
  if (mutex && pthread_mutex_init(&mutex->mutex, NULL) != 0) {
    free(mutex);
    return NULL;
  }
  return mutex;
}

void cs_mutex_destroy(cs_mutex *mutex) {
  pthread_mutex_destroy(&mutex->mutex);
  free(mutex);
}

void cs_mutex_lock(cs_mutex *mutex) { pthread_mutex_lock(&mutex->mutex); }
void cs_mutex_unlock(cs_mutex *mutex) { pthread_mutex_unlock(&mutex->mutex); }

struct cs_gate {
  pthread_mutex_t mutex;
  pthread_cond_t opened;
  int is_open;
};

cs_gate *cs_gate_create(void) {
  cs_gate *gate = malloc(sizeof *gate);
  if (!gate) return NULL;
  gate->is_open = 0;
  if (pthread_mutex_init(&gate->mutex, NULL) == 0) {
    if (pthread_cond_init(&gate->opened, NULL) == 0) return gate;
    pthread_mutex_destroy(&gate->mutex);
  }
  free(gate);
  return NULL;
}

void cs_gate_destroy(cs_gate *gate) {
  pthread_cond_destroy(&gate->opened);
  pthread_mutex_destroy(&gate->mutex);
  free(gate);
}

void cs_gate_open(cs_gate *gate) {
  pthread_mutex_lock(&gate->mutex);
  gate->is_open = 1;
  pthread_cond_broadcast(&gate->opened);
  pthread_mutex_unlock(&gate->mutex);
}

void cs_gate_wait(cs_gate *gate) {
  pthread_mutex_lock(&gate->mutex);
  while (!gate->is_open) pthread_cond_wait(&gate->opened, &gate->mutex);
  pthread_mutex_unlock(&gate->mutex);
}

struct start {
  void (*body)(void *);
  void *context;
};

static void *run(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  start.body(start.context);
  return NULL;
}

int32_t cs_thread_start(cs_thread *thread, void (*body)(void *), void *context) {
  struct start *start = malloc(sizeof *start);
  if (!start) return -ENOMEM;
  *start = (struct start){body, context};
  // The new thread inherits the mask: signals stay the business of the host's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t identity;
  int result = pthread_create(&identity, NULL, run, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (result != 0) free(start);
  else *thread = (cs_thread)identity;
  return -result;
}

int32_t cs_thread_is_current(cs_thread thread) { return pthread_equal((pthread_t)thread, pthread_self()) != 0; }
void cs_thread_join(cs_thread thread) { pthread_join((pthread_t)thread, NULL); }
void cs_thread_detach(cs_thread thread) { pthread_detach((pthread_t)thread); }
