/*
 * Waits for the message of mmap_producer in a mapped file, and prints it.
 * Usage: mmap_consumer FILE
 *
 * It may be started first: it makes the file if there is none. It looks again and again
 * whether the message has come, which costs little here and teaches why there are
 * semaphores: see mmap_locks.c.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct board {
	atomic_uint length; /* of text; 0 until it is there */
	char text[252];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 2;
	}
	int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		die(argv[1]);
	if (ftruncate(fd, sizeof(struct board)) < 0) /* to the size that it has, or will have */
		die("ftruncate");
	struct board *b = mmap(NULL, sizeof *b, PROT_READ, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	close(fd);

	unsigned length;
	while ((length = atomic_load_explicit(&b->length, memory_order_acquire)) == 0)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	if (length > sizeof b->text) {
		fprintf(stderr, "%s: %u bytes do not fit; another program has written the file\n", argv[1], length);
		return 1;
	}
	printf("consumed: %.*s\n", (int)length, b->text);
	return munmap(b, sizeof *b) < 0;
}
