package doorwire

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// sealed is what must not happen any more to a memfd that is read here: it keeps its size and its bytes.
const sealed = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE

// store puts data into a sealed memfd. See memfd_create(2).
func store(data []byte) (int, error) {
	fd, err := unix.MemfdCreate("door", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, fmt.Errorf("memfd_create: %w", err)
	}
	for err == nil && len(data) > 0 {
		var n int
		if n, err = unix.Write(fd, data); err == nil {
			data = data[n:]
		} else if err == unix.EINTR {
			err = nil
		}
	}
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, sealed)
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("fill a memfd: %w", err)
	}
	return fd, nil
}

// load reads data of a given size from a memfd, into the room if it fits.
func load(fd, size int, room []byte) ([]byte, error) {
	if seals, err := unix.FcntlInt(uintptr(fd), unix.F_GET_SEALS, 0); err != nil || seals&sealed != sealed {
		return nil, malformed("the data are not in a sealed memfd")
	}
	if size > len(room) {
		room = make([]byte, size)
	}
	data := room[:size]
	for at := 0; at < size; {
		n, err := unix.Pread(fd, data[at:], int64(at))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, fmt.Errorf("read a memfd: %w", err)
		case n == 0:
			return nil, malformed("%d of %d bytes", at, size)
		default:
			at += n
		}
	}
	return data, nil
}

// Gone reports whether an error of Send or Receive says that the peer has closed its end.
func Gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, unix.EPIPE) || errors.Is(err, unix.ECONNRESET)
}
