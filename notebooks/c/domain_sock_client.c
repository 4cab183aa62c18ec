/*
 * Says its name to a server at a UNIX domain socket, and prints the answer.
 * Usage: domain_sock_client PATH NAME
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (argc != 3 || strlen(argv[1]) >= sizeof address.sun_path) {
		fprintf(stderr, "usage: %s PATH NAME\n", argv[0]);
		return 2;
	}
	strcpy(address.sun_path, argv[1]);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		die(argv[1]); /* ENOENT: there is no socket; ECONNREFUSED: there is one, but nobody listens */
	size_t length = strlen(argv[2]);
	if (write(fd, argv[2], length) != (ssize_t)length)
		die("write");
	if (shutdown(fd, SHUT_WR) < 0) /* no more to say; the answer can still come */
		die("shutdown");
	char text[300];
	ssize_t n;
	printf("the server says: ");
	while ((n = read(fd, text, sizeof text)) > 0) /* a stream: the answer may come in pieces */
		fwrite(text, 1, n, stdout);
	printf("\n");
	return n < 0;
}
