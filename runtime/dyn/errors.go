package dyn

import "fmt"

// An errorBox is a value of a cell's type as an error. Two are equal when type
// and value are, as errors.Is wants.
type errorBox struct{ b box }

func (e errorBox) unbox() (*Type, any) { return e.b.unbox() }

// Format implements fmt.Formatter.
func (e errorBox) Format(s fmt.State, verb rune) { e.b.Format(s, verb) }

func (e errorBox) Error() string {
	f, _ := e.b.t.method("Error").(func(any) string)
	if f == nil {
		return fmt.Sprint(e.b)
	}
	return f(e.b.self())
}

// self is the interface value that methods take.
func (b box) self() any {
	if b.t.boxed {
		return b
	}
	return b.v
}

// Is implements what errors.Is looks for, by the type's own method.
func (e errorBox) Is(target error) bool {
	f, _ := e.b.t.method("Is").(func(any, error) bool)
	return f != nil && f(e.b.self(), target)
}

// As implements what errors.As looks for, by the type's own method.
func (e errorBox) As(target any) bool {
	f, _ := e.b.t.method("As").(func(any, any) bool)
	return f != nil && f(e.b.self(), target)
}

type wrappingError struct{ errorBox }

func (e wrappingError) Unwrap() error { return e.b.t.method("Unwrap").(func(any) error)(e.b.self()) }

type joinedError struct{ errorBox }

func (e joinedError) Unwrap() []error { return e.b.t.method("Unwrap").(func(any) []error)(e.b.self()) }

// ToError makes an error of an interface value; ok is false if it is none.
func ToError(x any) (err error, ok bool) {
	switch x := x.(type) {
	case nil:
		return nil, false
	case error:
		return x, true
	}
	t, v := dynamic(x)
	if _, ok := t.method("Error").(func(any) string); !ok {
		return nil, false
	}
	e := errorBox{box{t, v}}
	switch t.method("Unwrap").(type) {
	case func(any) error:
		return wrappingError{e}, true
	case func(any) []error:
		return joinedError{e}, true
	}
	return e, true
}

// AsError is ToError for a value that the type checker knows to be an error.
func AsError(x any) error {
	err, _ := ToError(x)
	return err
}

// FindError looks through err and what it wraps, as errors.As does, for one that
// found accepts. It is given the interface value, out of the error.
func FindError(err error, found func(any) bool) bool {
	for err != nil {
		if found(Raw(err)) {
			return true
		}
		switch u := err.(type) {
		case interface{ Unwrap() error }:
			err = u.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range u.Unwrap() {
				if FindError(e, found) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}
