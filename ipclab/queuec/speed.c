/* speed: what it costs to send messages from one process to another, through a
 * queue made of POSIX semaphores and through a ring of one producer and one
 * consumer. It is the C side of ipclab.QueueSpeed.
 *
 *   speed queue|ring SLOTS SIZE MESSAGES CPU_PRODUCER CPU_CONSUMER
 *
 * A CPU of -1 is any. A tenth of the messages more come first and do not count.
 * It prints the nanoseconds for each message.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <signal.h>

#define LINE 128

#if defined __x86_64__
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() __asm__ volatile("yield")
#endif

/* What the queue and the ring have in front of their slots. */
struct queue {
  sem_t lock;
  uint64_t put, taken;
  _Alignas(64) sem_t messages; /* each in a line of its own, which is a little faster */
  _Alignas(64) sem_t room;
};
struct ring {
  _Alignas(LINE) _Atomic uint64_t put;
  _Alignas(LINE) _Atomic uint64_t taken;
};
struct shared {
  _Alignas(LINE) struct queue queue;
  struct ring ring;
  _Alignas(LINE) _Atomic int warm; /* processes that are ready to be timed */
  _Alignas(LINE) char slots[];
};

static struct shared *shared;
static uint64_t slots;
static size_t size, stride;
static char *message;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* The queue: the course's three semaphores, first in, first out, each message
 * with its length. */
static void down(sem_t *s) {
  while (sem_wait(s)) ;
}
static char *slot(uint64_t i) { return shared->slots + i % slots * stride; }

static void queue_put(void) {
  struct queue *q = &shared->queue;
  down(&q->room);
  down(&q->lock);
  char *at = slot(q->put);
  *(uint32_t *)at = size;
  memcpy(at + 8, message, size);
  q->put++;
  sem_post(&q->lock);
  sem_post(&q->messages);
}
static void queue_get(void) {
  struct queue *q = &shared->queue;
  down(&q->messages);
  down(&q->lock);
  char *at = slot(q->taken);
  memcpy(message, at + 8, *(uint32_t *)at);
  q->taken++;
  sem_post(&q->lock);
  sem_post(&q->room);
}

/* The ring: each side has its own position, and looks at the other's only when
 * what it knows of it is used up. */
static uint64_t own, known;

static void ring_put(void) {
  struct ring *r = &shared->ring;
  while (own - known >= slots) {
    known = atomic_load_explicit(&r->taken, memory_order_acquire);
    if (own - known >= slots) PAUSE();
  }
  memcpy(shared->slots + (own & (slots - 1)) * stride, message, stride);
  atomic_store_explicit(&r->put, ++own, memory_order_release);
}
static void ring_get(void) {
  struct ring *r = &shared->ring;
  while (own == known) {
    known = atomic_load_explicit(&r->put, memory_order_acquire);
    if (own == known) PAUSE();
  }
  memcpy(message, shared->slots + (own & (slots - 1)) * stride, stride);
  atomic_store_explicit(&r->taken, ++own, memory_order_release);
}
/* The same with 64 bytes known to the compiler, as in the ring that is measured
 * most often. */
static void ring_put64(void) {
  struct ring *r = &shared->ring;
  while (own - known >= slots) {
    known = atomic_load_explicit(&r->taken, memory_order_acquire);
    if (own - known >= slots) PAUSE();
  }
  memcpy(shared->slots + (own & (slots - 1)) * 64, message, 64);
  atomic_store_explicit(&r->put, ++own, memory_order_release);
}
static void ring_get64(void) {
  struct ring *r = &shared->ring;
  while (own == known) {
    known = atomic_load_explicit(&r->put, memory_order_acquire);
    if (own == known) PAUSE();
  }
  memcpy(message, shared->slots + (own & (slots - 1)) * 64, 64);
  atomic_store_explicit(&r->taken, ++own, memory_order_release);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

/* run sends or takes all messages and returns the nanoseconds for those that
 * count. */
static double run(void (*step)(void), long messages) {
  for (long i = 0; i < messages / 10; i++) step();
  atomic_fetch_add(&shared->warm, 1);
  while (atomic_load(&shared->warm) < 2) sched_yield();
  double start = now();
  for (long i = 0; i < messages; i++) step();
  return now() - start;
}

static void use_cpu(int cpu) {
  if (cpu < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: speed queue|ring SLOTS SIZE MESSAGES CPU_PRODUCER CPU_CONSUMER\n");
    return 2;
  }
  int ring = !strcmp(argv[1], "ring");
  slots = atol(argv[2]);
  size = atol(argv[3]);
  stride = ring ? size : 8 + (size + 7) / 8 * 8;
  long messages = atol(argv[4]);
  size_t bytes = sizeof(struct shared) + slots * stride;
  shared = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (shared == MAP_FAILED) fail("mmap");
  message = aligned_alloc(LINE, (size + LINE) / LINE * LINE);
  memset(message, 1, size);
  sem_init(&shared->queue.lock, 1, 1);
  sem_init(&shared->queue.messages, 1, 0);
  sem_init(&shared->queue.room, 1, slots);
  int whole_line = size == 64;
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) { /* the producer */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    use_cpu(atoi(argv[5]));
    run(!ring ? queue_put : whole_line ? ring_put64 : ring_put, messages);
    _exit(0);
  }
  use_cpu(atoi(argv[6]));
  double took = run(!ring ? queue_get : whole_line ? ring_get64 : ring_get, messages);
  waitpid(child, 0, 0);
  printf("%.2f\n", took / messages);
  return 0;
}
