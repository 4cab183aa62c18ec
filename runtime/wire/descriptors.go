package wire

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// memfdWith makes an anonymous file that holds data.
func memfdWith(data []byte) (int, error) {
	fd, err := unix.MemfdCreate("ipclab-frame", unix.MFD_CLOEXEC)
	if err != nil {
		return -1, os.NewSyscallError("memfd_create", err)
	}
	for written := 0; written < len(data); {
		n, err := unix.Pwrite(fd, data[written:], int64(written))
		if err != nil && err != unix.EINTR {
			unix.Close(fd)
			return -1, os.NewSyscallError("pwrite", err)
		}
		written += max(n, 0)
	}
	return fd, nil
}

// readMemfd reads a body of length bytes. It reads rather than maps: a mapping
// of a file that its sender cuts short would fault.
func readMemfd(file *os.File, length int) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	if !info.Mode().IsRegular() || info.Size() < int64(length) {
		return nil, fmt.Errorf("%w: a body of %d bytes in a file of %d", ErrMalformed, length, info.Size())
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(io.NewSectionReader(file, 0, int64(length)), body); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return body, nil
}

// attachedFiles takes the descriptors out of ancillary data.
func attachedFiles(ancillary []byte) []*os.File {
	messages, err := unix.ParseSocketControlMessage(ancillary)
	if err != nil {
		return nil
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			continue
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "attached"))
		}
	}
	return files
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// Pair makes a connected pair of sockets for a conversation, both
// close-on-exec. What is sent on one is received on the other.
func Pair() (a, b int, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, os.NewSyscallError("socketpair", err)
	}
	return fds[0], fds[1], nil
}

// SendAndWait sends a frame and blocks until its receiver has dealt with it or
// is gone. It may be called from several goroutines and processes at once.
func (c *Conn) SendAndWait(kind Kind, body any) error {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	defer unix.Close(pipe[0])
	err := c.Send(kind, body, pipe[1])
	unix.Close(pipe[1])
	if err != nil {
		return err
	}
	var answer [1]byte
	for {
		_, err := unix.Read(pipe[0], answer[:])
		if err != unix.EINTR {
			return os.NewSyscallError("read", err)
		}
	}
}
