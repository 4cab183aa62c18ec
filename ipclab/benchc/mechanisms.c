/* The mechanisms, as a C program uses them. */
#include "exchange.h"

/* Descriptors that carry bytes: where each side reads and writes. */
static int reads[2], writes[2];

static void bytes_send(int side) {
  for (size_t n = 0; n < size;) {
    ssize_t k = write(writes[side], out + n, size - n);
    if (k >= 0) n += k;
    else if (errno != EINTR) fail("write");
  }
}
static void bytes_receive(int side) {
  for (size_t n = 0; n < size;) {
    ssize_t k = read(reads[side], in + n, size - n);
    if (k == 0) _exit(1);
    if (k > 0) n += k;
    else if (errno != EINTR) fail("read");
  }
}
static void pipe_open(void) {
  int there[2], back[2];
  if (pipe(there) || pipe(back)) fail("pipe");
  reads[0] = back[0], writes[0] = there[1];
  reads[1] = there[0], writes[1] = back[1];
}

/* A pattern for a name in the folder for temporary files, as mkdtemp and mkstemp
 * want one: the folder in which the measurements in Go make theirs. */
static char *temporary(void) {
  static char pattern[PATH_MAX];
  const char *folder = getenv("TMPDIR");
  snprintf(pattern, sizeof pattern, "%s/exchange.XXXXXX", folder && *folder ? folder : "/tmp");
  return pattern;
}

/* FIFOs: their names go as soon as both ends are open. */
static void fifo_open(void) {
  char *folder = mkdtemp(temporary()), name[PATH_MAX + 2];
  if (!folder) fail("mkdtemp");
  int fds[2];
  for (int i = 0; i < 2; i++) {
    snprintf(name, sizeof name, "%s/%d", folder, i);
    if (mkfifo(name, 0600)) fail("mkfifo");
    fds[i] = open(name, O_RDONLY | O_NONBLOCK);
    writes[i] = open(name, O_WRONLY);
    if (fds[i] < 0 || writes[i] < 0 || fcntl(fds[i], F_SETFL, 0)) fail("open");
    unlink(name);
  }
  rmdir(folder);
  reads[0] = fds[1], reads[1] = fds[0];
}

/* Socket pairs. */
static void pair(int type) {
  int fds[2], room = 4 << 20;
  if (socketpair(AF_UNIX, type, 0, fds)) fail("socketpair");
  for (int i = 0; i < 2; i++) {
    if (type != SOCK_STREAM) setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    reads[i] = writes[i] = fds[i];
  }
}
static void stream_open(void) { pair(SOCK_STREAM); }
static void datagram_open(void) { pair(SOCK_DGRAM); }
static void seqpacket_open(void) { pair(SOCK_SEQPACKET); }
static void packet_send(int side) {
  if (send(writes[side], out, size, 0) != (ssize_t)size) fail("send");
}
static void packet_receive(int side) {
  if (recv(reads[side], in, size, 0) != (ssize_t)size) fail("recv");
}
static void tcp_open(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof a;
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), fds[2];
  if (bind(listener, (void *)&a, length) || listen(listener, 1) || getsockname(listener, (void *)&a, &length)) fail("listen");
  fds[0] = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fds[0], (void *)&a, length)) fail("connect");
  fds[1] = accept(listener, 0, 0);
  if (fds[1] < 0) fail("accept");
  close(listener);
  for (int i = 0; i < 2; i++) {
    setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    reads[i] = writes[i] = fds[i];
  }
}

static void eventfd_open(void) {
  writes[0] = reads[1] = eventfd(0, 0);
  writes[1] = reads[0] = eventfd(0, 0);
  if (writes[0] < 0 || writes[1] < 0) fail("eventfd");
}
static void eventfd_send(int side) {
  if (write(writes[side], out, 8) != 8) fail("write");
}
static void eventfd_receive(int side) {
  if (read(reads[side], in, 8) != 8) fail("read");
}

/* Message queues and semaphores of POSIX and System V: one for each direction. */
static mqd_t queues[2];
static void mqueue_open(void) {
  struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = size};
  for (int i = 0; i < 2; i++) {
    char name[32];
    snprintf(name, sizeof name, "/exchange-%d-%d", getpid(), i);
    queues[i] = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
    if (queues[i] == (mqd_t)-1) fail("mq_open");
    mq_unlink(name);
  }
}
static void mqueue_send(int side) {
  if (mq_send(queues[side], out, size, 0)) fail("mq_send");
}
static void mqueue_receive(int side) {
  if (mq_receive(queues[!side], in, size, 0) < 0) fail("mq_receive");
}
static int ids[2];
static void sysvmq_open(void) {
  for (int i = 0; i < 2; i++)
    if ((ids[i] = msgget(IPC_PRIVATE, 0600)) < 0) fail("msgget");
}
static void sysvmq_send(int side) {
  *(long *)out = 1;
  if (msgsnd(ids[side], out, size, 0)) fail("msgsnd");
}
static void sysvmq_receive(int side) {
  if (msgrcv(ids[!side], in, size, 0, 0) < 0) fail("msgrcv");
}
static void sysvmq_close(void) {
  for (int i = 0; i < 2; i++) msgctl(ids[i], IPC_RMID, 0);
}
static void sysvsem_open(void) {
  if ((ids[0] = semget(IPC_PRIVATE, 2, 0600)) < 0) fail("semget");
}
static void change(int number, int by) {
  struct sembuf operation = {number, by, 0};
  if (semop(ids[0], &operation, 1)) fail("semop");
}
static void sysvsem_send(int side) { change(side, 1); }
static void sysvsem_receive(int side) { change(!side, -1); }
static void sysvsem_close(void) { semctl(ids[0], 0, IPC_RMID); }

