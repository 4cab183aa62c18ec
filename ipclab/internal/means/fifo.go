package means

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

var fifos = []*Means{
	{
		Name: "fifo", Style: Raw, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a FIFO for each direction, from mkfifo(3): write(2), and read(2) until all is there",
		Open:  func(int) (Line, error) { return openFIFOs(newBytesEnd) },
	},
	{
		Name: "fifo", Style: Go, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a FIFO for each direction: os.File.Write and io.ReadFull, with the runtime's poller",
		Open:  func(int) (Line, error) { return openFIFOs(newFileEnd) },
	},
}

func openFIFOs(end func(in, out int) (End, error)) (Line, error) {
	there, back, err := twice(openFIFO)
	if err != nil {
		return nil, err
	}
	return crossed(there, back, end), nil
}

// openFIFO makes a FIFO, opens both ends of it and has taken its name away before, so that none is left when this process
// is killed.
func openFIFO() (ends [2]int, err error) {
	name, err := namelessFIFO()
	if err != nil {
		return ends, err
	}
	defer unix.Close(name)
	path := fmt.Sprintf("/proc/self/fd/%d", name)
	// Without O_NONBLOCK, open(2) would wait for the other end, which nobody opens meanwhile.
	r, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return ends, fmt.Errorf("open a FIFO to read: %w", err)
	}
	w, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(r, false)
	}
	if err != nil {
		closeBoth([2]int{r, w})
		return ends, fmt.Errorf("open a FIFO to write: %w", err)
	}
	return [2]int{r, w}, nil
}

// namelessFIFO returns a descriptor of a FIFO that has no name any more. It is neither of its ends: by its path in
// /proc/self/fd the FIFO can be opened.
func namelessFIFO() (int, error) {
	folder, err := os.MkdirTemp("", "ipclab-fifo-")
	if err != nil {
		return -1, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "fifo")
	const owner = 0o600
	if err := unix.Mkfifo(path, owner); err != nil {
		return -1, fmt.Errorf("mkfifo: %w", err)
	}
	return unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
}
