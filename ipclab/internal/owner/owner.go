// Package owner names a process so that another can tell, later and from a file alone, whether it still lives: the one
// that holds a lock file, or has claimed a job.
//
// A process number is not enough, since numbers are used again. With the time at which the process started, in ticks
// since the machine started, and the machine's boot, it is.
//
// The hazard: what another machine, or another pid namespace, calls process 812 cannot be looked up here. Of such an owner
// nothing is known, and who does not know must not take anything away from it.
package owner

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/proc"
)

// An Owner is a process of some machine, at some time.
type Owner struct {
	Pid       int
	Start     uint64 // when it started, in clock ticks since boot
	Namespace uint64 // the pid namespace in which Pid is its number
	Boot      string // the machine's boot_id without its hyphens, new at each start of the machine
	Host      string // the machine's name; characters that do not belong into a file name are "_"
}

// A State is what is known of an owner.
type State int

// The states. Only what is Gone may be taken over.
const (
	Unknown State = iota // of another machine or pid namespace
	Alive
	Gone // ended: a zombie too, or whatever ran before the machine was started again
)

// String returns the state in a word.
func (s State) String() string { return [...]string{"unknown", "alive", "gone"}[s] }

// ErrFormat says that a text does not name an owner.
var ErrFormat = errors.New("it does not name a process")

// Self returns the calling process.
func Self() (Owner, error) { return Of(os.Getpid()) }

// Of returns a process of this machine. The error is ENOENT or ESRCH if there is none of that number.
func Of(pid int) (Owner, error) {
	o, err := here()
	if err != nil {
		return Owner{}, err
	}
	s, err := proc.ReadStat(pid)
	o.Pid, o.Start = s.Pid, s.Start
	return o, err
}

// here returns what processes of this machine, boot and namespace have in common.
func here() (Owner, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return Owner{}, err
	}
	host, err := os.Hostname()
	if err != nil {
		return Owner{}, err
	}
	var ns unix.Stat_t
	if err := unix.Stat("/proc/self/ns/pid", &ns); err != nil {
		return Owner{}, os.NewSyscallError("stat /proc/self/ns/pid", err)
	}
	return Owner{Namespace: ns.Ino, Boot: hex(string(boot)), Host: plain(host)}, nil
}

// hex leaves the hexadecimal digits of a boot_id.
func hex(id string) string { return strings.ReplaceAll(strings.TrimSpace(id), "-", "") }

// plain replaces what is not a letter, a digit, "-" or ".", and what is too long for a host's name.
func plain(s string) string {
	const most = 64
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, s)
	return s[:min(len(s), most)]
}

// State says whether the owner lives.
func (o Owner) State() State {
	h, err := here()
	switch {
	case err != nil || o.Host != h.Host:
		return Unknown
	case o.Boot != h.Boot:
		return Gone
	case o.Namespace != h.Namespace:
		return Unknown
	}
	s, err := proc.ReadStat(o.Pid)
	switch {
	case proc.Gone(err):
		return Gone
	case err != nil:
		return Unknown
	case s.Start != o.Start, s.State == 'X', s.State == 'Z' && s.Threads <= 1: // the main thread may end before others
		return Gone
	}
	return Alive
}

// Watch returns a descriptor that poll(2) finds readable when the process ends; ESRCH if it has ended.
func (o Owner) Watch() (int, error) {
	fd, err := unix.PidfdOpen(o.Pid, 0)
	if err != nil {
		return -1, err
	}
	if o.State() != Alive { // the number was another's when the descriptor was opened
		unix.Close(fd)
		return -1, unix.ESRCH
	}
	return fd, nil
}

// Name returns the owner as part of a file's name, at most 150 bytes: "812-70231-4026531836-BOOT_ID-HOST". Parse reads it.
func (o Owner) Name() string {
	return strings.Join([]string{strconv.Itoa(o.Pid), strconv.FormatUint(o.Start, 10), strconv.FormatUint(o.Namespace, 10),
		o.Boot, o.Host}, "-")
}

// Parse reads what Name returned.
func Parse(name string) (Owner, error) {
	const parts = 5
	p := strings.SplitN(name, "-", parts)
	if len(p) != parts {
		return Owner{}, ErrFormat
	}
	pid, err1 := strconv.Atoi(p[0])
	start, err2 := strconv.ParseUint(p[1], 10, 64)
	ns, err3 := strconv.ParseUint(p[2], 10, 64)
	o := Owner{Pid: pid, Start: start, Namespace: ns, Boot: p[3], Host: p[4]}
	if errors.Join(err1, err2, err3) != nil || pid < 1 || o.Boot == "" || o.Name() != name || plain(o.Host) != o.Host {
		return Owner{}, ErrFormat
	}
	return o, nil
}
