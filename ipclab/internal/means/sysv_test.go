package means

import (
	"errors"
	"os"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestSysVHere: without a namespace of their own, objects work too, are seen by all, and go with Close.
func TestSysVHere(t *testing.T) {
	for name, objects := range map[string]sysvObjects{"sysvmq": &messageQueues{size: 64}, "sysvsem": &semaphoreSet{}} {
		m, err := ByName(name, Raw)
		if err != nil {
			t.Fatal(err)
		}
		before := named(leftovers(t))
		line, err := openSysVHere(objects)
		if err != nil {
			t.Fatal(err)
		}
		size := min(64, m.Most)
		server := join(t, m, line, Server, func(e End) error { return answer(e, size, trips) })
		client := join(t, m, line, Client, func(e End) error { return ask(e, size, trips) })
		await(t, server, client)
		if len(named(leftovers(t))) != len(before) || slices.Equal(named(leftovers(t)), before) {
			t.Errorf("%s: nobody sees it", name)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
		if after := named(leftovers(t)); !slices.Equal(after, before) {
			t.Errorf("%s: left: %v", name, after)
		}
		if err := objects.remove(); !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.EIDRM) {
			t.Errorf("%s: removed twice: %v", name, err)
		}
	}
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
