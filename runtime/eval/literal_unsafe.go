package eval

import (
	"reflect"
	"sync"
	"unsafe"
)

// The function that the interpreter makes of a function literal recovers every
// panic and begins it again, as its step of a call does. When it ends, it puts
// back what was in its place in the frame before, where another goroutine may
// just have put the next function that it is about to call. Here is one that
// lets panics pass and leaves the place alone.

// fastLiteral makes the step of a function literal, after the interpreter has
// made its own. It returns nil where that has to stay.
func fastLiteral(n unsafe.Pointer) step {
	l := literalOf(n)
	if l == nil {
		return nil
	}
	level, index, next := *at[int](n, frames.level), *at[int](n, frames.findex), getExec(*at[unsafe.Pointer](n, nodes.tnext))
	return func(frame unsafe.Pointer) step {
		captured, mu := cloneFrame(frame), at[sync.RWMutex](frame, frames.mutex)
		f := reflect.MakeFunc(l.typ, func(in []reflect.Value) []reflect.Value { return l.run(captured, in) })
		mu.Lock()
		(*at[[]reflect.Value](outward(frame, level), frames.data))[index] = f
		mu.Unlock()
		return next
	}
}

// A literal is a function literal.
type literal struct {
	typ     reflect.Type
	types   []reflect.Type // of its results, parameters and other values
	results int
	start   unsafe.Pointer
}

// literalOf returns nil if an argument has to be converted.
func literalOf(n unsafe.Pointer) *literal {
	typ := *at[unsafe.Pointer](n, frames.typ)
	l := &literal{
		typ:     typeOf(typ),
		types:   *at[[]reflect.Type](n, frames.types),
		results: len(*at[[]unsafe.Pointer](typ, frames.ret)),
		start:   *at[unsafe.Pointer]((*at[[]unsafe.Pointer](n, nodes.child))[3], nodes.start),
	}
	for i := range l.typ.NumIn() {
		if k := l.results + i; k < len(l.types) && boxes(l.types[k]) {
			return nil
		}
	}
	return l
}

func (l *literal) run(captured unsafe.Pointer, in []reflect.Value) []reflect.Value {
	frame := newFrame(captured, len(l.types), *at[uint64](captured, frames.id))
	data := *at[[]reflect.Value](frame, frames.data)
	for i, t := range l.types {
		data[i] = reflect.New(t).Elem()
	}
	for i, argument := range in {
		if l.results+i < len(data) { // those that are not used may have no place
			data[l.results+i].Set(argument)
		}
	}
	for run := *at[step](l.start, nodes.exec); run != nil; {
		run = run(frame)
	}
	return data[:l.results]
}

// outward is the frame so many levels out.
func outward(frame unsafe.Pointer, level int) unsafe.Pointer {
	if level < 0 {
		return *at[unsafe.Pointer](frame, frames.root)
	}
	for range level {
		frame = *at[unsafe.Pointer](frame, frames.anc)
	}
	return frame
}

// The interpreter's own: the reflection type of one of its types, and what makes
// and copies frames.
//
//go:linkname typeOf github.com/traefik/yaegi/interp.(*itype).TypeOf
func typeOf(typ unsafe.Pointer) reflect.Type

//go:linkname newFrame github.com/traefik/yaegi/interp.newFrame
func newFrame(outer unsafe.Pointer, length int, id uint64) unsafe.Pointer

//go:linkname cloneFrame github.com/traefik/yaegi/interp.(*frame).clone
func cloneFrame(frame unsafe.Pointer) unsafe.Pointer
