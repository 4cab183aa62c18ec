package proc

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Descriptor is one open descriptor of a process.
type Descriptor struct {
	Pid    int
	Number int
	Target string // what /proc/PID/fd/N links to: a path, "pipe:[812]", "socket:[99]", "anon_inode:[eventfd]"
	Info   Info
	File   File
}

// A File is what a descriptor refers to, as fstat(2) would say.
type File struct {
	Mode   uint32 // type and permissions
	Device uint64 // with Inode, tells files, pipes and FIFOs apart
	Inode  uint64
	Node   uint64 // for a device, which one
}

// An Info is what /proc/PID/fdinfo/N says about a descriptor.
type Info struct {
	Flags int      // access mode and status flags of open(2), with unix.O_CLOEXEC
	Pos   int64    // offset in the file
	Inode uint64   // 0 where the kernel is older than 5.14
	Pid   int      // the process of a pidfd; -1 once it has been waited for
	Polls []uint64 // the descriptors that an epoll instance watches
	Event int64    // the number of an eventfd, the same in all processes that have it
	Locks []string // locks held by way of the descriptor, as lines of /proc/locks
}

// Descriptors returns the open descriptors of process pid, ascending. Those of another user's process may not be read:
// the error is EACCES then. For the calling process the descriptor that reads the folder is left out.
func Descriptors(pid int) ([]Descriptor, error) {
	return descriptors(pid, func(string) bool { return true })
}

// descriptors returns the open descriptors of process pid whose target is wanted.
func descriptors(pid int, wanted func(target string) bool) ([]Descriptor, error) {
	folder := path(pid, "fd")
	fds, err := numbers(folder)
	if err != nil {
		return nil, err
	}
	var out []Descriptor
	for _, fd := range fds {
		target, err := os.Readlink(path(pid, "fd", strconv.Itoa(fd)))
		if err != nil || target == folder || !wanted(target) {
			continue
		}
		if d, err := read(pid, fd, target); err == nil {
			out = append(out, d)
		}
	}
	return out, nil
}

// read returns descriptor fd of process pid, which links to target.
func read(pid, fd int, target string) (Descriptor, error) {
	n := strconv.Itoa(fd)
	text, err := os.ReadFile(path(pid, "fdinfo", n))
	if err != nil {
		return Descriptor{}, err
	}
	var st unix.Stat_t // through the link, so of the open file itself, even if its name is gone
	if err := unix.Stat(path(pid, "fd", n), &st); err != nil {
		return Descriptor{}, err
	}
	file := File{Mode: st.Mode, Device: uint64(st.Dev), Inode: st.Ino, Node: uint64(st.Rdev)}
	return Descriptor{Pid: pid, Number: fd, Target: target, Info: ParseInfo(string(text)), File: file}, nil
}

// ParseInfo reads a fdinfo file. Lines that it does not know, or cannot read, are passed over: which lines there are
// depends on the kernel and on what the descriptor refers to.
func ParseInfo(text string) Info {
	var i Info
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		switch key {
		case "flags":
			n, _ := strconv.ParseInt(fields[0], 8, 32)
			i.Flags = int(n)
		case "pos":
			i.Pos, _ = strconv.ParseInt(fields[0], 10, 64)
		case "Pid":
			i.Pid, _ = strconv.Atoi(fields[0])
		case "eventfd-id":
			i.Event, _ = strconv.ParseInt(fields[0], 10, 64)
		case "lock":
			i.Locks = append(i.Locks, strings.TrimSpace(value))
		case "tfd":
			if n, err := strconv.ParseUint(fields[0], 10, 31); err == nil {
				i.Polls = append(i.Polls, n)
			}
		}
	}
	return i
}

// Readable reports whether the descriptor's access mode allows reading.
func (d Descriptor) Readable() bool { return d.Info.Flags&unix.O_ACCMODE != unix.O_WRONLY }

// Writable reports whether the descriptor's access mode allows writing.
func (d Descriptor) Writable() bool { return d.Info.Flags&unix.O_ACCMODE != unix.O_RDONLY }

// Type returns the type of the file, such as unix.S_IFIFO for a pipe or FIFO.
func (d Descriptor) Type() uint32 { return d.File.Mode & unix.S_IFMT }