/* Signals: with a value and waited for, and with a handler that counts. */
static sigset_t awaited, during;
static void sigqueue_open(void) {
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGRTMIN + 5);
  sigprocmask(SIG_BLOCK, &awaited, 0);
}
static void sigqueue_send(int side) {
  (void)side;
  if (sigqueue(peer, SIGRTMIN + 5, (union sigval){.sival_int = 7})) fail("sigqueue");
}
static void sigqueue_receive(int side) {
  siginfo_t info;
  (void)side;
  while (sigwaitinfo(&awaited, &info) < 0)
    if (errno != EINTR) fail("sigwaitinfo");
}
static volatile sig_atomic_t caught;
static void count(int signal) {
  (void)signal;
  caught++;
}
static void handler_open(void) {
  struct sigaction action = {.sa_handler = count};
  sigset_t one;
  sigaction(SIGUSR1, &action, 0);
  sigemptyset(&one);
  sigaddset(&one, SIGUSR1);
  sigprocmask(SIG_BLOCK, &one, &during);
  sigdelset(&during, SIGUSR1);
}
static void handler_send(int side) {
  (void)side;
  if (kill(peer, SIGUSR1)) fail("kill");
}
static void handler_receive(int side) {
  (void)side;
  while (!caught) sigsuspend(&during);
  caught--;
}

/* Shared memory: 1 says that the box is full, 2 that somebody sleeps until it
 * is. */
static void futex_send(int side) {
  struct channel *c = &shared->to[side];
  memcpy(c->box, out, size);
  if (atomic_exchange(&c->state, 1) == 2) syscall(SYS_futex, &c->state, FUTEX_WAKE, 1, 0, 0, 0);
}
static void futex_receive(int side) {
  struct channel *c = &shared->to[!side];
  uint32_t empty = 0;
  if (atomic_load(&c->state) != 1 && atomic_compare_exchange_strong(&c->state, &empty, 2))
    while (atomic_load(&c->state) == 2) syscall(SYS_futex, &c->state, FUTEX_WAIT, 2, 0, 0, 0);
  memcpy(in, c->box, size);
  atomic_store(&c->state, 0);
}
static void spin_futex_receive(int side) {
  struct channel *c = &shared->to[!side];
  for (int i = 0; i < 2000 && atomic_load_explicit(&c->state, memory_order_acquire) != 1; i++) PAUSE();
  futex_receive(side);
}
static void spin_send(int side) {
  struct channel *c = &shared->to[side];
  memcpy(c->box, out, size);
  atomic_store_explicit(&c->state, 1, memory_order_release);
}
static void spin_receive(int side) {
  struct channel *c = &shared->to[!side];
  while (atomic_load_explicit(&c->state, memory_order_acquire) != 1) PAUSE();
  memcpy(in, c->box, size);
  atomic_store_explicit(&c->state, 0, memory_order_release);
}
static void semaphore_open(void) {
  for (int i = 0; i < 2; i++) sem_init(&shared->to[i].semaphore, 1, 0);
}
static void semaphore_send(int side) {
  struct channel *c = &shared->to[side];
  memcpy(c->box, out, size);
  sem_post(&c->semaphore);
}
static void semaphore_receive(int side) {
  struct channel *c = &shared->to[!side];
  while (sem_wait(&c->semaphore)) ;
  memcpy(in, c->box, size);
}

/* A file that one writes and the other reads until it finds what is new. */
static int file;
static uint64_t number[2];
static void file_open(void) {
  char *name = temporary();
  file = mkstemp(name);
  if (file < 0 || ftruncate(file, 2 * BOX)) fail("mkstemp");
  unlink(name);
}
static void file_send(int side) {
  *(uint64_t *)out = ++number[side];
  if (pwrite(file, out, size, side * BOX) != (ssize_t)size) fail("pwrite");
}
static void file_receive(int side) {
  uint64_t want = ++number[!side];
  for (;;) {
    if (pread(file, in, size, !side * BOX) != (ssize_t)size) fail("pread");
    if (*(uint64_t *)in == want) return;
    if (cpus[0] == cpus[1]) sched_yield();
  }
}

const struct mechanism mechanisms[] = {
    {"pipe", pipe_open, bytes_send, bytes_receive, 0},
    {"fifo", fifo_open, bytes_send, bytes_receive, 0},
    {"stream", stream_open, bytes_send, bytes_receive, 0},
    {"datagram", datagram_open, packet_send, packet_receive, 0},
    {"seqpacket", seqpacket_open, packet_send, packet_receive, 0},
    {"tcp", tcp_open, bytes_send, bytes_receive, 0},
    {"eventfd", eventfd_open, eventfd_send, eventfd_receive, 0},
    {"sigqueue", sigqueue_open, sigqueue_send, sigqueue_receive, 0},
    {"handler", handler_open, handler_send, handler_receive, 0},
    {"mqueue", mqueue_open, mqueue_send, mqueue_receive, 0},
    {"sysvmq", sysvmq_open, sysvmq_send, sysvmq_receive, sysvmq_close},
    {"sysvsem", sysvsem_open, sysvsem_send, sysvsem_receive, sysvsem_close},
    {"file", file_open, file_send, file_receive, 0},
    {"semaphore", semaphore_open, semaphore_send, semaphore_receive, 0},
    {"futex", 0, futex_send, futex_receive, 0},
    {"spin-futex", 0, futex_send, spin_futex_receive, 0},
    {"spin", 0, spin_send, spin_receive, 0},
    {0, 0, 0, 0, 0},
};
