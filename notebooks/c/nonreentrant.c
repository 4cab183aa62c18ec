/*
 * A handler calls a function that the program was in the middle of, and that holds a lock
 * there: the handler waits for the lock, and who would give it back waits for the handler.
 * Run it with a time limit. Usage: nonreentrant getpwnam | malloc | printf
 *
 * Only functions that signal-safety(7) lists may be called in a handler. With printf it is
 * not the stream's lock that hangs: in glibc its holder may take it again, and the handler
 * mixes up what is being printed. But for long texts printf calls malloc.
 */
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static void use_getpwnam(void)
{
	getpwnam("root"); /* returns static memory, guarded by a lock */
}

static void use_malloc(void)
{
	void *volatile p = malloc(100000);
	free(p);
}

static void use_printf(void)
{
	char text[20000];
	snprintf(text, sizeof text, "%.18000f", 0.1);
}

/* What the program is doing, and what the handler does. */
static void (*use)(void) = use_getpwnam, (*in_handler)(void) = use_getpwnam;
static volatile sig_atomic_t handled;

static void on_alarm(int number)
{
	(void)number;
	in_handler();
	handled++;
}

static void *idle(void *unused)
{
	pause();
	return unused;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "malloc") == 0) {
		use = in_handler = use_malloc;
	} else if (argc == 2 && strcmp(argv[1], "printf") == 0) {
		use = use_malloc;
		in_handler = use_printf;
	} else if (argc != 2 || strcmp(argv[1], "getpwnam") != 0) {
		fprintf(stderr, "usage: %s getpwnam | malloc | printf\n", argv[0]);
		return 2;
	}

	/* A process with one thread gets no locks from malloc. */
	sigset_t alarm_set;
	sigemptyset(&alarm_set);
	sigaddset(&alarm_set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm_set, NULL); /* for the thread: the signal is to come to main */
	pthread_t thread;
	if (pthread_create(&thread, NULL, idle, NULL) != 0) {
		perror("pthread_create");
		return 1;
	}
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	sigaction(SIGALRM, &action, NULL);
	pthread_sigmask(SIG_UNBLOCK, &alarm_set, NULL);

	struct itimerval often = {.it_interval = {0, 500}, .it_value = {0, 500}};
	setitimer(ITIMER_REAL, &often, NULL);
	printf("a signal each half a millisecond, and %s in its handler\n", argv[1]);
	while (handled < 2000)
		use();
	printf("it has gone well, by luck\n");
	return 0;
}
