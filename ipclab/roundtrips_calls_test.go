package ipclab_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"ipclab/ipclab"
)

func TestCallsOfARoundTripAreExact(t *testing.T) {
	for _, mechanism := range []string{"pipe", "socketpair", "eventfd"} {
		l, err := ipclab.RoundTrips(mechanism, 50, ipclab.RoundTripOptions{Calls: true})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]float64{"read": 2, "write": 2}; !maps.Equal(l.Calls, want) {
			t.Errorf("%s: %v", mechanism, l.Calls)
		}
		if text := l.String(); !strings.Contains(text, "system calls per trip") {
			t.Errorf("%s", text)
		}
	}
}

func TestCallsOfFunctions(t *testing.T) {
	there, back := [2]*os.File{}, [2]*os.File{}
	for _, p := range []*[2]*os.File{&there, &back} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		defer w.Close()
		*p = [2]*os.File{r, w}
	}
	pass := func(from, to *os.File, first bool) func() error {
		return func() error {
			b := make([]byte, 1)
			if first {
				if _, err := to.Write(b); err != nil {
					return err
				}
			}
			_, err := from.Read(b)
			if err == nil && !first {
				_, err = to.Write(b)
			}
			return err
		}
	}
	l, err := ipclab.RoundTripsOf("os.File", 50, pass(back[0], there[1], true), pass(there[0], back[1], false), ipclab.RoundTripOptions{Calls: true})
	if err != nil {
		t.Fatal(err)
	}
	// A read that finds nothing is tried again when the poller has seen that something came, or a signal has.
	if l.Calls["write"] != 2 || l.Calls["read"] < 2 || l.Calls["read"] > 6 {
		t.Errorf("%v", l.Calls)
	}
}
