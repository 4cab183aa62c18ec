package main

import (
	"slices"
	"syscall"
	"testing"
)

func TestIgnoredIn(t *testing.T) {
	for status, want := range map[string][]syscall.Signal{
		"":                                      nil,
		"SigIgn:\tnonsense\n":                   nil,
		"SigIgn:\t0000000000000000\n":           nil,
		"Name:\tx\nSigIgn:\t0000000000000006\n": {syscall.SIGINT, syscall.SIGQUIT},
		"SigIgn:\t8000000180000002\nSigCgt:\t1\n": {syscall.SIGINT, 64},
	} {
		if got := ignoredIn(status); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", status, got, want)
		}
	}
}
