package server

import (
	"errors"
	"fmt"
	"time"

	"ipclab/kernel/history"
	"ipclab/kernel/magic"
	"ipclab/kernel/message"
	"ipclab/kernel/supervisor"
	"ipclab/kernel/zmtp"
	"ipclab/runtime/wire"
)

// handleExecute runs a cell and answers with how it ended. A cell that arrived
// before one that failed was answered is aborted: who sent it could not know of
// the failure. One that came later is not, however soon it came.
func (s *Server) handleExecute(socket *zmtp.Router, request *message.Message, arrived time.Time) {
	var content message.ExecuteRequest
	if err := request.Decode(&content); err != nil {
		s.logf("%v", err)
		s.reply(socket, request, message.ExecuteReply{Status: message.Failed, ExecutionCount: s.count,
			Exception: &message.Exception{Name: "BadRequest", Value: err.Error()}})
		return
	}
	if arrived.Before(s.failed) {
		s.reply(socket, request, message.ExecuteReply{Status: message.Aborted, ExecutionCount: s.count})
		return
	}
	s.warm.Wait()
	e := &execution{server: s, request: request, content: content}
	reply := e.run()
	if reply.Status != message.OK && content.StopOnError {
		s.failed = time.Now()
	}
	s.reply(socket, request, reply)
}

// An execution is the carrying out of one execute request. It is the Output of
// its cell.
type execution struct {
	server  *Server
	request *message.Message
	content message.ExecuteRequest
	result  string // the last result as plain text, for the history
}

func (e *execution) run() message.ExecuteReply {
	s := e.server
	stored := e.content.StoreHistory && !e.content.Silent
	if stored {
		s.count++
	}
	if !e.content.Silent {
		s.publish(e.request, message.ExecuteInput{Code: e.content.Code, ExecutionCount: s.count})
		e.warn()
	}
	reply := message.ExecuteReply{Status: message.OK, ExecutionCount: s.count}
	result, failure := e.answer(&reply)
	if len(e.content.UserExpressions) == 0 {
		s.freeze() // the sooner the better: the next cell is not far
	}
	switch {
	case failure != nil:
		e.publish(message.Error{Exception: *failure})
		reply.Status, reply.Exception = message.Failed, failure
	default:
		e.showResult(result)
		reply.UserExpressions = e.userExpressions()
	}
	if stored && e.content.Code != "" {
		s.unsaved = &history.Entry{Line: s.count, Input: e.content.Code, Output: e.result}
	}
	return reply
}

// save writes the last cell to the history. The user does not wait for it: it
// comes after the cell's idle and before the next request.
func (s *Server) save() {
	e := s.unsaved
	if e == nil {
		return
	}
	s.unsaved = nil
	if err := s.options.History.Append(e.Line, e.Input, e.Output); err != nil {
		s.logf("%v", err)
	}
}

// answer carries out what the code is: magics, a question or Go.
func (e *execution) answer(reply *message.ExecuteReply) (wire.Bundle, *message.Exception) {
	c, err := magic.Parse(e.content.Code)
	switch {
	case err != nil:
		return nil, magicException(err)
	case c.About != "":
		return nil, page(message.PlainText(c.About), reply)
	case len(c.Calls) > 0:
		return nil, e.callMagics(c.Calls)
	}
	if name, ok := questionName(e.content.Code); ok {
		return nil, e.help(name, reply)
	}
	return e.evaluate(fmt.Sprintf("cell%d", e.server.count), c)
}

// publish is for what a silent request does not want.
func (e *execution) publish(c message.Content) {
	if !e.content.Silent {
		e.server.publish(e.request, c)
	}
}

// evaluate checks and runs code. The result is the value of its last
// expression, nil if it has none.
func (e *execution) evaluate(name string, code magic.Cell) (result wire.Bundle, failure *message.Exception) {
	s := e.server
	program, err := s.options.Cells.Prepare(name, code.Source)
	if err != nil {
		return nil, compileException(err)
	}
	if code.C != nil {
		s.programs++
		magic.RunC(program, *code.C, s.programs)
	}
	if code.Timed {
		s.timed++
		magic.Timed(program, s.timed)
	}
	if code.Traced {
		s.traced++
		magic.Traced(program, code, s.traced)
	}
	if program.Source == "" {
		s.commit(program, &supervisor.Cell{Name: name})
		return nil, nil
	}
	c := supervisor.Cell{Name: name, Source: program.Source, Entry: program.Entry, Text: code.Text, Output: e, Interrupted: s.interrupts.isAsked}
	if e.content.AllowStdin {
		c.Input = e.input
	}
	done, err := s.supervisor.Execute(c)
	var death *supervisor.Death
	switch {
	case errors.As(err, &death):
		return nil, explained(deathException(name, death), death.Stuck)
	case err != nil:
		return nil, &message.Exception{Name: "KernelError", Value: err.Error(), Traceback: message.List[string]{red(err.Error())}}
	case done.Status == wire.StatusRejected:
		return nil, rejectedException(name, done)
	}
	if program.Repeatable && !code.Timed && !code.Traced && done.Status == wire.StatusOK && done.Alone {
		s.commit(program, &c)
	} else {
		s.commit(program, nil)
	}
	if done.Status != wire.StatusOK {
		if code.C != nil {
			done.Frames = nil // they are of the Go that has run it
		}
		if failure, ok := e.shellException(name, done); ok && code.Shell {
			return nil, explained(failure, done.Stuck)
		}
		return nil, explained(runtimeException(done), done.Stuck)
	}
	return done.Result, nil
}

func (e *execution) showResult(result wire.Bundle) {
	if result == nil {
		return
	}
	e.result = plain(result)
	e.publish(message.ExecuteResult{ExecutionCount: e.server.count, Data: message.Object(result)})
}

// userExpressions evaluates what the client wants to know after the cell.
func (e *execution) userExpressions() message.Map[message.ExpressionResult] {
	results := message.Map[message.ExpressionResult]{}
	for name, code := range e.content.UserExpressions {
		result, failure := e.evaluate("expression", magic.Cell{Text: code, Source: code})
		switch {
		case failure != nil:
			results[name] = message.ExpressionResult{Status: message.Failed, Exception: failure}
		default:
			results[name] = message.ExpressionResult{Status: message.OK, Data: message.Object(result), Metadata: message.Object{}}
		}
	}
	return results
}
