/*
 * A time limit for a read that would block for ever, by a handler that jumps out of it;
 * and why one should not: it jumps out of whatever it has interrupted, of another
 * handler for one.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sigjmp_buf before;
static volatile sig_atomic_t entered, left;

static void on_alarm(int number)
{
	(void)number;
	siglongjmp(before, 1); /* unlike longjmp it puts the signal mask back, too: SIGALRM is blocked here */
}

static void on_usr1(int number)
{
	(void)number;
	entered = 1;
	ualarm(10000, 0);
	pause(); /* stands for work that takes longer than the alarm */
	left = 1;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	sigemptyset(&action.sa_mask);
	if (sigaction(number, &action, NULL) < 0) {
		perror("sigaction");
		exit(1);
	}
}

int main(void)
{
	int ends[2];
	if (pipe(ends) < 0) {
		perror("pipe");
		return 1;
	}
	handle(SIGALRM, on_alarm);
	handle(SIGUSR1, on_usr1);

	if (sigsetjmp(before, 1) == 0) {
		char c;
		ualarm(50000, 0); /* microseconds */
		read(ends[0], &c, 1); /* nobody writes, and with both ends open here there is no end of file */
		printf("read returned\n");
	} else {
		printf("the read took too long\n");
	}

	if (sigsetjmp(before, 1) == 0)
		raise(SIGUSR1);
	else
		printf("jumped out of a handler: entered %d, left %d\n", entered, left);

	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("blocked now: SIGALRM %d, SIGUSR1 %d\n", sigismember(&mask, SIGALRM), sigismember(&mask, SIGUSR1));
	return 0;
}
