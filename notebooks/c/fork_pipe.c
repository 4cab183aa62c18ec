/*
 * A child answers its parent through a pipe, and neither knows of it: the child prints to
 * standard output, the parent reads standard input, and dup2 has put the pipe there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(void)
{
	int ends[2]; /* of the pipe: [0] to read, [1] to write */
	if (pipe(ends) < 0)
		die("pipe");

	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]); /* there is a copy of it as standard output */
		for (int i = 1; i <= 3; i++)
			printf("%d\n", i * i);
		return 0; /* and with that the last line is written */
	}

	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]); /* or the loop below would wait for ever: the parent itself could still write */
	int value;
	while (scanf("%d", &value) == 1)
		printf("the child sent %d\n", value);

	int status;
	if (waitpid(child, &status, 0) < 0)
		die("waitpid");
	printf("the child exited with status %d\n", WEXITSTATUS(status));
	return 0;
}
