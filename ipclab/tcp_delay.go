package ipclab

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/mime"
)

// NoDelayOptions are what NoDelay may be told. The zero value is good.
type NoDelayOptions struct {
	Exchanges int // requests with their answers, in each run; 0 means 20
}

// A NoDelayTable compares TCP without and with TCP_NODELAY.
type NoDelayTable struct{ rows []NoDelayRow }

// A NoDelayRow is one run.
type NoDelayRow struct {
	NoDelay   bool // TCP_NODELAY was set
	Writes    int  // by which each request was sent
	Exchanges int
	Median    time.Duration // of an exchange
	Longest   time.Duration
}

// The request of the experiment is a head and a body; the answer is one byte.
const (
	noDelayExchangesUsual = 20
	noDelayExchangesMost  = 1000
	requestHead           = 8
	requestBody           = 56
)

// NoDelay shows what TCP_NODELAY is for. A client sends requests to a server in another process and waits for each answer. A
// request that is sent by two small writes is held up: the second part waits for the first one's acknowledgement (Nagle's
// algorithm), which the receiver delays, 40 ms on Linux, in the hope of sending it with an answer. With TCP_NODELAY the
// second part goes at once; so does a request that is sent by one write.
//
// No socket or process is left. Errors: EINVAL for fewer than 1 or more than 1000 exchanges; EINTR if it is interrupted;
// those of Socket and Fork. See tcp(7).
func NoDelay(options ...NoDelayOptions) (*NoDelayTable, error) {
	n := 0
	if len(options) == 1 {
		n = options[0].Exchanges
	}
	n = orUsual(n, noDelayExchangesUsual)
	if len(options) > 1 || n < 1 || n > noDelayExchangesMost {
		return nil, &Error{Call: "NoDelay", Arg: "options", Err: because(unix.EINVAL, "%d exchanges, options given %d times: want 1 to %d, once",
			n, len(options), noDelayExchangesMost)}
	}
	t := &NoDelayTable{}
	for _, row := range []NoDelayRow{{Writes: 2}, {NoDelay: true, Writes: 2}, {Writes: 1}} {
		row.Exchanges = n
		if err := row.run(); err != nil {
			return nil, &Error{Call: "NoDelay", Err: err}
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// run makes a connection, forks the server, and takes the times of the exchanges.
func (r *NoDelayRow) run() error {
	client, server, err := loopbackPair(unix.SOCK_STREAM)
	if err != nil {
		return err
	}
	defer shut(&client)
	defer shut(&server)
	child, err := startWorker(func() error {
		shut(&client)
		return answerRequests(server)
	})
	if err != nil {
		return err
	}
	defer end(child)
	shut(&server)
	if r.NoDelay {
		if err := client.Setsockopt(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			return err
		}
	}
	times := make([]time.Duration, r.Exchanges)
	for i := range times {
		start := time.Now()
		if err := r.exchange(client); err != nil {
			return err
		}
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	r.Median, r.Longest = times[len(times)/2], times[len(times)-1]
	shut(&client)
	return workerError(child)
}

// exchange sends a request and receives the answer.
func (r *NoDelayRow) exchange(client FD) error {
	request := make([]byte, requestHead+requestBody)
	parts := [][]byte{request}
	if r.Writes == 2 {
		parts = [][]byte{request[:requestHead], request[requestHead:]}
	}
	for _, p := range parts {
		if _, err := client.Write(p); err != nil {
			return err
		}
	}
	if _, err := client.Read(request[:1]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET) {
			return because(unix.EINTR, "the server has ended: interrupted")
		}
		return err
	}
	return nil
}

// answerRequests is the server: it answers whole requests, to the end.
func answerRequests(server FD) error {
	request := make([]byte, requestHead+requestBody)
	for {
		if _, err := io.ReadFull(server, request); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if _, err := server.Write(request[:1]); err != nil {
			return err
		}
	}
}

// Rows returns the runs, as tidy data.
func (t *NoDelayTable) Rows() []NoDelayRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the runs as a table.
func (t *NoDelayTable) Table() *Table {
	table := NewTable("TCP_NODELAY", "writes of a request", "exchanges", "median", "longest").Units("", "", "", "ms", "ms").
		Caption("Small writes and Nagle's algorithm")
	for _, r := range t.Rows() {
		set := "off"
		if r.NoDelay {
			set = "on"
		}
		table.Row(set, r.Writes, r.Exchanges, r.Median, r.Longest)
	}
	return table.Note(fmt.Sprintf("A request is %d and %d bytes, an answer 1 byte.", requestHead, requestBody))
}

// String returns the table as text.
func (t *NoDelayTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *NoDelayTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
