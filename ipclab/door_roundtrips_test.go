package ipclab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExampleDoorRoundTrips() {
	l, err := ipclab.DoorRoundTrips(500)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range l {
		fmt.Println(l.Mechanism, l.Trips, l.Percentile(50) > 0)
	}
	// Output:
	// door 500 true
	// packet socket 500 true
}

func TestDoorRoundTripsErrors(t *testing.T) {
	for _, size := range []int{-1, 65537} {
		_, err := ipclab.DoorRoundTrips(10, ipclab.RoundTripOptions{Size: size})
		isDoorError(t, fmt.Sprint(size), err, unix.EINVAL, "want 1 to 65536")
	}
	_, err := ipclab.DoorRoundTrips(0)
	isDoorError(t, "no trips", err, unix.EINVAL, "0 round trips")
}

func TestDoorDifferences(t *testing.T) {
	table := ipclab.DoorDifferences()
	if text := table.String(); table.Len() < 20 || strings.Count(text, "\n") < table.Len() {
		t.Errorf("%d rows:\n%s", table.Len(), text)
	}
}

// TestOpenOfDoor: open(2) does not open a door here, and the error says what does.
func TestOpenOfDoor(t *testing.T) {
	_, path := attachedDoor(t, doorEcho, 0)
	_, err := ipclab.Open(path, unix.O_RDONLY)
	isDoorError(t, "open", err, unix.ENXIO, "DoorOpen opens a door")
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	if fd, err := ipclab.Open(file, unix.O_RDONLY); err != nil || fd.Close() != nil {
		t.Error(err)
	}
}
