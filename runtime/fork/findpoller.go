//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"unsafe"
)

// findPoller finds the runtime's epoll instance: the one that watches a pipe just made. Its eventfd is the
// one among its watches whose data is the address of the variable with the eventfd's number; the data of
// others are tagged pointers.
func findPoller() error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("fork: %w", err)
	}
	defer r.Close()
	defer w.Close()
	pipe, err := number(r)
	if err != nil {
		return fmt.Errorf("fork: %w", err)
	}
	epolls, events, err := pollDescriptors()
	if err != nil {
		return err
	}
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		return fmt.Errorf("fork: %w", err)
	}
	defer mem.Close()
	for _, fd := range epolls {
		watches, err := watchesOf(fd)
		if err != nil {
			return err
		}
		if _, ok := watches[pipe]; !ok {
			continue
		}
		for event := range events {
			word := memory{mem}.words(uintptr(watches[event].data), 1)
			if len(word) == 1 && word[0] == uintptr(event) {
				poller.epoll, poller.event = uintptr(fd), uintptr(event)
				copy(poller.path[:], fdinfo(fd))
				return nil
			}
		}
	}
	return fmt.Errorf("%w: network poller of the Go runtime %s not found", ErrUnsupported, runtime.Version())
}

// number returns the descriptor of f without taking it from the poller, as f.Fd would.
func number(f *os.File) (fd uint64, err error) {
	c, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	err = c.Control(func(n uintptr) { fd = uint64(n) })
	return fd, err
}

// pollDescriptors returns the process's epoll instances and eventfds.
func pollDescriptors() (epolls []uint64, events map[uint64]bool, err error) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, nil, fmt.Errorf("fork: %w", err)
	}
	events = make(map[uint64]bool)
	for _, e := range entries {
		fd, err := strconv.ParseUint(e.Name(), 10, 31)
		if err != nil {
			continue
		}
		switch target, _ := os.Readlink("/proc/self/fd/" + e.Name()); target {
		case "anon_inode:[eventpoll]":
			epolls = append(epolls, fd)
		case "anon_inode:[eventfd]":
			events[fd] = true
		}
	}
	return epolls, events, nil
}

func fdinfo(fd uint64) string { return "/proc/self/fdinfo/" + strconv.FormatUint(fd, 10) }

// watchesOf returns the watches of an epoll instance by descriptor.
func watchesOf(fd uint64) (map[uint64]watch, error) {
	text, err := os.ReadFile(fdinfo(fd))
	if err != nil {
		return nil, fmt.Errorf("fork: %w", err)
	}
	watches := make(map[uint64]watch)
	start := uintptr(unsafe.Pointer(unsafe.SliceData(text)))
	c := cursor{start, start + uintptr(len(text))}
	for {
		var w watch
		switch c.next(&w) {
		case noWatch:
			runtime.KeepAlive(text)
			return watches, nil
		case badWatch:
			return nil, fmt.Errorf("%w: %s has an unknown format", ErrUnsupported, fdinfo(fd))
		}
		watches[w.fd] = w
	}
}
