/* course: the queue of the course's chapter on mapped files, in C, with the two
 * faults that it has there.
 *
 *   course FILE MESSAGES
 *
 * A process makes the queue in FILE and puts the numbers from 0 on, as text;
 * when it has ended, another process takes as many. There are 5 slots of 20
 * bytes, guarded by three semaphores: one counts the messages, one the free
 * slots, and one is the lock. Each line of output is an operation:
 *
 *   put|take INDEX TEXT
 *
 * and the last one says what became of the 20 bytes behind the array, which
 * are '.' at the start:
 *
 *   behind BYTES
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 5, SIZE = 20 };

struct queue {
  sem_t lock;
  sem_t messages; /* how many there are to take */
  sem_t room;     /* how many more can be put */
  int current;    /* where the last message is */
  char slot[SLOTS][SIZE];
  char behind[SIZE]; /* is no part of the queue: shows who writes past it */
};

static void check(int failed, const char *what) {
  if (!failed) return;
  perror(what);
  exit(1);
}

static struct queue *map(const char *file, int flags) {
  int fd = open(file, O_RDWR | flags, 0600);
  check(fd < 0, file);
  check(ftruncate(fd, sizeof(struct queue)) < 0, "ftruncate");
  void *p = mmap(NULL, sizeof(struct queue), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  check(p == MAP_FAILED, "mmap");
  close(fd);
  return p;
}

/* To put is to step forward and write there: the first message goes to 1, the
 * fifth to 5, which the array does not have. */
static void put(struct queue *q, const char *text) {
  sem_wait(&q->room);
  sem_wait(&q->lock);
  q->current += 1;
  int at = q->current;
  char *slot = (char *)q->slot + at * SIZE;
  memset(slot, 0, SIZE);
  memcpy(slot, text, strlen(text));
  sem_post(&q->lock);
  sem_post(&q->messages);
  printf("put %d %s\n", at, text);
}

/* To take is to read there and step back: the last one that was put. */
static void take(struct queue *q) {
  char text[SIZE + 1] = {0};
  sem_wait(&q->messages);
  sem_wait(&q->lock);
  int at = q->current;
  memcpy(text, (char *)q->slot + at * SIZE, SIZE);
  q->current -= 1;
  sem_post(&q->lock);
  sem_post(&q->room);
  printf("take %d %s\n", at, text);
}

static void producer(const char *file, int messages) {
  struct queue *q = map(file, O_CREAT | O_TRUNC);
  sem_init(&q->lock, 1, 1); /* 1: between processes */
  sem_init(&q->messages, 1, 0);
  sem_init(&q->room, 1, SLOTS);
  q->current = 0;
  memset(q->behind, '.', SIZE);
  for (int i = 0; i < messages; i++) {
    char text[SIZE];
    snprintf(text, sizeof text, "%d", i);
    put(q, text);
  }
}

static void consumer(const char *file, int messages) {
  struct queue *q = map(file, 0);
  for (int i = 0; i < messages; i++) take(q);
  printf("behind ");
  for (int i = 0; i < SIZE; i++) putchar(q->behind[i] ? q->behind[i] : '0');
  putchar('\n');
}

int main(int argc, char **argv) {
  int messages = argc == 3 ? atoi(argv[2]) : 0;
  if (messages < 1 || messages > SLOTS) {
    fprintf(stderr, "usage: course FILE MESSAGES, at most %d: nobody takes any before all are put\n", SLOTS);
    return 2;
  }
  pid_t child = fork();
  check(child < 0, "fork");
  if (child == 0) {
    producer(argv[1], messages);
    return 0;
  }
  int status;
  check(waitpid(child, &status, 0) < 0 || status != 0, "the producer");
  consumer(argv[1], messages);
  return 0;
}
