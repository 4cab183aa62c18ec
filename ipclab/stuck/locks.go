package stuck

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

// A lock is a line of /proc/locks, or of a fdinfo file; see proc_locks(5).
type lock struct {
	id    string // number of the line; who is blocked has that of the lock in the way
	waits bool   // somebody is blocked
	kind  string // "FLOCK", "POSIX", "OFDLCK"
	mode  string // "READ" or "WRITE"
	pid   int    // who took it, or is blocked; -1 for open file description locks
	inode uint64
}

// parseLock reads "1: -> FLOCK  ADVISORY  WRITE 359 00:13:11691 0 EOF".
func parseLock(line string) (k lock, ok bool) {
	fields := strings.Fields(line)
	if len(fields) > 1 && fields[1] == "->" {
		k.waits = true
		fields = append(fields[:1:1], fields[2:]...)
	}
	const least = 8
	if len(fields) < least {
		return k, false
	}
	pid, err := strconv.Atoi(fields[4])
	file := strings.Split(fields[5], ":")
	inode, err2 := strconv.ParseUint(file[len(file)-1], 10, 64)
	k.id, k.kind, k.mode, k.pid, k.inode = fields[0], fields[1], fields[3], pid, inode
	return k, err == nil && err2 == nil
}

// allLocks returns the locks of the machine.
func (l *look) allLocks() []lock {
	if l.locks == nil {
		text, _ := os.ReadFile("/proc/locks")
		for line := range strings.Lines(string(text)) {
			if k, ok := parseLock(line); ok {
				l.locks = append(l.locks, k)
			}
		}
	}
	return l.locks
}

// flock is flock(2).
func (l *look) flock(c call) []*Wait { return one(l.fileLock(c.fd(0), "flock", "FLOCK")) }

// fcntl blocks to lock a part of a file.
func (l *look) fcntl(c call) []*Wait {
	switch c.number(1) {
	case unix.F_SETLKW:
		return one(l.fileLock(c.fd(0), "fcntl", "POSIX", "OFDLCK"))
	case unix.F_OFD_SETLKW:
		return one(l.fileLock(c.fd(0), "open file description", "OFDLCK", "POSIX"))
	}
	return one(l.outside("the file system", -1))
}

// fileLock is a wait for a lock on a file.
func (l *look) fileLock(fd int, name string, kinds ...string) *Wait {
	d := l.current.fds[fd]
	w := &Wait{kind: fileLock, fd: fd, object: fmt.Sprintf("the %s lock on %s", name, d.Describe()), held: "it"}
	w.On = w.object
	w.doing = "waits for " + w.object
	taken := l.inTheWay(d.File.Inode, kinds)
	w.By = l.lockHolders(d, kinds)
	if taken.pid > 0 && len(w.By) == 0 {
		w.By = append(w.By, Holder{taken.pid, -1})
	}
	if _, err := proc.ReadStat(taken.pid); taken.pid > 0 && proc.Gone(err) {
		w.more = fmt.Sprintf("Process %d took the lock and has ended, but the descriptor was inherited: a flock lock is given back when the last copy of its descriptor is closed.", taken.pid)
	}
	return w
}

// inTheWay returns the lock on a file that keeps the current process waiting, as far as it is known.
func (l *look) inTheWay(inode uint64, kinds []string) (taken lock) {
	blocked := ""
	for _, k := range l.allLocks() {
		if k.waits && k.inode == inode && k.pid == l.current.pid() {
			blocked = k.id
		}
	}
	for _, k := range l.allLocks() {
		if !k.waits && k.inode == inode && isOneOf(k.kind, kinds) && (blocked == "" || k.id == blocked) {
			return k
		}
	}
	return lock{}
}

// lockHolders returns who among the processes looked at has a lock on the file, by which descriptor.
func (l *look) lockHolders(file proc.Descriptor, kinds []string) (by []Holder) {
	for _, p := range l.order {
		for _, d := range p.fds {
			if d.File.Inode != file.File.Inode || d.File.Device != file.File.Device {
				continue
			}
			for _, text := range d.Info.Locks {
				k, ok := parseLock(text)
				own := k.kind == "POSIX" && p.pid() == l.current.pid()
				if ok && !own && isOneOf(k.kind, kinds) {
					by = append(by, Holder{p.pid(), d.Number})
				}
			}
		}
	}
	return by
}

func isOneOf(s string, list []string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}
