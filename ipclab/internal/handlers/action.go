package handlers

import "golang.org/x/sys/unix"

// An Action is what a process does on a signal, as sigaction(2) has it.
type Action struct {
	Handler func(*Info) // nil: the default action, unless Ignore
	Ignore  bool
	Flags   uint64 // of sigaction(2)
	Mask    Set    // blocked too while the handler runs
}

// Flags of sigaction(2), by the kernel's numbers for amd64 and arm64.
const (
	NoChildStop = 0x00000001
	NoChildWait = 0x00000002
	Restart     = 0x10000000
	NoDefer     = 0x40000000
	ResetHand   = 0x80000000
)

// actions are what was set here, by signal. Only the goroutine that takes signals uses them.
var actions [last + 1]struct {
	Action
	set bool
}

// SetAction says what the process does on a signal. Precondition: Claim has returned nil on this goroutine. Errors: those of
// sigaction(2).
func SetAction(sig int, a Action) error {
	old := actions[sig]
	actions[sig].Action, actions[sig].set = a, true
	if err := install(sig); err != nil {
		actions[sig] = old
		return err
	}
	return nil
}

// install gives the kernel what is set for a signal.
func install(sig int) error {
	a := actions[sig]
	flags := a.Flags & (NoChildStop | NoChildWait)
	switch {
	case a.Handler != nil:
		return setAction(sig, caught(onSignalPC(), flags))
	case a.Ignore:
		return setAction(sig, action{handler: handlerIgnore, flags: flags})
	}
	return setAction(sig, action{flags: flags})
}

// GetAction returns what the process does on a signal. For one that nobody set, that is the default action or to ignore
// it: a handler of the Go runtime's is not told.
func GetAction(sig int) (Action, error) {
	a, err := getAction(sig)
	if err != nil {
		return Action{}, err
	}
	if Here() && actions[sig].set {
		return actions[sig].Action, nil
	}
	return Action{Ignore: a.handler == handlerIgnore, Flags: a.flags & (NoChildStop | NoChildWait)}, nil
}

// SetDefault is SetAction of the default action for a signal that cannot be taken, a fault. It needs no Claim.
func SetDefault(sig int) error { return setAction(sig, action{}) }

// Mask returns what the calling thread blocks, of what can be taken.
func Mask() Set { return getMask() & Takeable() }

// SetMask blocks the set and nothing else, and returns what was blocked. Signals that are let in are taken before it
// returns. Precondition: Claim has returned nil on this goroutine.
func SetMask(s Set) (old Set) {
	coverNew()
	old = shut()
	open(s)
	return old
}

// ChangeMask is SetMask of what change makes of the present set.
func ChangeMask(change func(Set) Set) (old Set) {
	coverNew()
	old = shut()
	open(change(old))
	return old
}

// Pending returns the signals that are blocked and have come, for the calling thread or the process. See sigpending(2).
// Precondition: Claim has returned nil on this goroutine.
func Pending() (Set, error) {
	coverNew()
	Run()
	return pending()
}

// Raise sends a signal to the calling thread. Its function, if it is not blocked, has run when Raise returns.
func Raise(sig int) error {
	if err := unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.Signal(sig)); err != nil {
		return err
	}
	Run()
	return nil
}
