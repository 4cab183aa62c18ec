package ipclab

import (
	"encoding/binary"
	"slices"

	"ipclab/ipclab/internal/means"
)

// mechanismNames lists the mechanisms of RoundTrips: those that there are in the style raw.
func mechanismNames() []string {
	names := []string{"socketpair"}
	for _, m := range means.All() {
		if m.Style == means.Raw {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return names
}

// over returns what makes a process a party of an exchange by a means, over a line that is open.
func over(l means.Line, size int, oneWay bool) func(role) (party, error) {
	return func(r role) (party, error) {
		end, err := l.Join(means.Side(r))
		if err != nil {
			return party{}, err
		}
		p := party{end: end, out: message(size), in: make([]byte, size)}
		if f, ok := end.(means.Flusher); ok && oneWay {
			p.flush = f.Flush
		} else if ok {
			p.end = flushed{end, f}
		}
		return p, nil
	}
}

// message returns what is sent: as a number, it is 1, which an eventfd adds to its counter.
func message(size int) []byte {
	const number = 8
	m := make([]byte, max(size, number))
	binary.NativeEndian.PutUint64(m, 1)
	return m[:size]
}

// flushed is an end that keeps nothing back.
type flushed struct {
	means.End
	flusher means.Flusher
}

func (f flushed) Send(message []byte) error {
	if err := f.End.Send(message); err != nil {
		return err
	}
	return f.flusher.Flush()
}

// functions returns what makes a process a party of an exchange by functions of a user: the client's sends and receives, and
// the server's receives and sends.
func functions(client, server func() error) func(role) (party, error) {
	return func(r role) (party, error) {
		if r == clientRole {
			return party{end: sends{client}}, nil
		}
		return party{end: receives{server}}, nil
	}
}

// sends is the end of a client that does all in one function, receives that of a server.
type (
	sends    struct{ all func() error }
	receives struct{ all func() error }
)

func (s sends) Send([]byte) error       { return s.all() }
func (s sends) Receive([]byte) error    { return nil }
func (r receives) Send([]byte) error    { return nil }
func (r receives) Receive([]byte) error { return r.all() }
