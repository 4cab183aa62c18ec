// Package sync is the source of the generic functions of package sync for
// cells, which instantiate it; see the package comment of lib.
package sync

import "sync"

// OnceValue is sync.OnceValue.
func OnceValue[T any](f func() T) func() T {
	var once sync.Once
	var result T
	var failure any
	done := false
	return func() T {
		once.Do(func() {
			defer func() {
				if !done {
					failure = recover()
				}
			}()
			result = f()
			done = true
		})
		if !done {
			panic(failure)
		}
		return result
	}
}

// OnceValues is sync.OnceValues.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var once sync.Once
	var r1 T1
	var r2 T2
	var failure any
	done := false
	return func() (T1, T2) {
		once.Do(func() {
			defer func() {
				if !done {
					failure = recover()
				}
			}()
			r1, r2 = f()
			done = true
		})
		if !done {
			panic(failure)
		}
		return r1, r2
	}
}
