package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/proc"
)

func ExampleSignals() {
	for _, r := range ipclab.Signals().Rows()[:4] {
		fmt.Println(r.Number, r.Name, r.Default, r.Catchable, r.Description)
	}
	// Output:
	// 1 SIGHUP terminate true the terminal was hung up, or the session's leader ended
	// 2 SIGINT terminate true interrupt from the terminal, Ctrl-C
	// 3 SIGQUIT core true quit from the terminal, Ctrl-\
	// 4 SIGILL core true illegal instruction
}

func ExampleLostSignals() {
	t, err := ipclab.LostSignals(ipclab.LostSignalsOptions{Signals: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		if r.Blocked {
			fmt.Println(r.Signal, "sent", r.Sent, "delivered", r.Delivered, "in order", r.InOrder)
		} else {
			fmt.Println(r.Signal, "some lost:", r.Lost() > 0)
		}
	}
	// Output:
	// SIGUSR1 sent 50 delivered 1 in order true
	// SIGRTMIN sent 50 delivered 50 in order true
	// SIGUSR1 some lost: true
	// SIGRTMIN some lost: false
}

func ExampleInterruption() {
	t, err := ipclab.Interruption(ipclab.InterruptionOptions{Alarm: 5 * time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Call, "SA_RESTART:", r.Restart, "handled:", r.Handled, "returned:", r.Result)
	}
	// Output:
	// read SA_RESTART: false handled: 1 returned: -1, EINTR
	// read SA_RESTART: true handled: 1 returned: 5 bytes
	// ppoll SA_RESTART: true handled: 1 returned: -1, EINTR
}

func ExampleAlarmRace() {
	// Alarms of 1 µs ring before pause can begin.
	t, err := ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: 40, Alarm: 2 * time.Microsecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Method+":", "hangs caught:", r.Hangs > 0)
	}
	// Output:
	// alarm, pause: hangs caught: true
	// alarm, pause, siglongjmp: hangs caught: false
	// alarm, sigsuspend: hangs caught: false
	// alarm, ppoll: hangs caught: false
}

func ExampleSigset() {
	s := ipclab.NewSigset(unix.SIGINT, unix.SIGTERM).Add(ipclab.RtMin).Del(unix.SIGINT)
	fmt.Println(s, s.Has(unix.SIGTERM), s.Has(unix.SIGINT), s.Has(99))
	fmt.Println(len(ipclab.Sigfillset().Signals()))
	// Output:
	// {SIGTERM SIGRTMIN} true false false
	// 64
}

func ExamplePpoll() {
	inChild(func() {
		ipclab.Signal(unix.SIGUSR1, func(unix.Signal) { fmt.Println("handler") })
		ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGUSR1))
		ipclab.Raise(unix.SIGUSR1) // pending
		r, _, _ := ipclab.Pipe()
		fds := []unix.PollFd{{Fd: int32(r), Events: unix.POLLIN}}
		none := ipclab.Sigset(0)
		_, err := ipclab.Ppoll(fds, time.Minute, &none) // lets it in
		fmt.Println(err)
	})
	// Output:
	// handler
	// ppoll: interrupted system call (EINTR)
}

func TestSignalExperimentErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   unix.Errno
		text string
	}{
		{last(ipclab.LostSignals(ipclab.LostSignalsOptions{Signals: -1})), unix.EINVAL, "LostSignals: options: -1 signals"},
		{last(ipclab.LostSignals(ipclab.LostSignalsOptions{Handler: -1})), unix.EINVAL, "LostSignals: options: handler"},
		{last(ipclab.LostSignals(ipclab.LostSignalsOptions{}, ipclab.LostSignalsOptions{})), unix.EINVAL, "given 2 times"},
		{last(ipclab.LostSignals(ipclab.LostSignalsOptions{Handler: time.Second, Limit: time.Millisecond})), unix.ETIMEDOUT, "LostSignals: SIG"},
		{last(ipclab.Interruption(ipclab.InterruptionOptions{Alarm: -1})), unix.EINVAL, "Interruption: options: alarm"},
		{last(ipclab.Interruption(ipclab.InterruptionOptions{Limit: time.Hour})), unix.EINVAL, "Interruption: options: limit"},
		{last(ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: -1})), unix.EINVAL, "AlarmRace: options: -1 runs"},
		{last(ipclab.AlarmRace(ipclab.AlarmRaceOptions{Alarm: 1})), unix.EINVAL, "AlarmRace: options: alarm"},
		{last(ipclab.AlarmRace(ipclab.AlarmRaceOptions{Patience: 1})), unix.EINVAL, "AlarmRace: options: patience"},
		{last(ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: 1e6, Limit: 20 * time.Millisecond})), unix.ETIMEDOUT, "AlarmRace: alarm, pause: "},
	} {
		if !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.text) {
			t.Errorf("%v, want %v and %q", c.err, c.is, c.text)
		}
	}
}

// TestSignalExperimentsInAChild: a process with handlers of its own can experiment too, and keeps them.
func TestSignalExperimentsInAChild(t *testing.T) {
	got := said(t, func(say func(...any)) {
		ipclab.Signal(unix.SIGUSR1, func(unix.Signal) { say("mine") })
		ipclab.Sigprocmask(unix.SIG_BLOCK, ipclab.NewSigset(unix.SIGUSR2))
		race, err := ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: 5})
		say(len(race.Rows()), err)
		lost, err := ipclab.LostSignals(ipclab.LostSignalsOptions{Signals: 5})
		say(len(lost.Rows()), err)
		old, _ := ipclab.Sigprocmask(unix.SIG_BLOCK, 0)
		ipclab.Raise(unix.SIGUSR1)
		say(old)
	})
	if want := "4 <nil>\n4 <nil>\nmine\n{SIGUSR2}\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSignalExperimentsLeaveNothing: dispositions and masks of this process are what they were. Children and
// descriptors that were left would fail the whole run.
func TestSignalExperimentsLeaveNothing(t *testing.T) {
	before, err := proc.ReadSignals(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ipclab.LostSignals(ipclab.LostSignalsOptions{Signals: 5}); err != nil {
		t.Error(err)
	}
	if _, err := ipclab.Interruption(ipclab.InterruptionOptions{Alarm: time.Millisecond}); err != nil {
		t.Error(err)
	}
	if _, err := ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: 5}); err != nil {
		t.Error(err)
	}
	after, err := proc.ReadSignals(os.Getpid())
	if err != nil || after.Ignored != before.Ignored || after.Blocked != before.Blocked || after.Caught != before.Caught {
		t.Errorf("after: %+v, before: %+v, %v", after, before, err)
	}
}

// TestSignalExperimentKilled: whoever is killed in the middle does not leave the process that takes the signals.
func TestSignalExperimentKilled(t *testing.T) {
	r, w := pipe(t)
	experimenter := spawn(t, func() {
		ipclab.AlarmRace(ipclab.AlarmRaceOptions{Runs: 1e6, Alarm: time.Second, Limit: time.Minute})
	})
	w.Close() // its child has it too
	within(t, func() {
		for !hasChild(experimenter.Pid()) {
			time.Sleep(100 * time.Microsecond)
		}
	})
	experimenter.Kill()
	if status, err := experimenter.Wait(); err != nil || !status.Signaled() {
		t.Errorf("the experiment had ended before: %v, %v", status, err)
	}
	within(t, func() {
		if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("read %d, %v", n, err)
		}
	})
}

// hasChild reports whether a process has a child.
func hasChild(pid int) bool {
	all, _ := proc.All()
	return len(proc.Descendants(all, pid)) > 1
}
