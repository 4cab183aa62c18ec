package handlers

import "sync/atomic"

// A noted signal waits for its function.
type noted struct {
	info   Info
	mask   Set  // of the thread when it came
	inCall bool // it interrupted a call that waited
}

// take returns the noted signal and makes room for the next, which cannot come before a mask is set.
func take() noted {
	n := noted{info: Info{words: now.info}, mask: Set(now.mask), inCall: now.inCall != 0}
	if now.armed != 0 {
		now.armed = 0
		stopTimer(now.timer)
	}
	atomic.StoreUint32(&now.pending, 0)
	return n
}

// taken says what was run.
type taken struct {
	any     bool // a function ran
	inCall  bool // the first was for a signal that interrupted a call
	restart bool // the first had Restart
}

// run runs the functions of signals that are noted, and of those that come meanwhile.
func run() (t taken) {
	for atomic.LoadUint32(&now.pending) != 0 {
		n := take()
		restart := handle(n, n.mask, n.mask)
		if !t.any {
			t = taken{any: true, inCall: n.inCall, restart: restart}
		}
	}
	return t
}

// handle runs the function for a signal, under the mask during with what the action adds, and has the mask after from
// then on, also after a panic. It returns whether the action had Restart.
func handle(n noted, during, after Set) (restart bool) {
	sig := n.info.Signal()
	a := actions[sig].Action
	if a.Handler == nil { // it was taken away when the signal had come
		open(after)
		return true
	}
	if a.Flags&ResetHand != 0 {
		_ = SetAction(sig, Action{})
	}
	during |= a.Mask
	if a.Flags&NoDefer == 0 {
		during |= 1 << (sig - 1)
	}
	defer func() {
		shut()
		open(after)
	}()
	open(during)
	a.Handler(&n.info)
	return a.Flags&Restart != 0
}

// shut blocks everything that can be blocked and returns what was blocked. No signal is noted from then on, and none is
// waiting for its function.
func shut() (old Set) {
	run()
	old = getMask()
	setMask(Takeable())
	for atomic.LoadUint32(&now.pending) != 0 { // it came between the two; its mask is the one before
		old = Set(now.mask)
		n := take()
		handle(n, n.mask, Takeable())
	}
	return old
}

// open sets the mask and runs the functions of the signals that it lets in. Precondition: shut has been called.
func open(s Set) {
	setMask(s)
	run()
}

// Run runs the functions of signals that have come, if this goroutine takes them.
func Run() {
	if atomic.LoadUint32(&now.pending) != 0 && Here() {
		run()
	}
}

// step is what the evaluator calls at a step, with a function that has it call no more.
func step(done func()) {
	if !Here() {
		return
	}
	if done != nil {
		done()
	}
	run()
}
