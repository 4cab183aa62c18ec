package ipclab_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// What a round trip takes is known here to the function that makes it: it sleeps or works for a time and looks at the clock
// itself. However slow the machine is, the instrument has to find the same, within 2 % in the median.
func TestKnownDelaysAreMeasured(t *testing.T) {
	for name, c := range map[string]struct {
		trips int
		delay func()
	}{
		"a sleep of 1 ms": {100, func() {
			d := unix.Timespec{Nsec: 1e6}
			_ = unix.Nanosleep(&d, nil)
		}},
		"a busy wait of 10 µs": {2000, func() {
			for begin := time.Now(); time.Since(begin) < 10*time.Microsecond; {
			}
		}},
	} {
		var said []string
		for len(said) < attempts {
			own, measured := knownTrips(t, name, c.trips, c.delay)
			off := math.Abs(float64(measured)/float64(own) - 1)
			if off <= 0.02 {
				break
			}
			said = append(said, fmt.Sprintf("measured %v, took %v: %.1f %% off", measured, own, 100*off))
		}
		if len(said) == attempts {
			t.Errorf("%s: %s", name, strings.Join(said, "; "))
		}
	}
}

// attempts is how often an instrument may be tried: what disturbs the machine may come between two readings of the clock, but
// an instrument that is wrong is wrong each time.
const attempts = 5

// knownTrips measures trips that take the given delay more than an exchange by pipes, and returns the medians: of what the trips
// took as they saw it, and of what was measured.
func knownTrips(t *testing.T, name string, trips int, delay func()) (own, measured time.Duration) {
	t.Helper()
	var there, back [2]int
	for _, p := range []*[2]int{&there, &back} {
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		defer unix.Close(p[0])
		defer unix.Close(p[1])
	}
	const word, most = 8, 10_000
	shared, err := unix.Mmap(-1, 0, (most+1)*word, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(shared)
	order := binary.NativeEndian
	b := make([]byte, 1)
	client := func() error {
		begin := time.Now()
		if _, err := unix.Write(there[1], b); err != nil {
			return err
		}
		if _, err := unix.Read(back[0], b); err != nil {
			return err
		}
		delay()
		n := order.Uint64(shared)
		if n >= most {
			return os.ErrInvalid
		}
		order.PutUint64(shared, n+1)
		order.PutUint64(shared[(n+1)*word:], uint64(time.Since(begin)))
		return nil
	}
	server := func() error {
		if _, err := unix.Read(there[0], b); err != nil {
			return err
		}
		_, err := unix.Write(back[1], b)
		return err
	}
	l, err := ipclab.RoundTripsOf(name, trips, client, server)
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Duration
	for i := range order.Uint64(shared) {
		times = append(times, time.Duration(order.Uint64(shared[(i+1)*word:])))
	}
	if len(times) < trips+2 {
		t.Fatalf("%s: %d trips", name, len(times))
	}
	times = times[len(times)-1-trips : len(times)-1] // those before are to warm up, the last one ends the server
	slices.Sort(times)
	return times[(trips-1)/2], l.Percentile(50)
}
