package ipclab

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/doorclient"
	"ipclab/ipclab/internal/doorserver"
	"ipclab/ipclab/internal/doorwire"
)

// DoorQuery stands for the door whose procedure is running, in DoorInfo.
const DoorQuery FD = -2

// DoorDetails is what DoorInfo says of a door.
type DoorDetails struct {
	Target     int            // process that serves it; -1 if it was revoked or the server has ended
	Attributes DoorAttributes // those of DoorCreate; DoorLocal and DoorRevoked as it is
	Uniquifier uint64         // the same number for the same door, in all processes
}

// String returns "door 1c9, served by process 4242, DoorUnref".
func (d DoorDetails) String() string {
	s := "door " + strconv.FormatUint(d.Uniquifier, 16)
	if d.Target >= 0 {
		s += ", served by " + pidText(d.Target)
	}
	if d.Attributes != 0 {
		s += ", " + d.Attributes.String()
	}
	return s
}

// DoorInfo says who serves a door. DoorQuery instead of a descriptor is the door whose procedure is running. Errors: EBADF
// for a descriptor that is no door's; EINVAL for DoorQuery outside of a server procedure. A door that is gone is no error:
// it has DoorRevoked and no target. See door_info(3C) of Solaris.
func DoorInfo(door FD) (DoorDetails, error) {
	if door == DoorQuery {
		c := doorserver.Running()
		if c == nil {
			return DoorDetails{}, &Error{Call: "door_info", Arg: "DoorQuery", Err: errNoDoorCall}
		}
		return detailsHere(c.Door), nil
	}
	id, ok := identifyDoor(door)
	if !ok {
		return DoorDetails{}, doorFailed("door_info", door, errNoDoor)
	}
	if d := doorserver.Find(id); d != nil {
		return detailsHere(d), nil
	}
	info, err := doorclient.Ask(int(door), time.Time{})
	switch {
	case errors.Is(err, doorclient.ErrDead):
		return DoorDetails{Target: -1, Attributes: DoorRevoked, Uniquifier: id}, nil
	case err != nil:
		return DoorDetails{}, doorFailed("door_info", door, doorCallReason(err, nil))
	}
	return DoorDetails{Target: info.PID, Attributes: DoorAttributes(info.Attributes), Uniquifier: id}, nil
}

// detailsHere are those of a door that this process serves.
func detailsHere(d *doorserver.Door) DoorDetails {
	return DoorDetails{Target: d.Process(), Attributes: DoorAttributes(d.Attributes()) | DoorLocal, Uniquifier: d.ID}
}

// A DoorParam is a number that can be set for a door.
type DoorParam int

// Parameters of doors.
const (
	DoorParamDescMax DoorParam = 1 + iota // descriptors that a call may pass, 252 unless it is set, and at most
	DoorParamDataMax                      // bytes that an argument may have, 1 GiB unless it is set, and at most
	DoorParamDataMin                      // bytes that it has to have, 0 unless it is set
	DoorParamThreads                      // calls that are answered at a time, 16 unless it is set; not in Solaris
)

// String returns the parameter's name.
func (p DoorParam) String() string {
	names := []string{"DoorParamDescMax", "DoorParamDataMax", "DoorParamDataMin", "DoorParamThreads"}
	if p < DoorParamDescMax || p > DoorParamThreads {
		return fmt.Sprintf("DoorParam(%d)", int(p))
	}
	return names[p-1]
}

// doorThreadsMost bounds DoorParamThreads.
const doorThreadsMost = 1024

// DoorSetParam sets a parameter of a door that this process serves, for calls that come later. Errors: EBADF for a
// descriptor that is no door's, or a door that is gone; EPERM in a process that does not serve the door; EINVAL for an
// unknown parameter, and for a value outside of its bounds: 0 to 252 descriptors, 0 to 1 GiB of data, DoorParamDataMin not
// above DoorParamDataMax, 1 to 1024 threads. See door_setparam(3C) of Solaris.
func DoorSetParam(door FD, param DoorParam, value int) error {
	d, err := ownDoor(door)
	if err != nil {
		return doorFailed("door_setparam", door, err)
	}
	limits := d.Limits()
	low, high := 0, doorwire.DataMost
	switch v := uint64(value); param {
	case DoorParamDescMax:
		high, limits.FilesMost = doorwire.FilesMost, v
	case DoorParamDataMax:
		low, limits.DataMost = int(limits.DataLeast), v
	case DoorParamDataMin:
		high, limits.DataLeast = int(limits.DataMost), v
	case DoorParamThreads:
		low, high = 1, doorThreadsMost
	default:
		return doorFailed("door_setparam", door, because(unix.EINVAL, "%v is no parameter", param))
	}
	if value < low || value > high {
		return doorFailed("door_setparam", door, because(unix.EINVAL, "%v %d: want %d to %d", param, value, low, high))
	}
	if param == DoorParamThreads {
		d.SetThreads(value)
	} else {
		d.SetLimits(limits)
	}
	return nil
}

// DoorGetParam returns a parameter of a door, in any process that has it open. Errors: EBADF for a descriptor that is no
// door's, or a door that is gone; EINVAL for an unknown parameter. See door_getparam(3C) of Solaris.
func DoorGetParam(door FD, param DoorParam) (int, error) {
	fd, err := door.checked()
	if err != nil {
		return 0, doorFailed("door_getparam", door, errNoDoor)
	}
	info, err := doorclient.Ask(fd, time.Time{})
	if err != nil {
		return 0, doorFailed("door_getparam", door, doorCallReason(err, nil))
	}
	switch param {
	case DoorParamDescMax:
		return int(info.FilesMost), nil
	case DoorParamDataMax:
		return int(info.DataMost), nil
	case DoorParamDataMin:
		return int(info.DataLeast), nil
	case DoorParamThreads:
		return int(info.Threads), nil
	}
	return 0, doorFailed("door_getparam", door, because(unix.EINVAL, "%v is no parameter", param))
}
