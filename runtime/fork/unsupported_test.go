//go:build !linux || !(amd64 || arm64) || cgo

package fork

import (
	"errors"
	"testing"
)

func TestUnsupported(t *testing.T) {
	if err := Init(); !errors.Is(err, ErrUnsupported) {
		t.Errorf("Init: %v", err)
	}
	if pid, err := Fork(); pid != -1 || !errors.Is(err, ErrUnsupported) {
		t.Errorf("Fork: %d, %v", pid, err)
	}
	if InChild() {
		t.Error("InChild is true")
	}
	ReplaceInChild(0, 1)
	OnChild(func() {})
	BeforeFork(func() {})
}
