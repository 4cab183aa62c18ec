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

// Tripped reports false.
func (*Wire) Tripped() bool { return false }

// Group returns 0.
func (*Wire) Group() int { return 0 }

// Settle does nothing.
func (*Wire) Settle() {}

// Disarm does nothing.
func (*Wire) Disarm() (tripped bool) { return false }

// ComeFirst does nothing.
func ComeFirst(tid int) {}

// Wake does nothing.
func (*Wire) Wake() {}

// Wait waits.
func (*Wire) Wait(limit time.Duration) bool {
	time.Sleep(limit)
	return false
}
