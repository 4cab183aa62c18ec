/* exchange: how long a message takes to another process and back, by the
 * mechanisms of the operating system, in C. It is what ipclab.Bench is compared
 * with, mechanism for mechanism: see make bench.
 *
 *   exchange MECHANISM SIZE SAMPLES BATCH CPU_CLIENT CPU_SERVER
 *
 * BATCH round trips are timed at once. A CPU of -1 is any. A fifth of the trips
 * more come before and do not count. It prints, in nanoseconds for a round trip,
 * p50, p90, p99, p99.9 and the maximum, and what reading the clock takes, which
 * has been subtracted.
 */
#include "exchange.h"

size_t size;
char *out, *in;
int cpus[2];
pid_t peer;
struct shared *shared;

void fail(const char *what) {
  perror(what);
  _exit(1);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* What the clock takes: two readings with nothing between. The clock counts
 * whole nanoseconds, so the mean of the middle half is finer than the median. */
static double overhead(void) {
  enum { TRIES = 2000 };
  static int64_t times[TRIES];
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < TRIES; i++) {
      int64_t before = now();
      times[i] = now() - before;
    }
  qsort(times, TRIES, sizeof *times, compare);
  double sum = 0;
  for (int i = TRIES / 4; i < TRIES * 3 / 4; i++) sum += times[i];
  return sum / (TRIES / 2);
}

static void use_cpu(int cpu) {
  if (cpu < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

/* The server answers; the client takes the times. */
static void serve(const struct mechanism *m, long trips) {
  for (long i = 0; i < trips; i++) {
    m->receive(1);
    m->send(1);
  }
}
static void measure(const struct mechanism *m, long warm, long samples, long batch, int64_t *times) {
  for (long i = 0; i < warm; i++) {
    m->send(0);
    m->receive(0);
  }
  for (long i = 0; i < samples; i++) {
    int64_t sent = now();
    for (long k = 0; k < batch; k++) {
      m->send(0);
      m->receive(0);
    }
    times[i] = now() - sent;
  }
}

static const struct mechanism *find(const char *name) {
  for (const struct mechanism *m = mechanisms; m->name; m++)
    if (!strcmp(m->name, name)) return m;
  fprintf(stderr, "exchange: no mechanism %s; there are:", name);
  for (const struct mechanism *m = mechanisms; m->name; m++) fprintf(stderr, " %s", m->name);
  fprintf(stderr, "\n");
  exit(2);
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: exchange MECHANISM SIZE SAMPLES BATCH CPU_CLIENT CPU_SERVER\n");
    return 2;
  }
  const struct mechanism *m = find(argv[1]);
  size = atol(argv[2]);
  long samples = atol(argv[3]), batch = atol(argv[4]), warm = samples * batch / 5 + 100;
  for (int i = 0; i < 2; i++) cpus[i] = atoi(argv[5 + i]);
  if (size < 8 || size > BOX || samples < 1 || batch < 1) {
    fprintf(stderr, "exchange: want 8 to %d bytes, and 1 or more samples and trips in a batch\n", BOX);
    return 2;
  }
  out = calloc(1, size + sizeof(long));
  in = calloc(1, size + sizeof(long));
  *(uint64_t *)out = 1;
  shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (shared == MAP_FAILED) fail("mmap");
  if (m->open) m->open();
  pid_t child = fork();
  if (child < 0) fail("fork");
  int side = child == 0;
  peer = side ? getppid() : child;
  if (side) prctl(PR_SET_PDEATHSIG, SIGKILL);
  use_cpu(cpus[side]);
  if (side) {
    serve(m, warm + samples * batch);
    _exit(0);
  }
  int64_t *times = calloc(samples, sizeof *times);
  memset(times, 1, samples * sizeof *times);
  double clock = overhead();
  measure(m, warm, samples, batch, times);
  waitpid(child, 0, 0);
  if (m->close) m->close();
  qsort(times, samples, sizeof *times, compare);
  const double percentiles[] = {0.5, 0.9, 0.99, 0.999};
  for (int i = 0; i < 4; i++) printf("%.2f ", (times[(long)(samples * percentiles[i])] - clock) / batch);
  printf("%.2f %.1f\n", (times[samples - 1] - clock) / batch, clock);
  return 0;
}
