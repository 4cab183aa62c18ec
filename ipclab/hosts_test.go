package ipclab_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/netlink"
)

func ExampleTwoHosts() {
	a, b, err := ipclab.TwoHosts()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()
	defer b.Close()
	r, w, _ := ipclab.Pipe()
	server, _ := b.Spawn(func() {
		s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		s.Bind(b.Address + ":80") // the host has its own ports
		s.Listen(5)
		w.Close() // that is what the client waits for
		c, from, _ := s.Accept()
		fmt.Fprint(c, "hello ", from[:strings.Index(from, ":")])
	})
	w.Close()
	said, wrote, _ := ipclab.Pipe()
	client, _ := a.Spawn(func() {
		r.Read(make([]byte, 1))
		c, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		c.Connect(b.Address + ":80")
		text, _ := io.ReadAll(c)
		wrote.Write(text)
	})
	wrote.Close()
	text, _ := io.ReadAll(said)
	server.Wait()
	client.Wait()
	r.Close()
	said.Close()
	fmt.Println(string(text))
	// Output: hello 10.77.0.1
}

// newHosts makes two hosts for a test.
func newHosts(t *testing.T) (a, b *ipclab.Host) {
	t.Helper()
	a, b, err := ipclab.TwoHosts()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(a.Close(), b.Close()); err != nil {
			t.Error(err)
		}
	})
	return a, b
}

func TestHostsAreApart(t *testing.T) {
	a, b := newHosts(t)
	// One address and port on both at once, and neither is here.
	r, w := pipe(t)
	for _, h := range []*ipclab.Host{a, b} {
		p, err := h.Spawn(func() {
			s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
			if err := errors.Join(s.Bind("127.0.0.1:7"), s.Listen(1)); err != nil {
				w.Write([]byte("-"))
			}
			w.Write([]byte("+"))
			select {}
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Kill(); p.Wait() })
	}
	p := make([]byte, 2)
	within(t, func() { io.ReadFull(r, p) })
	if string(p) != "++" {
		t.Errorf("port 7 on both hosts: %s", p)
	}
	table, err := ipclab.Connections("127.0.0.1:7")
	if err != nil || len(table.Rows()) != 0 {
		t.Errorf("seen from here: %v, %v", table, err)
	}
}

// TestLink: either the delay is there, or the error says exactly what is not.
func TestLink(t *testing.T) {
	const delay = 10 * time.Millisecond
	a, b, err := ipclab.TwoHosts(ipclab.Link{Delay: delay})
	if err != nil {
		wantSocketError(t, "netem", err, unix.EOPNOTSUPP, "this kernel has no netem (CONFIG_NET_SCH_NETEM: ")
		wantSocketError(t, "netem", err, unix.EOPNOTSUPP, "tried: a queue of kind netem at device eth0, by RTM_NEWQDISC: ")
		if a != nil || b != nil {
			t.Error("there are hosts all the same")
		}
		return
	}
	defer a.Close()
	defer b.Close()
	p, err := a.Spawn(func() {
		s, _ := ipclab.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		start := time.Now()
		if err := s.Connect(b.Address + ":9"); !errors.Is(err, unix.ECONNREFUSED) || time.Since(start) < 2*delay {
			os.Exit(1)
		}
	})
	if status, err2 := p.Wait(); err != nil || err2 != nil || status.ExitCode() != 0 {
		t.Errorf("a round trip: %v, %v, %v", status, err, err2)
	}
}

