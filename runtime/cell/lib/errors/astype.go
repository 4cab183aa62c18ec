// Package errors is the source of the generic function of package errors for
// cells, which instantiate it; see the package comment of lib.
package errors

import "errors"

// AsType is errors.AsType.
func AsType[E error](err error) (E, bool) {
	var e E
	ok := errors.As(err, &e)
	return e, ok
}
