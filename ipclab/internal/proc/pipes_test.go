package proc

import (
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// end makes a descriptor of a pipe with the given inode.
func end(pid, number int, inode uint64, flags int) Descriptor {
	return Descriptor{Pid: pid, Number: number, Target: "pipe:[x]", Info: Info{Flags: flags}, File: File{Mode: unix.S_IFIFO | 0o600, Device: 13, Inode: inode}}
}

func TestPipes(t *testing.T) {
	other := Descriptor{Pid: 1, Number: 9, Target: "/x", File: File{Mode: unix.S_IFREG, Device: 13, Inode: 7}}
	pipes := Pipes([]Descriptor{
		end(1, 3, 7, unix.O_RDONLY), end(1, 4, 7, unix.O_WRONLY), other, end(1, 5, 8, unix.O_RDWR),
		end(2, 4, 7, unix.O_WRONLY|unix.O_CLOEXEC), end(2, 6, 7, unix.O_PATH),
	})
	if len(pipes) != 2 || len(pipes[0].Readers) != 1 || len(pipes[0].Writers) != 2 || pipes[0].Writers[1].Pid != 2 {
		t.Fatalf("pipes: %+v", pipes)
	}
	if len(pipes[1].Readers) != 1 || len(pipes[1].Writers) != 1 || pipes[0].Name != "pipe 7" {
		t.Errorf("a FIFO open for both: %+v", pipes[1])
	}
}

func TestOutside(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fds, err := Descriptors(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	isRead := func(d Descriptor) bool { return d.Number == int(r.Fd()) }
	reader := []Descriptor{fds[slices.IndexFunc(fds, isRead)]}
	found, err := Outside(Pipes(reader), map[int]bool{}, nil, func(Descriptor) bool { return false })
	if err != nil || !slices.ContainsFunc(found, func(d Descriptor) bool { return d.Number == int(w.Fd()) && d.Pid == os.Getpid() }) {
		t.Errorf("the write end is not found: %+v, %v", found, err)
	}
	found, err = Outside(Pipes(reader), map[int]bool{os.Getpid(): true}, nil, func(Descriptor) bool { return false })
	if err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v though only this process has the pipe", found, err)
	}
	if found, _ := Outside(Pipes(fds), map[int]bool{}, nil, func(Descriptor) bool { return false }); slices.ContainsFunc(found, isRead) {
		t.Error("looked for the ends of a pipe of which both were known")
	}
}

func TestDescribe(t *testing.T) {
	file := func(mode uint32, target string) Descriptor {
		return Descriptor{Target: target, File: File{Mode: mode, Inode: 99}}
	}
	terminal := file(unix.S_IFCHR, "/dev/pts/0")
	terminal.File.Node = unix.Mkdev(136, 0)
	process := file(0, "anon_inode:[pidfd]")
	process.Info.Pid = 4242
	for want, d := range map[string]Descriptor{
		"pipe 7, read end":      end(1, 3, 7, unix.O_RDONLY),
		"pipe 7, write end":     end(1, 3, 7, unix.O_WRONLY|unix.O_NONBLOCK),
		"pipe 7, both ends":     end(1, 3, 7, unix.O_RDWR),
		"FIFO /tmp/f, read end": file(unix.S_IFIFO, "/tmp/f"),
		"socket 99":             file(unix.S_IFSOCK, "socket:[99]"),
		"terminal /dev/pts/0":   terminal,
		"/dev/null":             file(unix.S_IFCHR, "/dev/null"),
		"directory /tmp":        file(unix.S_IFDIR, "/tmp"),
		"memory file m":         file(unix.S_IFREG, "/memfd:m (deleted)"),
		"/tmp/x (deleted)":      file(unix.S_IFREG, "/tmp/x (deleted)"),
		"eventfd":               file(0, "anon_inode:[eventfd]"),
		"inotify":               file(0, "anon_inode:inotify"),
		"pidfd of process 4242": process,
	} {
		if got := d.Describe(); got != want {
			t.Errorf("%s is described as %q, want %q", d.Target, got, want)
		}
	}
}
