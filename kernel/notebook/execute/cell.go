package execute

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ipclab/kernel/connection"
	"ipclab/kernel/message"
	"ipclab/kernel/notebook"
)

// lastWords bounds the wait for what a kernel sent before it died.
const lastWords = time.Second

// exchange is one execute request until its end: the reply has come, and idle
// after all output.
type exchange struct {
	*run
	id     string
	record *record
	reply  *message.ExecuteReply // nil until it has come
	idle   bool
	busy   bool // the kernel has begun

	interrupt bool             // wanted, and to be sent when the kernel is busy
	timedOut  bool             // interrupted for its time
	deadline  time.Time        // when the time of the cell is up
	limit     <-chan time.Time // tells so; then that the time of the interrupt is up
	silence   <-chan time.Time // when the wait for idle is over
	answer    <-chan string    // the line that is asked for
	question  *message.Message // the request it answers
	gone      <-chan struct{}  // the kernel has ended
	drained   <-chan time.Time // and what it said has been heard
	updates   []*output        // last states of displays, to be printed at the end
}

// execute runs one cell. The error says why there is no reply.
func (r *run) execute(ctx context.Context, c *notebook.Cell, mayFail bool) (*message.ExecuteReply, error) {
	id, err := r.client.send(connection.Shell, message.ExecuteRequest{
		Code: c.Source(), StoreHistory: !r.NoHistory, AllowStdin: r.Terminal != nil, StopOnError: !mayFail,
	})
	if err != nil {
		return nil, err
	}
	x := &exchange{run: r, id: id, record: &record{cell: c}, gone: r.child.gone}
	r.records[id] = x.record
	if r.CellTimeout > 0 {
		x.deadline, x.limit = time.Now().Add(r.CellTimeout), time.After(r.CellTimeout)
	}
	err = x.wait(ctx)
	x.end(err)
	return x.reply, err
}

func (x *exchange) wait(ctx context.Context) error {
	for x.reply == nil || !x.idle {
		if err := x.step(ctx); err != nil {
			return err
		}
	}
	if x.timedOut {
		return fmt.Errorf("interrupted because it ran longer than %v; --timeout sets another limit", x.CellTimeout)
	}
	return nil
}

// step waits for one thing to happen.
func (x *exchange) step(ctx context.Context) error {
	select {
	case e, ok := <-x.client.events:
		return x.event(e, ok)
	case line := <-x.answer:
		return x.answered(line)
	case <-x.Interrupt:
		x.stopping = true
		return x.wantInterrupt()
	case <-x.limit:
		return x.timeUp()
	case <-x.silence:
		return x.unlessMore(func() error {
			return fmt.Errorf("the kernel answered, but did not say within %v that it is idle", x.Patience.Idle)
		})
	case <-x.gone:
		x.gone, x.drained = nil, time.After(lastWords)
		return nil
	case <-x.drained:
		return x.unlessMore(x.child.death)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// unlessMore gives the error that ends the wait, unless a message is there that
// came while printing stood still.
func (x *exchange) unlessMore(end func() error) error {
	select {
	case e, ok := <-x.client.events:
		return x.event(e, ok)
	default:
		return end()
	}
}

// event takes a message; none means that all connections have ended. What waits
// for silence starts anew.
func (x *exchange) event(e event, ok bool) error {
	if !ok {
		return x.lost()
	}
	err := x.handle(e)
	if x.reply != nil {
		x.silence = time.After(x.Patience.Idle)
	}
	if x.drained != nil {
		x.drained = time.After(lastWords)
	}
	return err
}

// lost says why all connections have ended.
func (x *exchange) lost() error {
	if x.child.wait(lastWords) {
		return x.child.death()
	}
	return errors.New("the kernel closed its connections")
}

func (x *exchange) handle(e event) error {
	parent := e.Parent().ID
	switch {
	case e.from == connection.IOPub:
		if rec := x.records[parent]; rec != nil {
			return x.published(rec, e.Message)
		}
	case parent != x.id: // the reply to an interrupt, or to an earlier request
	case e.from == connection.Shell && e.Header.Type == "execute_reply":
		return x.replied(e)
	case e.from == connection.Stdin && e.Header.Type == "input_request":
		return x.asked(e.Message)
	}
	return nil
}

func (x *exchange) replied(e event) error {
	var reply message.ExecuteReply
	if err := e.Decode(&reply); err != nil {
		return err
	}
	x.reply = &reply
	x.count(x.record, reply.ExecutionCount)
	if e.at.Before(x.deadline) { // and was heard of too late, because printing stood still
		x.timedOut = false
	}
	return nil
}

func (x *exchange) count(rec *record, n int) {
	if n > 0 {
		rec.count = n
	}
}

// published takes what the kernel publishes for this cell or an earlier one.
func (x *exchange) published(rec *record, m *message.Message) error {
	switch m.Header.Type {
	case "status":
		return x.status(rec, m)
	case "execute_input":
		var input message.ExecuteInput
		if err := m.Decode(&input); err != nil {
			return err
		}
		x.count(rec, input.ExecutionCount)
		return nil
	}
	out, err := rec.outputs.add(m, x.shown)
	if err != nil {
		return fmt.Errorf("%s of the kernel: %w", m.Header.Type, err)
	}
	switch {
	case out == nil:
	case m.Header.Type == "update_display_data":
		x.updates = slices.DeleteFunc(x.updates, func(u *output) bool { return u.id == out.id })
		x.updates = append(x.updates, out)
	default:
		x.printer.output(out)
	}
	return nil
}

func (x *exchange) status(rec *record, m *message.Message) error {
	var status message.Status
	if err := m.Decode(&status); err != nil || rec != x.record {
		return err
	}
	x.busy = x.busy || status.State == message.Busy
	x.idle = x.idle || status.State == message.Idle
	if x.interrupt && x.busy {
		return x.wantInterrupt()
	}
	return nil
}

// wantInterrupt interrupts the cell, once the kernel has begun with it: before
// that the request would find nothing to interrupt.
func (x *exchange) wantInterrupt() error {
	if x.interrupt = !x.busy; x.interrupt {
		return nil
	}
	_, err := x.client.send(connection.Control, message.InterruptRequest{})
	return err
}

func (x *exchange) timeUp() error {
	if x.timedOut {
		return fmt.Errorf("it ran longer than %v and did not end within %v of its interrupt", x.CellTimeout, x.Patience.Interrupt)
	}
	x.timedOut = true
	x.limit = time.After(x.Patience.Interrupt)
	return x.wantInterrupt()
}

// asked shows a question of the cell to the user.
func (x *exchange) asked(m *message.Message) error {
	var request message.InputRequest
	if err := m.Decode(&request); err != nil || x.Terminal == nil {
		return err
	}
	x.question = m
	x.answer = x.Terminal.Ask(request.Prompt, request.Password)
	return nil
}

func (x *exchange) answered(line string) error {
	x.answer = nil
	x.Terminal.Answered()
	x.printer.midLine = false // the user ended the line
	_, err := x.client.answer(connection.Stdin, x.question, message.InputReply{Value: line})
	return err
}

// end prints what displays have become, which as text would be unreadable at
// each step, and records an end that the kernel could not report.
func (x *exchange) end(err error) {
	if x.answer != nil {
		x.Terminal.Restore()
	}
	for _, u := range x.updates {
		x.printer.output(u)
	}
	if err != nil && x.reply == nil {
		x.record.outputs.addFailure(err)
	}
}
