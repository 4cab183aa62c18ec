//go:build !linux || !(amd64 || arm64)

package tripwire

import (
	"errors"
	"time"
)

// A Wire cannot be had here.
type Wire struct{}

// Set returns an error.
func Set() (*Wire, error) {
	return nil, errors.New("the tripwire is made for Linux on amd64 and arm64")
}

// Arm does nothing.
func (*Wire) Arm(group, more int, drop uint64) {}

// Armed reports false.
func (*Wire) Armed() bool { return false }

// Disarm does nothing.
func (*Wire) Disarm() {}

// ComeFirst does nothing.
func ComeFirst(tid int) {}

// Wake does nothing.
func (*Wire) Wake() {}

// Wait waits.
func (*Wire) Wait(limit time.Duration) bool {
	time.Sleep(limit)
	return false
}
