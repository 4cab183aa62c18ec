/*
 * Answers clients at a UNIX domain socket, each in a process of its own.
 * Usage: domain_sock_server PATH CLIENTS
 *
 * It ends after that many clients. "listening" is printed when clients may come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* answer serves one client until it says no more. */
static void answer(int fd)
{
	char text[200];
	ssize_t n;
	while ((n = read(fd, text, sizeof text)) > 0) {
		char reply[sizeof text + 10];
		int length = snprintf(reply, sizeof reply, "hello, %.*s", (int)n, text);
		if (write(fd, reply, length) != length)
			die("write");
	}
	if (n < 0)
		die("read");
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int clients = argc == 3 ? atoi(argv[2]) : 0;
	if (clients <= 0 || strlen(argv[1]) >= sizeof address.sun_path) {
		fprintf(stderr, "usage: %s PATH CLIENTS\n", argv[0]);
		return 2;
	}
	strcpy(address.sun_path, argv[1]);
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	if (listening < 0)
		die("socket");
	unlink(argv[1]); /* what a server that was killed has left: bind would find the name taken */
	if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0)
		die(argv[1]);
	if (listen(listening, 5) < 0)
		die("listen");
	printf("listening\n");
	fflush(stdout); /* before fork, or each child would print it again */

	for (int i = 0; i < clients; i++) {
		int fd = accept(listening, NULL, NULL);
		if (fd < 0)
			die("accept");
		pid_t child = fork();
		if (child < 0)
			die("fork");
		if (child == 0) {
			close(listening);
			answer(fd);
			return 0;
		}
		close(fd); /* or the client would never read end of file */
	}
	int failed = 0, status;
	while (wait(&status) > 0)
		failed |= status;
	unlink(argv[1]);
	printf("served %d\n", clients);
	return failed != 0;
}
