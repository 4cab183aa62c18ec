package proc

import (
	"os"
	"strconv"
)

// Lookup returns one open descriptor of process pid.
func Lookup(pid, fd int) (Descriptor, error) {
	target, err := os.Readlink(path(pid, "fd", strconv.Itoa(fd)))
	if err != nil {
		return Descriptor{}, err
	}
	return read(pid, fd, target)
}
