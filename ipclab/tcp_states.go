package ipclab

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/sockdiag"
	"ipclab/ipclab/mime"
)

// TCPStatesOptions are what TCPStates may be told. The zero value is good.
type TCPStatesOptions struct {
	ClientFirst bool // the client ends the connection; otherwise the server does
	NoReuseAddr bool // the server does not set SO_REUSEADDR before it binds; otherwise it does, as servers should
}

// A TCPStatesTable is the life of a TCP connection.
type TCPStatesTable struct{ rows []TCPStatesRow }

// A TCPStatesRow is the states of the sockets after one step. A state is "" where there is no socket.
type TCPStatesRow struct {
	Step     string
	Client   string
	Server   string // the server's end of the connection
	Listener string
	Result   string // what the step gave: data that arrived, or an error
}

// TCPStates takes a TCP connection of this machine through its life and tells, after each step, the states of its ends: it is
// made, used, closed in one direction (half-close), in which state the other direction still carries data, and closed in the
// other. The end that closed first stays in TIME_WAIT for a minute, without a descriptor. If that is the server's, nobody
// can bind to its port meanwhile, unless both the server that was there and the new one set SO_REUSEADDR.
//
// No descriptor is left; the connection in TIME_WAIT is left to the kernel. Errors: EINVAL for options given twice; those of
// Socket, Bind and Connect. See tcp(7) and RFC 9293, section 3.3.2.
func TCPStates(options ...TCPStatesOptions) (*TCPStatesTable, error) {
	if len(options) > 1 {
		return nil, &Error{Call: "TCPStates", Arg: "options", Err: because(unix.EINVAL, "given %d times", len(options))}
	}
	life := tcpLife{listener: -1, client: -1, server: -1}
	if len(options) == 1 {
		life.TCPStatesOptions = options[0]
	}
	defer func() {
		shut(&life.listener)
		shut(&life.client)
		shut(&life.server)
	}()
	if err := life.run(); err != nil {
		return nil, &Error{Call: "TCPStates", Arg: life.name, Err: err}
	}
	return &life.table, nil
}

// A tcpLife is the experiment at work.
type tcpLife struct {
	TCPStatesOptions
	listener, client, server FD
	name                     string         // the listener's address
	clientName               netip.AddrPort // the client's address, once it has one
	table                    TCPStatesTable
}

// run makes the steps.
func (l *tcpLife) run() (err error) {
	if l.listener, err = Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	step := "server: bind, listen"
	if !l.NoReuseAddr {
		step = "server: SO_REUSEADDR, bind, listen"
		if err := l.listener.Setsockopt(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}
	if err := errors.Join(l.listener.Bind("127.0.0.1:0"), l.listener.Listen(1)); err != nil {
		return err
	}
	l.name = l.listener.ownName()
	if err := l.note(step, ""); err != nil {
		return err
	}
	if err := l.connect(); err != nil {
		return err
	}
	if err := l.use(); err != nil {
		return err
	}
	return l.bindAgain()
}

// connect makes the connection.
func (l *tcpLife) connect() (err error) {
	if l.client, err = Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	if err := l.client.Connect(l.name); err != nil {
		return err
	}
	if l.clientName, err = netip.ParseAddrPort(l.client.ownName()); err != nil {
		return err
	}
	if err := l.note("client: connect", "before the server has accepted"); err != nil {
		return err
	}
	if l.server, _, err = l.listener.Accept(unix.SOCK_CLOEXEC); err != nil {
		return err
	}
	return l.note("server: accept", "")
}

// use closes the connection, one direction after the other.
func (l *tcpLife) use() error {
	first, firstName, second, secondName := &l.server, "server", &l.client, "client"
	if l.ClientFirst {
		first, firstName, second, secondName = second, secondName, first, firstName
	}
	if err := first.Shutdown(unix.SHUT_WR); err != nil {
		return err
	}
	if err := l.note(firstName+": shutdown(SHUT_WR)", "half-close: it can still receive"); err != nil {
		return err
	}
	p := make([]byte, len("late words"))
	if _, err := second.Send([]byte("late words")); err != nil {
		return err
	}
	n, err := first.Recv(p, unix.MSG_WAITALL)
	if err != nil {
		return err
	}
	if err := l.note(secondName+": send", fmt.Sprintf("%s received %q", firstName, p[:n])); err != nil {
		return err
	}
	shut(second)
	if err := l.note(secondName+": close", ""); err != nil {
		return err
	}
	shut(first)
	return l.note(firstName+": close", "")
}

// bindAgain does what a server does that starts again.
func (l *tcpLife) bindAgain() error {
	shut(&l.listener)
	if err := l.bindAnew("server again: bind", 0); err != nil {
		return err
	}
	return l.bindAnew("server again: SO_REUSEADDR, bind", 1)
}

// bindAnew binds a new socket to the name of the old one.
func (l *tcpLife) bindAnew(step string, reuse int) error {
	s, err := Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer shut(&s)
	if err := s.Setsockopt(unix.SOL_SOCKET, unix.SO_REUSEADDR, reuse); err != nil {
		return err
	}
	result := "succeeds"
	if err := s.Bind(l.name); errors.Is(err, unix.EADDRINUSE) {
		result = "EADDRINUSE"
	} else if err != nil {
		return err
	}
	return l.note(step, result)
}

// passingStates are states that a connection of one machine leaves by itself at once.
var passingStates = []string{"SYN_SENT", "SYN_RECV", "FIN_WAIT1", "LAST_ACK", "CLOSING"}

// note adds a row, when the states have settled.
func (l *tcpLife) note(step, result string) error {
	const patience, look = time.Second, time.Millisecond
	deadline := time.Now().Add(patience)
	row := TCPStatesRow{Step: step, Result: result}
	for settled := false; !settled; {
		if err := row.look(l.name, l.clientName); err != nil {
			return err
		}
		settled = !slices.Contains(passingStates, row.Client) && !slices.Contains(passingStates, row.Server) || time.Now().After(deadline)
		if !settled {
			if _, err := retry(func() (int, error) { return unix.Poll(nil, int(look.Milliseconds())) }); err != nil {
				return err
			}
		}
	}
	l.table.rows = append(l.table.rows, row)
	return nil
}

// look fills in the states.
func (r *TCPStatesRow) look(listener string, client netip.AddrPort) error {
	all, err := sockdiag.ListTCP()
	if err != nil {
		return err
	}
	r.Client, r.Server, r.Listener = "", "", ""
	for _, s := range all {
		local, peer := s.Local.String(), s.Peer.String()
		switch {
		case local == listener && s.State == "LISTEN":
			r.Listener = s.State
		case local == listener && s.Peer == client:
			r.Server = s.State
		case peer == listener && s.Local == client:
			r.Client = s.State
		}
	}
	return nil
}

// Rows returns the steps in order, as tidy data.
func (t *TCPStatesTable) Rows() []TCPStatesRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the steps as a table, with notes on the states.
func (t *TCPStatesTable) Table() *Table {
	table := NewTable("step", "client", "server", "listener", "result").Caption("The life of a TCP connection")
	for _, r := range t.Rows() {
		table.Row(r.Step, r.Client, r.Server, r.Listener, r.Result)
		for _, state := range []string{r.Client, r.Server} {
			if note := stateNotes[state]; note != "" {
				table.Note(state + ": " + note)
			}
		}
	}
	return table
}

// String returns the table as text.
func (t *TCPStatesTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *TCPStatesTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
