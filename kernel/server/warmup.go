package server

import (
	"ipclab/kernel/message"
	"ipclab/kernel/supervisor"
	"ipclab/runtime/wire"
)

// warmUpCode uses what most first cells use. It shows nothing.
const warmUpCode = `fmt.Print("")
_, _, _, _ = time.Now, os.Args, io.EOF, ipclab.FD(0)
1 + 1`

// warmUpOnce begins to warm up after the first request: what a client asks
// first, as a rule what kernel this is, does not wait for it. A first request
// that is a cell has warmed up everything itself.
func (s *Server) warmUpOnce(first *message.Message) {
	if s.warmed {
		return
	}
	s.warmed = true
	if first.Header.Type != "execute_request" {
		s.warm.Go(s.warmUp)
	}
}

// warmUp takes a cell all the way through the checker and the runtime, so that
// what is loaded on first use is there before the user's first cell. It leaves
// no definitions.
func (s *Server) warmUp() {
	program, err := s.options.Cells.Prepare("warm-up", warmUpCode)
	if err != nil {
		s.logf("warm-up: %v", err)
		return
	}
	done, err := s.supervisor.Execute(supervisor.Cell{
		Name: program.Name, Source: program.Source, Entry: program.Entry, Output: nowhere{}, WarmUp: true,
	})
	if err == nil && done.Status != wire.StatusOK {
		s.logf("warm-up: %s", done.Value)
	}
	s.supervisor.Freeze()
}

// nowhere is the output of a cell that nobody has asked for.
type nowhere struct{}

func (nowhere) Stream(string, string) {}
func (nowhere) Display(wire.Display)  {}
func (nowhere) Clear(bool)            {}
