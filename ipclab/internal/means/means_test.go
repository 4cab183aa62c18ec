package means

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/handlers"
)

const (
	trips      = 1000
	tripsLarge = 30
	large      = 64 << 10 // bytes, from where there are fewer trips
)

// TestRoundTrips: what one child sends, the other receives, byte by byte, there and back.
func TestRoundTrips(t *testing.T) {
	for _, m := range All() {
		for _, size := range sizes(m) {
			t.Run(fmt.Sprintf("%s/%v/%d", m.Name, m.Style, size), func(t *testing.T) {
				n := trips
				if size > large {
					n = tripsLarge
				}
				line := open(t, m, size)
				server := join(t, m, line, Server, func(e End) error { return answer(e, size, n) })
				client := join(t, m, line, Client, func(e End) error { return ask(e, size, n) })
				await(t, server, client)
			})
		}
	}
}

// sizes returns those at which a means is tried.
func sizes(m *Means) (sizes []int) {
	last := -1
	for _, s := range []int{m.Least, 64, 4096, 70_000, m.Most} {
		if s = min(max(s, m.Least), m.Most); s > last {
			sizes, last = append(sizes, s), s
		}
	}
	return sizes
}

// message returns what a side sends in a trip: other bytes in each, and never a number that means something.
func message(side Side, trip, size int) []byte {
	m := make([]byte, size+8)
	x := uint64(trip)*2 + uint64(side) + 1
	for i := 0; i < size; i += 8 {
		x = x*6364136223846793005 + 1442695040888963407
		binary.LittleEndian.PutUint64(m[i:], x)
	}
	return m[:size]
}

// ask is the client of n round trips.
func ask(e End, size, n int) error {
	in := make([]byte, size)
	for i := range n {
		if err := sent(e, message(Client, i, size)); err != nil {
			return err
		}
		if err := received(e, in, Server, i); err != nil {
			return err
		}
	}
	return nil
}

// answer is the server of n round trips.
func answer(e End, size, n int) error {
	in := make([]byte, size)
	for i := range n {
		if err := received(e, in, Client, i); err != nil {
			return err
		}
		if err := sent(e, message(Server, i, size)); err != nil {
			return err
		}
	}
	return nil
}

// sent sends a message at once.
func sent(e End, message []byte) error {
	if err := e.Send(message); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	if f, ok := e.(Flusher); ok {
		if err := f.Flush(); err != nil {
			return fmt.Errorf("flush: %w", err)
		}
	}
	return nil
}

// received receives a message and compares it with what the other side sends in that trip.
func received(e End, in []byte, from Side, trip int) error {
	clear(in)
	if err := e.Receive(in); err != nil {
		return fmt.Errorf("receive %d: %w", trip, err)
	}
	if want := message(from, trip, len(in)); !bytes.Equal(in, want) {
		return fmt.Errorf("message %d: received %.40x, want %.40x", trip, in, want)
	}
	return nil
}

// TestOneWay: messages that nobody answers come in the order in which they were sent, and none is missing.
func TestOneWay(t *testing.T) {
	for _, m := range All() {
		if !m.OneWay {
			continue
		}
		size := min(max(64, m.Least), m.Most)
		t.Run(fmt.Sprintf("%s/%v", m.Name, m.Style), func(t *testing.T) {
			const messages = 5000
			line := open(t, m, size)
			sender := join(t, m, line, Client, func(e End) error { return pour(e, size, messages) })
			receiver := join(t, m, line, Server, func(e End) error {
				in := make([]byte, size)
				for i := range messages {
					if err := received(e, in, Client, i); err != nil {
						return err
					}
				}
				return nil
			})
			await(t, sender, receiver)
		})
	}
}

// pour sends messages one after another.
func pour(e End, size, n int) error {
	for i := range n {
		if err := e.Send(message(Client, i, size)); err != nil {
			return fmt.Errorf("send %d: %w", i, err)
		}
	}
	if f, ok := e.(Flusher); ok {
		return f.Flush()
	}
	return nil
}

// TestDescriptions: what a means says of itself is possible, and its name and style are its own.
func TestDescriptions(t *testing.T) {
	for _, m := range All() {
		if m.Name == "" || m.About == "" || m.Open == nil || m.Least < 0 || m.Most < m.Least {
			t.Errorf("%+v", m)
		}
		if found, err := ByName(m.Name, m.Style); err != nil || found != m {
			t.Errorf("%s, %v: %+v, %v", m.Name, m.Style, found, err)
		}
	}
	if _, err := ByName("pigeon", Raw); err == nil {
		t.Error("there are pigeons")
	}
}

// TestRawAllocatesNothing: the collector would have to be let in otherwise.
func TestRawAllocatesNothing(t *testing.T) {
	for _, m := range All() {
		if m.Style != Raw {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			size := min(max(64, m.Least), m.Most)
			line := open(t, m, size)
			out, in := message(Client, 0, size), make([]byte, size)
			server := join(t, m, line, Server, func(e End) error {
				for range 2 * trips {
					if err := errors.Join(e.Receive(in), sent(e, out)); err != nil {
						return err
					}
				}
				return nil
			})
			client := join(t, m, line, Client, func(e End) error {
				trip := func() error { return errors.Join(sent(e, out), e.Receive(in)) }
				n, err := allocations(trip)
				if err == nil && n > trips/10 { // the runtime may make some of its own
					err = fmt.Errorf("%d allocations in %d trips", n, trips)
				}
				return err
			})
			await(t, server, client)
		})
	}
}

// TestNotifyWithHandlers: in a process that handles its signals as C programs do, os/signal is refused, and the rest works.
func TestNotifyWithHandlers(t *testing.T) {
	await(t, child(t, func() error {
		if err := handlers.Claim(); err != nil {
			return err
		}
		for _, m := range All() {
			line, err := m.Open(max(m.Least, 1))
			if m.Name == "handler" && m.Style == Go {
				if !errors.Is(err, unix.EBUSY) {
					return fmt.Errorf("%s: %w; want EBUSY", m.Name, err)
				}
				continue
			}
			if err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
			line.Close()
		}
		return nil
	}))
}

// allocations returns how many allocations some trips make, once others have gone before.
func allocations(trip func() error) (uint64, error) {
	var before, after runtime.MemStats
	for i := range 2 * trips {
		if i == trips {
			runtime.ReadMemStats(&before)
		}
		if err := trip(); err != nil {
			return 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, nil
}
