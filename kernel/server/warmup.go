package server

import (
	"ipclab/kernel/supervisor"
	"ipclab/runtime/wire"
)

// warmUpCode uses what most first cells use. It shows nothing.
const warmUpCode = `fmt.Print("")
_, _, _, _ = time.Now, os.Args, io.EOF, ipclab.FD(0)
1 + 1`

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
		Name: program.Name, Source: program.Source, Entry: program.Entry, Output: nowhere{},
	})
	if err == nil && done.Status != wire.StatusOK {
		s.logf("warm-up: %s", done.Value)
	}
}

// nowhere is the output of a cell that nobody has asked for.
type nowhere struct{}

func (nowhere) Stream(string, string) {}
func (nowhere) Display(wire.Display)  {}
func (nowhere) Clear(bool)            {}
