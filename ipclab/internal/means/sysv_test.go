package means

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestSysVHere: without a namespace of their own, objects work too, are seen by all, and go with Close.
func TestSysVHere(t *testing.T) {
	queues, semaphores := &messageQueues{size: 64}, &semaphoreSet{}
	for name, c := range map[string]struct {
		objects sysvObjects
		list    string
		ids     func() []int
	}{
		"sysvmq":  {queues, "msg", func() []int { return queues.ids[:] }},
		"sysvsem": {semaphores, "sem", func() []int { return []int{semaphores.id} }},
	} {
		m, err := ByName(name, Raw)
		if err != nil {
			t.Fatal(err)
		}
		line, err := openSysVHere(c.objects)
		if err != nil {
			t.Fatal(err)
		}
		size := min(64, m.Most)
		server := join(t, m, line, Server, func(e End) error { return answer(e, size, trips) })
		client := join(t, m, line, Client, func(e End) error { return ask(e, size, trips) })
		await(t, server, client)
		for _, id := range c.ids() {
			if !listed(t, c.list, id) {
				t.Errorf("%s: nobody sees %d", name, id)
			}
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
		for _, id := range c.ids() { // numbers have a part that changes each time, so that no other object has it
			if listed(t, c.list, id) {
				t.Errorf("%s: %d is left", name, id)
			}
		}
	}
}

// listed reports whether Linux lists an object of System V IPC.
func listed(t *testing.T, list string, id int) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/" + list)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[1] == strconv.Itoa(id) {
			return true
		}
	}
	return false
}

// TestNamespace: work is done in another namespace, its error comes back, and this process's threads stay in theirs.
func TestNamespace(t *testing.T) {
	own, err := os.Readlink("/proc/self/ns/ipc")
	if err != nil {
		t.Fatal(err)
	}
	var other string
	n, err := newNamespace(func() error {
		other, err = os.Readlink("/proc/thread-self/ns/ipc")
		return err
	})
	if errors.Is(err, unix.EPERM) {
		if other != "" {
			t.Error("work was done although there is no namespace")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if other == own {
		t.Errorf("work was done in %s", own)
	}
	if err := n.close(); err != nil {
		t.Error(err)
	}
	if _, err := newNamespace(func() error { return syscall.EXDEV }); !errors.Is(err, unix.EXDEV) {
		t.Errorf("the error of work: %v", err)
	}
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		if now, err := os.Readlink("/proc/self/task/" + task.Name() + "/ns/ipc"); err == nil && now != own {
			t.Errorf("thread %s has remained in %s", task.Name(), now)
		}
	}
}
