/*
 * A bounded queue of messages in a mapped file, for processes that know nothing of each
 * other but the name of the file. Usage:
 *
 *	mmap_locks create FILE		make the file, with an empty queue
 *	mmap_locks produce FILE N	put in the numbers 1 to N
 *	mmap_locks consume FILE N	take N messages out, and print them
 *
 * Three semaphores in the file itself guard it: a producer waits for a free place, a
 * consumer for a message, and both for the lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES = 5, MESSAGE = 20 };

struct queue {
	sem_t lock;     /* 1 while nobody changes what is below */
	sem_t free;     /* how many places are free */
	sem_t filled;   /* how many messages there are */
	unsigned first; /* the number of the oldest message since the beginning */
	unsigned next;  /* the number that the next one gets */
	char messages[PLACES][MESSAGE];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* wait_for takes one from a semaphore. A signal may end the wait, which then goes on. */
static void wait_for(sem_t *s)
{
	while (sem_wait(s) < 0)
		if (errno != EINTR)
			die("sem_wait");
}

static struct queue *map(const char *file, int flags)
{
	int fd = open(file, O_RDWR | flags, 0600);
	if (fd < 0)
		die(file);
	if ((flags & O_CREAT) && ftruncate(fd, sizeof(struct queue)) < 0)
		die("ftruncate");
	struct stat st;
	if (fstat(fd, &st) < 0)
		die("fstat");
	if (st.st_size != sizeof(struct queue)) {
		fprintf(stderr, "%s: there is no queue in it\n", file);
		exit(1);
	}
	struct queue *q = mmap(NULL, sizeof *q, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (q == MAP_FAILED)
		die("mmap");
	close(fd);
	return q;
}

static void create(const char *file)
{
	struct queue *q = map(file, O_CREAT | O_EXCL);
	if (sem_init(&q->lock, 1, 1) < 0 || sem_init(&q->free, 1, PLACES) < 0 || sem_init(&q->filled, 1, 0) < 0)
		die("sem_init"); /* the second argument says that processes share it */
}

static void put(struct queue *q, const char *text)
{
	wait_for(&q->free); /* before the lock: who holds that must not wait for others */
	wait_for(&q->lock);
	snprintf(q->messages[q->next++ % PLACES], MESSAGE, "%s", text);
	sem_post(&q->lock);
	sem_post(&q->filled);
}

static void take(struct queue *q, char text[MESSAGE])
{
	wait_for(&q->filled);
	wait_for(&q->lock);
	memcpy(text, q->messages[q->first++ % PLACES], MESSAGE);
	sem_post(&q->lock);
	sem_post(&q->free);
}

int main(int argc, char **argv)
{
	int n = argc == 4 ? atoi(argv[3]) : 0;
	if (argc == 3 && strcmp(argv[1], "create") == 0) {
		create(argv[2]);
		return 0;
	}
	if (n > 0 && strcmp(argv[1], "produce") == 0) {
		struct queue *q = map(argv[2], 0);
		for (int i = 1; i <= n; i++) {
			char text[MESSAGE];
			snprintf(text, sizeof text, "message %d", i);
			put(q, text);
		}
		printf("produced %d\n", n);
		return 0;
	}
	if (n > 0 && strcmp(argv[1], "consume") == 0) {
		struct queue *q = map(argv[2], 0);
		for (int i = 0; i < n; i++) {
			char text[MESSAGE];
			take(q, text);
			printf("%.*s\n", MESSAGE, text);
		}
		return 0;
	}
	fprintf(stderr, "usage: %s create FILE | produce FILE N | consume FILE N\n", argv[0]);
	return 2;
}
