package stuck_test

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// A hang is a mistake by which processes wait for ever, and what WhyStuck has to say of it: each text, in which $1 and $2
// stand for the first and the second process.
type hang struct {
	make func(folder string)
	want []string
}

// started are the processes that a hang has made.
var started []*ipclab.Process

// run starts a process of a hang.
func run(f func()) *ipclab.Process {
	p, err := ipclab.Spawn(f)
	must(err)
	started = append(started, p)
	return p
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// pair makes a pipe.
func pair() (r, w ipclab.FD) {
	r, w, err := ipclab.Pipe()
	must(err)
	return r, w
}

// closed runs a process and closes descriptors in this one.
func closed(f func(), fds ...ipclab.FD) {
	run(f)
	for _, fd := range fds {
		fd.Close()
	}
}

func buffer() []byte { return make([]byte, 1<<20) }

// hangs are the classic ones.
var hangs = map[string]hang{
	"unused write end": {func(string) {
		r, w := pair()
		closed(func() { r.Read(buffer()) }, r, w)
	}, []string{"$1 (child) reads pipe", "of which the write end is held by it itself", "close the unused end"}},

	"parent waits with the write end open": {func(string) {
		run(func() {
			r, w := pair()
			p := run(func() { w.Close(); r.Read(buffer()) })
			r.Close()
			p.Wait()
		})
	}, []string{"$1 (child) and process ", "wait for each other", "$1 waits for the end of process", "of which the write end is held by process $1", "has to close descriptor"}},

	"full pipe of one's own": {func(string) {
		r, w := pair()
		closed(func() { w.Write(buffer()) }, r, w)
	}, []string{"$1 (child) writes to pipe", "which is full", "Nobody else reads"}},

	"parent waits before it reads": {func(string) {
		run(func() {
			r, w := pair()
			p := run(func() { r.Close(); w.Write(buffer()) })
			w.Close()
			p.Wait()
		})
	}, []string{"$1 (child) and process ", "wait for each other", "which is full, of which the read end is held by process $1", "has to read before it waits"}},

	"both read first": {func(string) {
		r1, w1 := pair()
		r2, w2 := pair()
		closed(func() { w1.Close(); r2.Close(); r1.Read(buffer()) })
		closed(func() { w2.Close(); r1.Close(); r2.Read(buffer()) }, r1, w1, r2, w2)
	}, []string{"$1 (child) and process $2 (child) wait for each other", "All of them read first"}},

	"both write first": {func(string) {
		r1, w1 := pair()
		r2, w2 := pair()
		closed(func() { r1.Close(); w2.Close(); w1.Write(buffer()); r2.Read(buffer()) })
		closed(func() { r2.Close(); w1.Close(); w2.Write(buffer()); r1.Read(buffer()) }, r1, w1, r2, w2)
	}, []string{"$1 (child) and process $2 (child) wait for each other", "nobody reads"}},

	"FIFO without writer": {func(folder string) {
		must(ipclab.Mkfifo(folder+"/f", 0o600))
		run(func() { ipclab.Open(folder+"/f", unix.O_RDONLY) })
	}, []string{"$1 (child) opens FIFO", "/f for reading, and no process has it open for writing"}},

	"FIFO without reader": {func(folder string) {
		must(ipclab.Mkfifo(folder+"/f", 0o600))
		must(os.Chdir(folder))
		run(func() { ipclab.Open("f", unix.O_WRONLY) })
	}, []string{"$1 (child) opens FIFO f for writing, and no process has it open for reading"}},

	"flock in different order": {func(folder string) {
		gate, open := pair()
		both := func(first, second string) func() {
			return func() {
				a, b := flock(folder, first), file(folder, second)
				open.Close()
				gate.Read(buffer()) // end of file when both have their first
				lock(b)
				a.Close()
			}
		}
		run(both("a", "b"))
		closed(both("b", "a"), gate, open)
	}, []string{"$1 (child) and process $2 (child) wait for each other", "the flock lock on ", "/b, which is held by process $2 (descriptor", "same order"}},

	"flock twice": {func(folder string) {
		run(func() { flock(folder, "a"); flock(folder, "a") })
	}, []string{"$1 (child) waits for the flock lock on ", "which is held by it itself (descriptor", "that of another, in the same process too"}},

	"flock of a process that has ended": {func(folder string) {
		r, w := pair()
		first := run(func() { // its orphan cat has the lock, and both ends of a pipe
			flock(folder, "a")
			ipclab.Dup2(r, 0)
			must(ipclab.Exec("sh", "-c", "exec 3<&0; cat <&3 &"))
		})
		first.Wait()
		closed(func() { w.Close(); flock(folder, "a") }, r, w)
	}, []string{"$2 (child) waits for the flock lock on ", "is blocked too", "Process $1 took the lock and has ended, but the descriptor was inherited"}},

	"open file description lock of a stopped process": {func(folder string) {
		r, w := pair()
		holder := run(func() {
			ofdLock(file(folder, "a"))
			w.Write([]byte{1})
			forEver()
		})
		r.Read(make([]byte, 1))
		must(holder.Signal(unix.SIGSTOP))
		run(func() { ofdLock(file(folder, "a")) })
	}, []string{"$1 (child) is stopped by a signal", "$2 (child) waits for the open file description lock on ", "held by process $1", "$1 is stopped"}},

	"stopped child": {func(string) {
		run(func() {
			p := run(forEver)
			p.Signal(unix.SIGSTOP)
			p.Wait()
		})
	}, []string{"is stopped by a signal", "a stop is no end", "$1 (child) waits for the end of process"}},
}

func file(folder, name string) ipclab.FD {
	fd, err := ipclab.Open(filepath.Join(folder, name), unix.O_RDWR|unix.O_CREAT, 0o600)
	must(err)
	return fd
}

func flock(folder, name string) ipclab.FD {
	fd := file(folder, name)
	lock(fd)
	return fd
}

// lock takes the lock, whatever signals the Go runtime sends meanwhile.
func lock(fd ipclab.FD) {
	for unix.Flock(int(fd), unix.LOCK_EX) == unix.EINTR {
	}
}

func ofdLock(fd ipclab.FD) {
	for unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLKW, &unix.Flock_t{Type: unix.F_WRLCK}) == unix.EINTR {
	}
}
