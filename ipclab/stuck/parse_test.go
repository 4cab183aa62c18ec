package stuck

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParseCall(t *testing.T) {
	line := fmt.Sprintf("%d 0x3 0x7f7b94750000 0x20000 0x0 0xffffffff 0xffffffffffffffff 0x7ffee6ee0b08 0x7f7b948cb2ad\n", unix.SYS_READ)
	c, ok := parseCall(line)
	if !ok || c.name != "read" || c.fd(0) != 3 || c.args[2] != 0x20000 || c.number(4) != -1 || c.number(5) != -1 {
		t.Errorf("%+v, %v", c, ok)
	}
	if c, ok := parseCall("999 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0"); !ok || c.name != "system call 999" {
		t.Errorf("a call that has no name here: %+v, %v", c, ok)
	}
	for _, text := range []string{"", "running\n", "-1 0x7ffe 0x48\n", "x 0x0 0x0 0x0 0x0 0x0 0x0"} {
		if c, ok := parseCall(text); ok {
			t.Errorf("%q is in %+v", text, c)
		}
	}
}

func TestParseLock(t *testing.T) {
	for line, want := range map[string]lock{
		"1: FLOCK  ADVISORY  WRITE 359 00:13:11691 0 EOF":          {"1:", false, "FLOCK", "WRITE", 359, 11691},
		"2: -> POSIX  ADVISORY  READ  12 fd:01:7 128 EOF\n":        {"2:", true, "POSIX", "READ", 12, 7},
		"3: OFDLCK ADVISORY  WRITE -1 00:2a:99 0 9223372036854775": {"3:", false, "OFDLCK", "WRITE", -1, 99},
	} {
		if k, ok := parseLock(line); !ok || k != want {
			t.Errorf("%q: %+v, %v", line, k, ok)
		}
	}
	for _, line := range []string{"", "1:", "1: ->", "1: FLOCK ADVISORY WRITE x 00:13:11691 0 EOF", "1: FLOCK ADVISORY WRITE 1 00:13:y 0 EOF"} {
		if k, ok := parseLock(line); ok {
			t.Errorf("%q is %+v", line, k)
		}
	}
}

func TestParseMapping(t *testing.T) {
	m, ok := parseMapping("7f00-7f10 rw-s 00001000 00:01 1024 /dev/shm/a b (deleted)\n")
	want := mapping{start: 0x7f00, end: 0x7f10, offset: 0x1000, shared: true, device: "00:01", inode: 1024, path: "/dev/shm/a b (deleted)"}
	if !ok || m != want || mappingName(m) != "/dev/shm/a b" {
		t.Errorf("%+v, %v", m, ok)
	}
	for _, line := range []string{"", "7f00 rw-s 0 00:01 1", "7f00-7f10 rw 0 00:01 1", "7f00-7f10 rw-p z 00:01 1"} {
		if m, ok := parseMapping(line); ok {
			t.Errorf("%q is %+v", line, m)
		}
	}
}

// TestPeek reads this process's own memory as it reads that of others.
func TestPeek(t *testing.T) {
	p := readProcess(os.Getpid(), "")
	if p == nil || len(p.threads) == 0 || len(p.fds) == 0 {
		t.Fatalf("this process: %+v", p)
	}
	if b := p.peek(0, 8); b != nil {
		t.Errorf("at no address: %v", b)
	}
	if name := p.text(1 << 62); name != "" {
		t.Errorf("where nothing is mapped: %q", name)
	}
	if readProcess(1<<22+1, "") != nil {
		t.Error("a process that is not there")
	}
}

// TestMessages cuts answers of the kernel short everywhere.
func TestMessages(t *testing.T) {
	answer := make([]byte, 16+16)
	answer[0], answer[4] = byte(len(answer)), diagByFamily
	for n := range len(answer) {
		taken := 0
		messages(answer[:n], func([]byte) { taken++ })
		if taken != 0 {
			t.Errorf("of %d bytes a message was taken", n)
		}
	}
	all := &sockets{byInode: map[uint64]*socket{}}
	if !messages(answer, all.addUnix) || len(all.byInode) != 1 {
		t.Errorf("a whole message: %v", all.byInode)
	}
	all.addInet(make([]byte, 71), unix.IPPROTO_TCP)
	if all.named([]byte{1, 0}) != nil || all.peerOf(&socket{family: unix.AF_INET}) != nil {
		t.Error("a socket that is not there")
	}
}

func TestSignalNames(t *testing.T) {
	for set, want := range map[uint64]string{0: "none", 1 << (unix.SIGUSR1 - 1): "SIGUSR1", 1<<(unix.SIGINT-1) | 1<<35: "SIGINT, SIGRTMIN+2", ^uint64(0): "64 signals"} {
		if got := signalNames(set); got != want {
			t.Errorf("%#x is %q, want %q", set, got, want)
		}
	}
}
