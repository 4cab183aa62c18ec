package ipclab

import (
	"ipclab/ipclab/internal/means"
)

// over returns what makes a process a party of an exchange by a means, over a line that is open.
func over(l means.Line, size int, oneWay bool) func(role) (party, error) {
	return func(r role) (party, error) {
		end, err := l.Join(means.Side(r))
		if err != nil {
			return party{}, err
		}
		p := party{}
		if f, ok := end.(means.Flusher); ok {
			p.flush = f.Flush
		}
		in, out := make([]byte, size), message(size)
		switch {
		case oneWay && r == clientRole:
			p.step = func() error { return end.Send(out) }
		case oneWay:
			p.step = func() error { return end.Receive(in) }
		default:
			p.step = trips(end, r, p.flush, out, in)
		}
		return p, nil
	}
}

// trips returns the step of a round trip: the client sends and waits for the answer, the server waits and answers.
func trips(end means.End, r role, flush func() error, out, in []byte) func() error {
	send := end.Send
	if flush != nil {
		send = func(message []byte) error {
			if err := end.Send(message); err != nil {
				return err
			}
			return flush()
		}
	}
	if r == serverRole {
		return func() error {
			if err := end.Receive(in); err != nil {
				return err
			}
			return send(out)
		}
	}
	return func() error {
		if err := send(out); err != nil {
			return err
		}
		return end.Receive(in)
	}
}

// functions returns what makes a process a party of an exchange by functions of a user.
func functions(client, server func() error) func(role) (party, error) {
	return func(r role) (party, error) {
		return party{step: [...]func() error{client, server}[r]}, nil
	}
}
