//go:build linux && (amd64 || arm64) && !cgo

package fork

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// freezeProcess is Freeze.
func freezeProcess(control int, places []int, standard [3]int) (Thaw, error) {
	if err := usable(); err != nil {
		return Thaw{}, err
	}
	if err := takeTurn(); err != nil {
		return Thaw{}, err
	}
	defer giveTurn()
	if err := setFreezer(control, places, standard); err != nil {
		return Thaw{}, err
	}
	noteWritten()
	freezer.asked = true
	pid, err := forkInTurn()
	freezer.asked = false
	if err != nil {
		return Thaw{}, err
	}
	if pid != 0 {
		awaitLeaving(pid)
		return Thaw{}, nil
	}
	return Thaw{Woken: true, Lost: lost()}, nil
}

// leavingLimit bounds the wait for a copy that does not come to run. It runs at once where a processor is idle.
const leavingLimit = time.Second

// awaitLeaving waits until the copy has left the process group: a signal to the group would end or stop it too. Only the
// copy can do that, since it is no child of this process.
func awaitLeaving(pid int) {
	group := unix.Getpgrp()
	for end := time.Now().Add(leavingLimit); time.Now().Before(end); {
		if at, err := unix.Getpgid(pid); err != nil || at != group {
			return
		}
		time.Sleep(20 * time.Microsecond)
	}
}

// setFreezer gives the conductor what it needs for a copy that stands still.
func setFreezer(control int, places []int, standard [3]int) error {
	if len(places) == 0 || len(places) > maxPlaces {
		return fmt.Errorf("fork: Freeze with %d places, not 1 to %d: %w", len(places), maxPlaces, unix.EINVAL)
	}
	for _, fd := range append([]int{control}, places...) {
		if fd < lowestPlace {
			return fmt.Errorf("fork: Freeze with descriptor %d, less than %d: %w", fd, lowestPlace, unix.EINVAL)
		}
	}
	if _, err := unix.FcntlInt(uintptr(control), unix.F_GETFD, 0); err != nil {
		return fmt.Errorf("fork: Freeze with descriptor %d: %w", control, os.NewSyscallError("fcntl", err))
	}
	freezer.control = uintptr(control)
	freezer.nplaces = uintptr(len(places))
	for i, fd := range places {
		freezer.places[i] = int32(fd)
	}
	for i, fd := range standard {
		freezer.standard[i] = int32(fd)
	}
	return nil
}

// lost lists what the copy had to give up.
func lost() []Lost {
	var list []Lost
	for i := range freezer.open[:freezer.nopen] {
		o := &freezer.open[i]
		if o.again || o.gone {
			continue
		}
		what, _, _ := bytes.Cut(o.what[:], []byte{0})
		list = append(list, Lost{FD: int(o.fd), What: string(what)})
	}
	return list
}

// wakeUp is Wake.
func wakeUp(control int, descriptors []int) error {
	for {
		err := unix.Sendmsg(control, []byte{1}, unix.UnixRights(descriptors...), nil, unix.MSG_NOSIGNAL)
		if err != syscall.EINTR {
			return os.NewSyscallError("sendmsg", err)
		}
	}
}
