package process

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"ipclab/runtime/fork"
	"ipclab/runtime/wire"
)

// freeze makes a frozen copy of this process, which waits on control. In the
// copy it returns when the kernel has woken that to go on in this one's place.
// It closes frozen as soon as there is the copy.
func (w *worker) freeze(control int, frozen chan<- struct{}) error {
	w.gatherHeap()
	thaw, err := fork.Freeze(control, w.plumbing.places(), w.plumbing.standard)
	close(frozen)
	if thaw.Woken {
		w.plumbing.holdReadEnds()
		return w.events.Send(wire.KindReady, wire.Ready{PID: os.Getpid(), Lost: w.plumbing.lost(thaw)})
	}
	if err != nil {
		_, _ = unix.Write(control, []byte(err.Error()))
	}
	unix.Close(control)
	w.copied = err == nil
	return nil
}

// lost describes what cells had open and have not any more.
func (p *plumbing) lost(t fork.Thaw) []string {
	var list []string
	for _, l := range t.Lost {
		if slices.Contains(p.unread[:], l.FD) {
			continue
		}
		list = append(list, fmt.Sprintf("%d (%s)", l.FD, l.What))
	}
	return list
}