func TestHostErrors(t *testing.T) {
	two := func(l ...ipclab.Link) error { _, _, err := ipclab.TwoHosts(l...); return err }
	for text, err := range map[string]error{
		"delay -1ns":     two(ipclab.Link{Delay: -1}),
		"delay 2m0s":     two(ipclab.Link{Delay: 2 * time.Minute}),
		"jitter 2ms":     two(ipclab.Link{Delay: time.Millisecond, Jitter: 2 * time.Millisecond}),
		"loss 101":       two(ipclab.Link{Loss: 101}),
		"loss -1":        two(ipclab.Link{Loss: -1}),
		"links given: 2": two(ipclab.Link{}, ipclab.Link{}),
	} {
		wantSocketError(t, text, err, unix.EINVAL, text)
	}
	a, _ := newHosts(t)
	a.Close()
	_, err := a.Spawn(func() {})
	wantSocketError(t, "closed", err, unix.EBADF, "it is closed")
	var none *ipclab.Host
	_, err = none.Spawn(func() {})
	wantSocketError(t, "nil", err, unix.EBADF, "no host")
	_, b := newHosts(t)
	_, err = b.Spawn(nil)
	wantSocketError(t, "no function", err, unix.EINVAL, "the function is nil")
	_, err = none.Spawn(func() {})
	wantSocketError(t, "nil", err, unix.EBADF, "no host")
	if err := errors.Join(a.Close(), none.Close()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	child := spawn(t, func() {
		unix.Setresuid(65534, 65534, 65534) // without capabilities from here on
		_, _, err := ipclab.TwoHosts()
		if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "unshare --map-root-user jupyter lab") {
			os.Exit(1)
		}
	})
	if status, _ := child.Wait(); status.ExitCode() != 0 {
		t.Errorf("without privileges: %v", status)
	}
}

// TestHostsEndWithTheirProcess: a process that is killed leaves no namespace. A namespace that has been given a number in this
// one loses it when the kernel removes it.
func TestHostsEndWithTheirProcess(t *testing.T) {
	r, w := pipe(t)
	owner := spawn(t, func() {
		a, b, err := ipclab.TwoHosts()
		if err == nil {
			_, err = a.Spawn(func() { select {} })
		}
		if err == nil {
			_, err = b.Spawn(func() { select {} })
		}
		said := map[bool]string{true: "+", false: "-"}[err == nil]
		io.WriteString(w, said) // only now: meanwhile it also had descriptors of the namespace where it is itself
		select {}
	})
	p := make([]byte, 1)
	within(t, func() { r.Read(p) })
	if string(p) != "+" {
		t.Fatal("no hosts")
	}
	c, err := netlink.Open(unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var ours []int32 // others may make and number namespaces meanwhile
	folder := fmt.Sprintf("/proc/%d/fd/", owner.Pid())
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if target, _ := os.Readlink(folder + e.Name()); strings.HasPrefix(target, "net:") {
			ours = append(ours, numberNamespace(t, c, folder+e.Name()))
		}
	}
	left := func() []int32 {
		return slices.DeleteFunc(namespaceNumbers(t, c), func(n int32) bool { return !slices.Contains(ours, n) })
	}
	if len(ours) != 2 || len(left()) != 2 {
		t.Fatalf("namespaces %v were numbered, of which there are %v", ours, left())
	}
	owner.Kill()
	owner.Wait()
	within(t, func() {
		for len(left()) > 0 {
			time.Sleep(time.Millisecond)
		}
	})
}

// What follows is of include/uapi/linux/net_namespace.h: a struct rtgenmsg, padded, and attributes.
const (
	newNSID, getNSID = 88, 90
	nsidNumber       = 1
	nsidDescriptor   = 3
)

// numberNamespace gives a namespace a number in this one, and returns it.
func numberNamespace(t *testing.T, c *netlink.Conn, path string) int32 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	which := append(make([]byte, 4), netlink.Number(nsidDescriptor, uint32(f.Fd()))...)
	if _, err := c.Do(newNSID, 0, slices.Concat(which, netlink.Number(nsidNumber, 1<<32-1))); err != nil {
		t.Fatal(err)
	}
	answers, err := c.Do(getNSID, 0, which)
	if err != nil {
		t.Fatal(err)
	}
	return numbersIn(answers)[0]
}

// namespaceNumbers returns the numbers of namespaces that exist.
func namespaceNumbers(t *testing.T, c *netlink.Conn) []int32 {
	t.Helper()
	answers, err := c.Dump(getNSID, make([]byte, 4))
	if err != nil {
		t.Fatal(err)
	}
	return numbersIn(answers)
}

// numbersIn returns the numbers of namespaces in answers.
func numbersIn(answers []netlink.Message) (out []int32) {
	for _, a := range answers {
		if n := netlink.Attributes(a.Body[4:])[nsidNumber]; len(n) == 4 {
			out = append(out, int32(binary.NativeEndian.Uint32(n)))
		}
	}
	return out
}
