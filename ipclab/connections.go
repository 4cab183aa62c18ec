package ipclab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/sockdiag"
	"ipclab/ipclab/mime"
	"ipclab/ipclab/reserve"
)

// A ConnectionTable is TCP sockets at one moment.
type ConnectionTable struct{ rows []ConnectionRow }

// A ConnectionRow is one TCP socket, which is one end of a connection, or listens. See proc_pid_net(5).
type ConnectionRow struct {
	Local   string // address and port
	Peer    string // "0.0.0.0:0" or "[::]:0" if it listens
	State   string // "LISTEN", "ESTABLISHED", "CLOSE_WAIT", "TIME_WAIT" and so on
	Receive int    // bytes to be read; where it listens, connections to be accepted
	Send    int    // bytes that the peer has not acknowledged
	Timer   string // what the socket's timer is for: "retransmission", "time wait"; may be empty
	Left    time.Duration
	Held    string // by which process: "4242 (descriptor 7, ipclab)"; "nobody" for what only the kernel holds
}

// Connections returns the TCP sockets that have one of the given addresses, at either end; without addresses, those that the
// experiment's processes hold. An address is written as Bind takes it, "127.0.0.1:8080". What is in TIME_WAIT belongs to no
// process any more, so it is only found by an address.
//
// It is what ss -tanp and netstat show. Sockets of another network namespace are not seen. Errors: EINVAL for what is no
// address; the operating system's where /proc cannot be read. See tcp(7).
func Connections(addresses ...string) (*ConnectionTable, error) {
	var wanted []netip.AddrPort
	for _, a := range addresses {
		parsed, err := netip.ParseAddrPort(a)
		if err != nil {
			return nil, &Error{Call: "Connections", Arg: a, Err: because(unix.EINVAL, "want an address and a port, as in 127.0.0.1:8080")}
		}
		wanted = append(wanted, parsed)
	}
	t := &ConnectionTable{}
	if err := t.fill(wanted); err != nil {
		return nil, &Error{Call: "Connections", Arg: "/proc", Err: err}
	}
	return t, nil
}

// fill makes the rows.
func (t *ConnectionTable) fill(wanted []netip.AddrPort) error {
	all, err := sockdiag.ListTCP()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(s sockdiag.TCP) bool {
		return len(wanted) > 0 && !slices.Contains(wanted, s.Local) && !slices.Contains(wanted, s.Peer)
	})
	var inodes []uint64
	for _, s := range all {
		inodes = append(inodes, s.Inode)
	}
	holders, err := sockdiag.Holders(inodes...)
	if err != nil {
		return err
	}
	ours, err := experimentPids()
	if err != nil {
		return err
	}
	for _, s := range all {
		held := holders[s.Inode]
		if len(wanted) > 0 || slices.ContainsFunc(held, func(h sockdiag.Holder) bool { return ours[h.Pid] && !reserve.Has(h.FD) }) {
			t.rows = append(t.rows, connectionRow(s, held))
		}
	}
	return nil
}

// experimentPids returns the numbers of the experiment's processes.
func experimentPids() (map[int]bool, error) {
	family, orphans, err := experiment.members()
	pids := map[int]bool{}
	for _, s := range slices.Concat(family, orphans) {
		pids[s.Pid] = true
	}
	return pids, err
}

// connectionRow describes a socket.
func connectionRow(s sockdiag.TCP, holders []sockdiag.Holder) ConnectionRow {
	var held []string
	for _, h := range holders {
		held = append(held, h.String())
	}
	if len(held) == 0 {
		held = []string{"nobody"}
		if s.Inode != 0 {
			held = []string{"a process that may not be looked into"}
		}
	}
	return ConnectionRow{
		Local: s.Local.String(), Peer: s.Peer.String(), State: s.State, Receive: s.Receive, Send: s.Send,
		Timer: s.Timer, Left: s.Left, Held: strings.Join(held, ", "),
	}
}

// Rows returns the sockets, as tidy data.
func (t *ConnectionTable) Rows() []ConnectionRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the sockets as a table, with notes on states that stay.
func (t *ConnectionTable) Table() *Table {
	table := NewTable("local", "peer", "state", "to read", "unacknowledged", "timer", "held by")
	for _, r := range t.Rows() {
		timer := r.Timer
		if timer != "" {
			timer += fmt.Sprintf(", %v left", r.Left.Round(time.Millisecond))
		}
		table.Row(r.Local, r.Peer, r.State, r.Receive, r.Send, timer, r.Held)
		if note := stateNotes[r.State]; note != "" {
			table.Note(r.State + ": " + note)
		}
	}
	if len(t.Rows()) == 0 {
		table.Note("No TCP sockets.")
	}
	return table
}

// stateNotes say what a state means that a reader may wonder about.
var stateNotes = map[string]string{
	"LISTEN":     "what is to read are connections that wait to be accepted.",
	"FIN_WAIT2":  "this end has said that it sends no more, and waits for the other end to say so.",
	"CLOSE_WAIT": "the other end has said that it sends no more; this one has not closed.",
	"TIME_WAIT":  "the end that closed first remembers the connection for a minute, so that late segments of it are not taken for a new one's.",
	"SYN_SENT":   "no answer has come to the first segment.",
}

// String returns the table as text.
func (t *ConnectionTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *ConnectionTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
