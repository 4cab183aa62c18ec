// Package fork is fork(2) for a Go process: the copy has every thread and every goroutine.
package fork

import "errors"

// ErrUnsupported is returned where fork cannot work.
var ErrUnsupported = errors.New("fork: not supported")
