package eval

import "testing"

// A cell that is stopped because a goroutine of it has panicked fails with the
// panic, and not with the interrupt that it takes the stop for.
func TestThePanicOfAGoroutineCountsBeforeTheStop(t *testing.T) {
	var h host
	r := newRunning("cell1")
	h.cell.Store(r)
	go func() {
		<-r.stopped
		r.fail(&Failure{Name: "interrupted"})
		close(r.done)
	}()
	if !h.failCell(r, &Failure{Name: "panic"}) {
		t.Fatal("the cell is said to have ended")
	}
	<-r.done
	if f := r.failure(); f.Name != "panic" {
		t.Errorf("the cell failed with %q, want the panic", f.Name)
	}
	<-r.broken
}

// The panic of a goroutine whose cell has ended is not the failure of the next one.
func TestAGoroutineOfACellThatHasEndedDoesNotFailTheNext(t *testing.T) {
	var h host
	earlier, now := newRunning("cell1"), newRunning("cell2")
	h.cell.Store(now)
	if h.failCell(earlier, &Failure{Name: "panic"}) {
		t.Error("a cell that has ended is said to run")
	}
	if now.isStopping() || now.failure() != nil {
		t.Error("the next cell was stopped")
	}
}
