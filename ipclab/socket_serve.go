package ipclab

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/bound"
)

// ServeOptions are what Serve may be told. The zero value is good.
type ServeOptions struct {
	Connections int           // to serve before Serve returns; 0: as many as come, until the cell is interrupted
	AtOnce      int           // children that run at a time, at most; further clients wait in the backlog; 0 means 16
	Limit       time.Duration // for all of it; 0: none
}

// A ServeTable says what became of the connections of a forking server.
type ServeTable struct {
	rows   []ServeRow
	atOnce int
}

// A ServeRow is one connection and the child that served it.
type ServeRow struct {
	From   string        // the client: "process 4242, user 0, group 0", or an address
	Pid    int           // of the child
	Status Status        // how the child ended
	Took   time.Duration // from accept to the child's end
}

// A forkServer is a forking server at work.
type forkServer struct {
	ServeOptions
	listener FD
	handle   func(connection FD)
	deadline time.Time // zero: none
	running  []*forkService
	accepted int
	table    ServeTable
}

// A forkService is a connection being served by a child.
type forkService struct {
	row   int
	start time.Time
	child *Process
	pidfd int // becomes readable when the child ends
}

// Serve is the forking server: it accepts connections at a listening socket and forks a child for each, which runs handle
// with the connection and exits. The parent closes its descriptor of the connection, which would keep the client from
// reading end of file, and collects the status of each child that ends, so that none stays a zombie. The child has no
// descriptor of the listening socket; it closes the connection when handle returns.
//
// A child is a copy of this process: what handle assigns stays in it. One that panics or exits with another status than 0
// is told in the table; the others go on. When Serve returns, or the cell is interrupted, no child is left. The listening
// socket stays open.
//
// Errors: EINVAL if handle is nil, for options out of range (0 to 1,048,576 connections, 0 to 256 at once, no negative
// limit), or if the socket does not listen; ETIMEDOUT with the table so far when the limit has passed; those of Accept and
// Fork.
func (fd FD) Serve(handle func(connection FD), options ...ServeOptions) (*ServeTable, error) {
	s, err := newForkServer(fd, handle, options)
	if err == nil {
		defer s.end()
		err = s.run()
	}
	if err != nil {
		err = &Error{Call: "Serve", Arg: fd.String(), Err: err}
	}
	return &s.table, err
}

