// fork measures fork(2) in a C program.
//
// usage: fork KIBIBYTES
//
// It touches memory until KIBIBYTES are resident. For each number that it reads it forks as many times; the
// child exits at once. For each fork it prints the nanoseconds until fork returned in the parent, and until
// the child was waited for.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// resident returns the kibibytes that are resident.
static long resident(void)
{
	long total, pages;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f == NULL || fscanf(f, "%ld %ld", &total, &pages) != 2)
		die("/proc/self/statm");
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void touch(long kibibytes)
{
	size_t n = (size_t)kibibytes * 1024;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		die("mmap");
	memset(p, 1, n);
}

static void measure(void)
{
	long long start = now();
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	long long forked = now();
	if (pid < 0)
		die("fork");
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
	printf("%lld %lld\n", forked - start, now() - start);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: fork KIBIBYTES\n");
		return 2;
	}
	long missing = atol(argv[1]) - resident();
	if (missing > 0)
		touch(missing);
	printf("%ld\n", resident());
	fflush(stdout);
	for (long n; scanf("%ld", &n) == 1; fflush(stdout))
		while (n-- > 0)
			measure();
	return 0;
}
