/* What the files of exchange share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __x86_64__
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() __asm__ volatile("yield")
#endif

enum { BOX = 65536, LINE = 128 };

/* Memory that both processes see: for each direction a state, a semaphore and
 * the message. */
struct channel {
  _Alignas(LINE) _Atomic uint32_t state;
  _Alignas(LINE) sem_t semaphore;
  _Alignas(LINE) char box[BOX];
};
struct shared {
  struct channel to[2]; /* what side 0, the client, sends, and what side 1 sends */
};

/* A mechanism. open comes before the fork, close at the end in the client; they
 * may be 0. A side is 0 for the client, 1 for the server. */
struct mechanism {
  const char *name;
  void (*open)(void);
  void (*send)(int side);
  void (*receive)(int side);
  void (*close)(void);
};

extern size_t size;     /* of a message */
extern char *out, *in;  /* what is sent, and room for what comes */
extern int cpus[2];     /* of client and server; -1 is any */
extern pid_t peer;      /* the other process */
extern struct shared *shared;
extern const struct mechanism mechanisms[]; /* the last has no name */

void fail(const char *what);
