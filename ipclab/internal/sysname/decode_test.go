package sysname

import (
	"bytes"
	"encoding/binary"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A fake is a process with a little memory at address 0x1000, whose descriptors are named by their numbers.
type fake []byte

const base = 0x1000

func (f fake) Memory(address uint64, p []byte) int {
	if address < base || address >= base+uint64(len(f)) {
		return 0
	}
	return copy(p, f[address-base:])
}

func (f fake) Descriptor(fd int) string {
	if fd > 9 {
		return ""
	}
	return string(rune('a' + fd))
}

func words64(values ...uint64) (b []byte) {
	for _, v := range values {
		b = binary.NativeEndian.AppendUint64(b, v)
	}
	return b
}

func TestCalls(t *testing.T) {
	at := func(fd int) uint64 { return uint64(int64(fd)) }
	inet := append(binary.NativeEndian.AppendUint16(nil, unix.AF_INET), 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	local := append(binary.NativeEndian.AppendUint16(nil, unix.AF_UNIX), "/tmp/s\x00"...)
	for _, c := range []struct {
		name   string
		args   [6]uint64
		memory []byte
		result int64
		errno  syscall.Errno
		want   string
	}{
		{"read", [6]uint64{3, base, 100}, []byte("hello"), 5, 0, `read(3<d>, "hello", 100) = 5`},
		{"read", [6]uint64{3, base, 100}, nil, -1, unix.EBADF, `read(3<d>, 0x1000, 100) = -1 EBADF (bad file descriptor)`},
		{"write", [6]uint64{1, base, 40}, bytes.Repeat([]byte("x"), 40), 40, 0, `write(1<b>, "` + strings.Repeat("x", 32) + `"..., 40) = 40`},
		{"write", [6]uint64{1, base, 2}, []byte{0xff, '\n'}, 2, 0, `write(1<b>, "\xff\n", 2) = 2`},
		{"openat", [6]uint64{at(unix.AT_FDCWD), base, unix.O_RDONLY | unix.O_CLOEXEC, 0o644}, []byte("/etc/x\x00"), 4, 0, `openat(AT_FDCWD, "/etc/x", O_RDONLY|O_CLOEXEC) = 4<e>`},
		{"openat", [6]uint64{3, base, unix.O_WRONLY | unix.O_CREAT, 0o644}, []byte("x\x00"), 4, 0, `openat(3<d>, "x", O_WRONLY|O_CREAT, 0644) = 4<e>`},
		{"openat", [6]uint64{3, 7, unix.O_RDONLY}, nil, -1, unix.EFAULT, `openat(3<d>, 0x7, O_RDONLY) = -1 EFAULT (bad address)`},
		{"pipe2", [6]uint64{base, unix.O_CLOEXEC}, words64(3 | 12<<32), 0, 0, `pipe2([3<d>, 12], O_CLOEXEC) = 0`},
		{"execve", [6]uint64{base, base + 8, base + 32}, append([]byte("/bin/ls\x00"), words64(base, base, 0, base, 0)...), 0, 0,
			`execve("/bin/ls", ["/bin/ls", "/bin/ls"], 0x1020 /* 1 variables */) = 0`},
		{"wait4", [6]uint64{at(-1), base, unix.WNOHANG, 0}, words64(3 << 8), 77, 0, `wait4(-1, [exited with 3], WNOHANG, NULL) = 77`},
		{"kill", [6]uint64{77, uint64(unix.SIGTERM)}, nil, 0, 0, `kill(77, SIGTERM) = 0`},
		{"kill", [6]uint64{77, 35}, nil, 0, 0, `kill(77, SIGRTMIN+1) = 0`},
		{"mmap", [6]uint64{0, 4096, unix.PROT_READ, unix.MAP_SHARED, 3, 0}, nil, 0x7000, 0, `mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3<d>, 0x0) = 0x7000`},
		{"mmap", [6]uint64{0, 4096, 0, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, at(-1), 0}, nil, 0x7000, 0, `mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x0) = 0x7000`},
		{"fcntl", [6]uint64{3, unix.F_GETFL}, nil, unix.O_RDWR | unix.O_NONBLOCK, 0, `fcntl(3<d>, F_GETFL) = O_RDWR|O_NONBLOCK`},
		{"fcntl", [6]uint64{3, unix.F_SETFD, 1}, nil, 0, 0, `fcntl(3<d>, F_SETFD, FD_CLOEXEC) = 0`},
		{"fcntl", [6]uint64{3, unix.F_DUPFD, 7}, nil, 7, 0, `fcntl(3<d>, F_DUPFD, 7) = 7<h>`},
		{"clone", [6]uint64{uint64(unix.SIGCHLD)}, nil, 77, 0, `clone(SIGCHLD, NULL, NULL, NULL, NULL) = 77`},
		{"clone", [6]uint64{unix.CLONE_VM | unix.CLONE_THREAD}, nil, 77, 0, `clone(CLONE_VM|CLONE_THREAD, NULL, NULL, NULL, NULL) = 77`},
		{"connect", [6]uint64{3, base, 16}, inet, 0, 0, `connect(3<d>, {AF_INET 127.0.0.1:80}, 16) = 0`},
		{"bind", [6]uint64{3, base, 9}, local, 0, 0, `bind(3<d>, {AF_UNIX "/tmp/s"}, 9) = 0`},
		{"mkdir", [6]uint64{base, 0o755}, []byte("d\x00"), -1, unix.EEXIST, `mkdir("d", 0755) = -1 EEXIST (file exists)`},
		{"mknodat", [6]uint64{at(unix.AT_FDCWD), base, unix.S_IFIFO | 0o600, 0}, []byte("f\x00"), 0, 0, `mknodat(AT_FDCWD, "f", S_IFIFO|0600, 0x0) = 0`},
		{"futex", [6]uint64{base, 0 | 128, 1, 0}, nil, -1, unix.EAGAIN, `futex(0x1000, FUTEX_WAIT|FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0x0) = -1 EAGAIN (resource temporarily unavailable)`},
		{"nanosleep", [6]uint64{base, 0}, words64(1, 500), 0, 0, `nanosleep({1.000000500 s}, NULL) = 0`},
		{"rt_sigprocmask", [6]uint64{unix.SIG_BLOCK, base, 0, 8}, words64(1<<(unix.SIGINT-1) | 1<<(unix.SIGALRM-1)), 0, 0, `rt_sigprocmask(SIG_BLOCK, [INT ALRM], NULL, 8) = 0`},
		{"poll", [6]uint64{base, 1, at(-1)}, words64(3 | unix.POLLIN<<32), 1, 0, `poll([{3<d>, POLLIN}], 1, -1) = 1`},
		{"writev", [6]uint64{1, base, 1}, append(words64(base+16, 3), "abc"...), 3, 0, `writev(1<b>, ["abc"], 1) = 3`},
		{"clone3", [6]uint64{base, 88}, words64(unix.CLONE_VM|unix.CLONE_VFORK, 0, 0, 0, uint64(unix.SIGCHLD)), 77, 0, `clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD}, 88) = 77`},
		{"clone3", [6]uint64{7, 88}, nil, -1, unix.EFAULT, `clone3(0x7, 88) = -1 EFAULT (bad address)`},
		{"rt_sigaction", [6]uint64{uint64(unix.SIGINT), base, 0, 8}, words64(0x401000, 0x14000000, 0x402000, 1<<(unix.SIGTERM-1)), 0, 0, `rt_sigaction(SIGINT, {0x401000, [TERM], SA_RESTART}, NULL, 8) = 0`},
		{"rt_sigaction", [6]uint64{uint64(unix.SIGPIPE), base, 0, 8}, words64(1, 0, 0, 0), 0, 0, `rt_sigaction(SIGPIPE, {SIG_IGN, []}, NULL, 8) = 0`},
		{"setitimer", [6]uint64{unix.ITIMER_REAL, base, 0}, words64(0, 10_000, 1, 0), 0, 0, `setitimer(ITIMER_REAL, {interval=0.010000 s, value=1.000000 s}, NULL) = 0`},
		{"fcntl", [6]uint64{3, unix.F_SETLK, base}, words64(unix.F_WRLCK, 5, 10, 0), 0, 0, `fcntl(3<d>, F_SETLK, {F_WRLCK, SEEK_SET, start=5, length=10}) = 0`},
		{"shmget", [6]uint64{0, 4096, unix.IPC_CREAT | 0o600}, nil, 7, 0, `shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600) = 7`},
		{"semop", [6]uint64{7, base, 1}, words64(0x1000<<32 | 0xffff<<16), 0, 0, `semop(7, [{0, -1, SEM_UNDO}], 1) = 0`},
		{"shmctl", [6]uint64{7, unix.IPC_RMID, 0}, nil, 0, 0, `shmctl(7, IPC_RMID, NULL) = 0`},
		{"setsockopt", [6]uint64{3, unix.SOL_SOCKET, unix.SO_REUSEADDR, base, 4}, words64(1), 0, 0, `setsockopt(3<d>, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0`},
		{"setsockopt", [6]uint64{3, unix.IPPROTO_TCP, unix.TCP_NODELAY, base, 4}, words64(1), 0, 0, `setsockopt(3<d>, SOL_TCP, TCP_NODELAY, [1], 4) = 0`},
		{"epoll_ctl", [6]uint64{3, unix.EPOLL_CTL_ADD, 4, base}, words64(unix.EPOLLIN|unix.EPOLLET, 0), 0, 0, `epoll_ctl(3<d>, EPOLL_CTL_ADD, 4<e>, {EPOLLIN|EPOLLET}) = 0`},
		{"getpid", [6]uint64{}, nil, 77, 0, `getpid() = 77`},
		{"pause", [6]uint64{}, nil, -1, 514, `pause() = -1 ERESTARTNOHAND (errno 514)`},
	} {
		call := Call{Name: c.name, Args: c.args}
		before := Arguments(&call, nil, fake(c.memory))
		call.Returned, call.Result, call.Errno = true, c.result, c.errno
		args := Arguments(&call, before, fake(c.memory))
		var shown []string
		for _, a := range args {
			if a != "" {
				shown = append(shown, a)
			}
		}
		if got := c.name + "(" + strings.Join(shown, ", ") + ") = " + Result(&call, fake(c.memory)); got != c.want {
			t.Errorf("got:  %s\nwant: %s", got, c.want)
		}
	}
}

func TestEveryCallThatHasParametersHasANumberSomewhere(t *testing.T) {
	const old = "access alarm chmod chown creat dup2 epoll_wait fork getpgrp link lstat mkdir mknod open pause pipe poll readlink rename rmdir stat symlink unlink vfork " // not on arm64
	for name := range parameters {
		if _, ok := Number(name); !ok && !strings.Contains(old, name+" ") {
			t.Errorf("%s has no number", name)
		}
	}
	if nr, ok := Number("read"); !ok || Name(nr) != "read" || nr != unix.SYS_READ {
		t.Errorf("read has number %d", nr)
	}
	if got := Name(99_999); got != "syscall 99999" {
		t.Errorf("an unknown call is called %q", got)
	}
}

// FuzzArguments has programs make calls with nonsense.
func FuzzArguments(f *testing.F) {
	for name := range parameters {
		f.Add(name, uint64(base), uint64(base+8), uint64(3), uint64(base), []byte("abc"), int64(3), true)
	}
	f.Fuzz(func(t *testing.T, name string, a, b, c, d uint64, memory []byte, result int64, returned bool) {
		call := Call{Name: name, Args: [6]uint64{a, b, c, d, a, b}}
		before := Arguments(&call, nil, fake(memory))
		call.Returned, call.Result = returned, result
		Arguments(&call, before, fake(memory))
		Result(&call, fake(memory))
	})
}