// newForkServer checks the arguments and puts in what is usual.
func newForkServer(fd FD, handle func(FD), options []ServeOptions) (*forkServer, error) {
	const connectionsMost, atOnceUsual, atOnceMost = 1 << 20, 16, 256
	s := &forkServer{listener: fd, handle: handle}
	if len(options) > 1 {
		return s, because(unix.EINVAL, "options given %d times", len(options))
	}
	if len(options) == 1 {
		s.ServeOptions = options[0]
	}
	s.AtOnce = orUsual(s.AtOnce, atOnceUsual)
	switch {
	case handle == nil:
		return s, because(unix.EINVAL, "the function is nil")
	case s.Connections < 0 || s.Connections > connectionsMost:
		return s, because(unix.EINVAL, "%d connections: want 0 to %d", s.Connections, connectionsMost)
	case s.AtOnce < 1 || s.AtOnce > atOnceMost:
		return s, because(unix.EINVAL, "%d children at once: want 1 to %d", s.AtOnce, atOnceMost)
	case s.Limit < 0:
		return s, because(unix.EINVAL, "limit %v: want 0 or more", s.Limit)
	case s.Limit > 0:
		s.deadline = time.Now().Add(s.Limit)
	}
	listens, err := fd.Getsockopt(unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err == nil && listens == 0 {
		err = because(unix.EINVAL, "it does not listen: call Bind and Listen first")
	}
	return s, err
}

// run accepts and collects until all connections are served.
func (s *forkServer) run() error {
	for {
		if err := s.reap(); err != nil {
			return err
		}
		all := s.Connections > 0 && s.accepted == s.Connections
		if all && len(s.running) == 0 {
			return nil
		}
		waits, err := s.wait(!all && len(s.running) < s.AtOnce)
		if err == nil && waits {
			err = s.accept()
		}
		if err != nil {
			return err
		}
	}
}

// wait blocks until a child ends or, if more may be taken, a client waits, which it reports.
func (s *forkServer) wait(more bool) (bool, error) {
	timeout := -1
	if !s.deadline.IsZero() {
		left := time.Until(s.deadline)
		if left <= 0 {
			return false, because(unix.ETIMEDOUT, "not done within %v", s.Limit)
		}
		timeout = int(min(left, time.Hour).Milliseconds()) + 1
	}
	fds := []unix.PollFd{{Fd: -1, Events: unix.POLLIN}} // a negative descriptor is passed over
	if more {
		fds[0].Fd = int32(s.listener)
	}
	for _, r := range s.running {
		fds = append(fds, unix.PollFd{Fd: int32(r.pidfd), Events: unix.POLLIN})
	}
	_, err := retry(func() (int, error) { return unix.Poll(fds, timeout) })
	return fds[0].Revents != 0, err
}

// accept takes a client and forks a child for it. The client may have gone, or another process that accepts at the same
// socket may have been faster: then it does not wait for the next, since children have to be collected.
func (s *forkServer) accept() error {
	const moment = 20 * time.Millisecond
	connection, err := retry(func() (int, error) {
		return bound.Call(time.Now().Add(moment), func() (int, error) {
			n, _, err := unix.Accept4(int(s.listener), 0)
			return n, err
		})
	})
	if err == unix.ETIMEDOUT || err == unix.EAGAIN || err == unix.ECONNABORTED {
		return nil
	}
	if err != nil {
		return descriptorsReason(err)
	}
	c := FD(connection)
	defer c.Close()
	child, err := Spawn(func() { s.serve(c) })
	if err != nil {
		return err
	}
	s.accepted++
	r := &forkService{row: len(s.table.rows), start: time.Now(), child: child, pidfd: -1}
	s.running = append(s.running, r)
	s.table.atOnce = max(s.table.atOnce, len(s.running))
	s.table.rows = append(s.table.rows, ServeRow{From: clientText(c), Pid: child.Pid()})
	if r.pidfd, err = unix.PidfdOpen(child.Pid(), 0); err != nil {
		return fmt.Errorf("pidfd_open: %w", descriptorsReason(err))
	}
	return nil
}

// serve is the child: it keeps the connection alone.
func (s *forkServer) serve(connection FD) {
	unix.Close(int(s.listener))
	for _, r := range s.running {
		unix.Close(r.pidfd)
	}
	s.handle(connection)
	unix.Close(int(connection))
}

// clientText says who is at the other end of a connection.
func clientText(c FD) string {
	if cred, err := c.PeerCred(); err == nil {
		return cred.String()
	}
	if name, err := c.Getpeername(); err == nil {
		return name
	}
	return "gone"
}

// reap collects the children that have ended.
func (s *forkServer) reap() error {
	for _, r := range slices.Clone(s.running) {
		ended, _, err := r.child.child.collect()
		if err != nil && err != unix.ECHILD { // ECHILD: handle's own program waited for it
			return err
		}
		if ended || err != nil {
			s.ended(r)
		}
	}
	return nil
}

// ended notes how a child ended.
func (s *forkServer) ended(r *forkService) {
	status, _ := r.child.Status()
	s.table.rows[r.row].Status, s.table.rows[r.row].Took = status, time.Since(r.start)
	if r.pidfd >= 0 {
		unix.Close(r.pidfd)
	}
	s.running = slices.DeleteFunc(s.running, func(x *forkService) bool { return x == r })
}

// end kills the children that still run and collects them.
func (s *forkServer) end() {
	for _, r := range slices.Clone(s.running) {
		end(r.child.child)
		s.ended(r)
	}
}
