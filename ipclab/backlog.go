package ipclab

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// BacklogOptions are what Backlog may be told. The zero value is good.
type BacklogOptions struct {
	Backlogs []int // arguments of Listen, one run each; none: 0, 1, 2, 5
}

// A BacklogTable says how many clients could connect to a server that accepts none.
type BacklogTable struct{ rows []BacklogRow }

// A BacklogRow is one run.
type BacklogRow struct {
	Socket    string // "UNIX stream" or "TCP"
	Backlog   int    // the argument of Listen
	Connected int    // clients that were connected, none of them accepted
	Next      string // what the next client met
}

// backlogMost is the most connections that the experiment makes for one run.
const backlogMost = 128

// Backlog shows how many clients can connect before the server accepts. For each backlog, clients connect one after the
// other, with O_NONBLOCK, to a socket that listens and never accepts, until one does not get through: at a UNIX domain
// socket Connect would block then; TCP leaves the client's SYN without an answer, and the client tries again after a
// second, and so on. On Linux one more than the backlog gets through.
//
// No socket is left. Errors: EINVAL for backlogs outside 0 to 128; those of Socket. See listen(2).
func Backlog(options ...BacklogOptions) (*BacklogTable, error) {
	o, err := backlogOptions(options)
	if err != nil {
		return nil, &Error{Call: "Backlog", Arg: "options", Err: err}
	}
	t := &BacklogTable{}
	for _, kind := range []struct {
		name    string
		domain  int
		address string
	}{{"UNIX stream", unix.AF_UNIX, "@"}, {"TCP", unix.AF_INET, "127.0.0.1:0"}} {
		for _, n := range o.Backlogs {
			row := BacklogRow{Socket: kind.name, Backlog: n}
			if err := row.run(kind.domain, kind.address); err != nil {
				return nil, &Error{Call: "Backlog", Arg: kind.name, Err: err}
			}
			t.rows = append(t.rows, row)
		}
	}
	return t, nil
}

// backlogOptions checks the options and puts in what is usual.
func backlogOptions(options []BacklogOptions) (o BacklogOptions, err error) {
	if len(options) > 1 {
		return o, because(unix.EINVAL, "given %d times", len(options))
	}
	if len(options) == 1 {
		o = options[0]
	}
	if o.Backlogs = slices.Clone(o.Backlogs); len(o.Backlogs) == 0 {
		o.Backlogs = []int{0, 1, 2, 5}
	}
	for _, n := range o.Backlogs {
		if n < 0 || n > backlogMost {
			return o, because(unix.EINVAL, "backlog %d: want 0 to %d", n, backlogMost)
		}
	}
	return o, nil
}

// run connects clients until one does not get through.
func (r *BacklogRow) run(domain int, address string) error {
	server, err := Socket(domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer shut(&server)
	if err := errors.Join(server.Bind(address), server.Listen(r.Backlog)); err != nil {
		return err
	}
	var clients []FD
	defer func() {
		for _, c := range clients {
			c.Close()
		}
	}()
	for range backlogMost + 2 {
		c, err := Socket(domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			return err
		}
		clients = append(clients, c)
		through, err := r.connect(c, server.ownName())
		if err != nil || !through {
			return err
		}
		r.Connected++
	}
	r.Next = "was not tried"
	return nil
}

// connect makes one attempt, and notes what it met if it does not get through.
func (r *BacklogRow) connect(c FD, name string) (through bool, err error) {
	const answerTime = 100 // ms, of which a connection in one machine takes a fraction
	switch err := c.Connect(name); {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EAGAIN):
		r.Next = "EAGAIN; without O_NONBLOCK it would block"
		return false, nil
	case !errors.Is(err, unix.EINPROGRESS):
		return false, err
	}
	if through, err = pollSocket(c, unix.POLLOUT, answerTime); err != nil || through {
		return through, err
	}
	info, err := unix.GetsockoptTCPInfo(int(c), unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return false, os.NewSyscallError("getsockopt TCP_INFO", err)
	}
	r.Next = "no answer"
	if info.State == unix.BPF_TCP_SYN_SENT {
		r.Next = "no answer to its SYN (state SYN_SENT)"
	}
	return false, nil
}

// Rows returns a row for each run, as tidy data.
func (t *BacklogTable) Rows() []BacklogRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *BacklogTable) Table() *Table {
	table := NewTable("socket", "backlog", "connected", "the next client").Caption("Clients of a server that does not accept")
	for _, r := range t.Rows() {
		table.Row(r.Socket, r.Backlog, r.Connected, r.Next)
	}
	if text, err := os.ReadFile("/proc/sys/net/core/somaxconn"); err == nil {
		table.Note(fmt.Sprintf("A backlog above %s (/proc/sys/net/core/somaxconn) is cut to it.", strings.TrimSpace(string(text))))
	}
	return table
}

// String returns the table as text.
func (t *BacklogTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *BacklogTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
