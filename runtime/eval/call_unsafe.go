package eval

import (
	"reflect"
	"unsafe"
)

// A placeOf finds a value in a frame.
type placeOf func(frame unsafe.Pointer) reflect.Value

// fastCall makes the step of a call, after the interpreter has made its own. It
// returns nil where that has to stay.
func (t *tracer) fastCall(n unsafe.Pointer) step {
	if framesErr != nil || nodes.actionOf(n) != "call" {
		return nil
	}
	c := t.calleeOf(n)
	if c == nil || c.arity != len(*at[[]unsafe.Pointer](n, nodes.child))-1 {
		return nil
	}
	arguments, results := argumentsOf(n, c), resultsOf(n, c)
	if arguments == nil || results == nil {
		return nil
	}
	body := (*at[[]unsafe.Pointer](c.def, nodes.child))[3]
	start := *at[unsafe.Pointer](body, nodes.start)
	yes, no := getExec(*at[unsafe.Pointer](n, nodes.tnext)), getExec(*at[unsafe.Pointer](n, nodes.fnext))
	return func(frame unsafe.Pointer) step {
		a := c.begin(frame)
		for i, result := range results {
			if result != nil {
				a.data[i] = result(frame)
			}
		}
		for i, argument := range arguments {
			a.data[c.results+i].Set(argument(frame))
		}
		for run := *at[step](start, nodes.exec); run != nil; {
			run = run(a.frame)
		}
		next := yes
		if no != nil && !a.data[0].Bool() {
			next = no
		}
		c.end(a)
		return next
	}
}

// argumentsOf are where the arguments of a call come from; nil if one of them
// has to be converted, or is several.
func argumentsOf(n unsafe.Pointer, c *callee) []placeOf {
	places := []placeOf{}
	for i, x := range (*at[[]unsafe.Pointer](n, nodes.child))[1:] {
		switch t := c.types[c.results+i]; {
		case t.Kind() == reflect.Interface, t.Kind() == reflect.Func, boxes(t):
			return nil
		}
		places = append(places, genValue(x))
	}
	return places
}

// resultsOf are where the results of a call go, nil for one that is dropped;
// it returns nil if one has to be converted.
func resultsOf(n unsafe.Pointer, c *callee) []placeOf {
	places := make([]placeOf, c.results)
	parent := *at[unsafe.Pointer](n, nodes.anc)
	level, first := *at[int](n, frames.level), *at[int](n, frames.findex)
	var names []unsafe.Pointer
	switch frames.kinds[*at[uint](parent, nodes.kind)] {
	case "goStmt", "deferStmt":
		return nil
	case "defineXStmt", "assignXStmt":
		names = *at[[]unsafe.Pointer](parent, nodes.child)
	case "returnStmt":
		level = 0
	}
	for i := range places {
		if boxes(c.types[i]) {
			return nil
		}
		if names == nil || *at[string](names[i], frames.ident) != "_" {
			places[i] = inFrame(level, first+i)
		}
	}
	return places
}

// boxes tells the type of the interpreter's own values of interface types, which
// need conversions.
func boxes(t reflect.Type) bool { return t.Name() == "valueInterface" }

// inFrame is a place in the frame so many levels out.
func inFrame(level, index int) placeOf {
	switch level {
	case 0:
		return func(frame unsafe.Pointer) reflect.Value { return (*at[[]reflect.Value](frame, frames.data))[index] }
	case -1:
		return func(frame unsafe.Pointer) reflect.Value {
			return (*at[[]reflect.Value](*at[unsafe.Pointer](frame, frames.root), frames.data))[index]
		}
	}
	return func(frame unsafe.Pointer) reflect.Value {
		for range level {
			frame = *at[unsafe.Pointer](frame, frames.anc)
		}
		return (*at[[]reflect.Value](frame, frames.data))[index]
	}
}

// getExec is the interpreter's own: it returns a node's step, and has it made
// before.
//
//go:linkname getExec github.com/traefik/yaegi/interp.getExec
func getExec(n unsafe.Pointer) step
