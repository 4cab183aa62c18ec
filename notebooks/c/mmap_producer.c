/*
 * Writes a message into a file that it maps. Usage: mmap_producer FILE MESSAGE
 *
 * mmap_consumer maps the same file. The length is written last, with release order: who
 * reads a length that is not 0 sees the text too.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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
	if (argc != 3 || strlen(argv[2]) > sizeof((struct board *)0)->text) {
		fprintf(stderr, "usage: %s FILE MESSAGE\n", argv[0]);
		return 2;
	}
	int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		die(argv[1]);
	if (ftruncate(fd, sizeof(struct board)) < 0) /* beyond the end of the file, memory cannot be used: SIGBUS */
		die("ftruncate");
	struct board *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	close(fd); /* the mapping stays */

	memcpy(b->text, argv[2], strlen(argv[2]));
	atomic_store_explicit(&b->length, strlen(argv[2]), memory_order_release);
	printf("produced %zu bytes\n", strlen(argv[2]));
	return munmap(b, sizeof *b) < 0;
}
