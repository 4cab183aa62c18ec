// Package iter is the source of the generic functions of package iter for cells,
// which instantiate it; see the package comment of lib.
package iter

import "iter"

// Pull is iter.Pull.
func Pull[V any](seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	next2, stop := Pull2(func(yield func(V, bool) bool) {
		for v := range seq {
			if !yield(v, true) {
				return
			}
		}
	})
	return func() (V, bool) {
		v, _, ok := next2()
		return v, ok
	}, stop
}

// Pull2 is iter.Pull2.
func Pull2[K, V any](seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	more := make(chan bool)
	done := make(chan bool)
	started, finished := false, false
	var k K
	var v V
	run := func() {
		defer close(done)
		if !<-more {
			return
		}
		for a, b := range seq {
			k, v = a, b
			done <- true
			if !<-more {
				return
			}
		}
	}
	ask := func(on bool) bool {
		if finished {
			return false
		}
		if !started {
			started = true
			go run()
		}
		finished = true // it stays so if the wait for seq is interrupted
		more <- on
		finished = !<-done
		return !finished
	}
	next = func() (K, V, bool) {
		if !ask(true) {
			var zeroK K
			var zeroV V
			return zeroK, zeroV, false
		}
		return k, v, true
	}
	stop = func() {
		if !started {
			finished = true
		}
		ask(false)
	}
	return next, stop
}
