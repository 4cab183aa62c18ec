package eval_test

import (
	"testing"

	"ipclab/ipclab/interrupts"
)

// TestStepRunsHandlers: code that finds the flag set has the handlers of signals run, on its goroutine, and goes on where
// it was: after a step that calls something, and where lowered code looks for interrupts.
func TestStepRunsHandlers(t *testing.T) {
	for name, body := range map[string]string{
		"call":       `n := strconv.Itoa(40); host.Result(n + "2")`,
		"checkpoint": `n := 40; if *host.Stop { host.Interrupted() }; n += 2; host.Result(n)`,
	} {
		i := newInterpreter()
		run(t, i, "cell1", "import \"ipclab\"\nvar _ = ipclab.Fork\nfunc cell1() {}")
		ran := 0
		interrupts.SetSignals(func(done func()) { ran++; done() })
		*interrupts.Step() = true
		o := run(t, i, "cell2", `import host "ipclab/host"
import "strconv"
var _ = strconv.Itoa
func cell2() { `+body+` }`)
		interrupts.SetSignals(func(func()) {})
		if got := plain(t, o); got != "402" && name == "call" || got != "42" && name == "checkpoint" {
			t.Errorf("%s: result %q", name, got)
		}
		if ran != 1 || *interrupts.Step() {
			t.Errorf("%s: handlers were asked for %d times, and the flag is %v; want once, and false", name, ran, *interrupts.Step())
		}
	}
}
