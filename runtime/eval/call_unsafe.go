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
			pass(a.data[c.results+i], argument(frame))
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

// pass sets a parameter, which is zero, to an argument. The interpreter's nil has
// the type of no parameter.
func pass(parameter, argument reflect.Value) {
	switch kind := parameter.Kind(); {
	case kind <= reflect.Complex128, kind == reflect.Interface, !argument.IsZero():
		parameter.Set(argument)
	}
}

// argumentsOf are where the arguments of a call come from; nil if it is not
// known how to convert one of them, or one is several.
func argumentsOf(n unsafe.Pointer, c *callee) []placeOf {
	places := []placeOf{}
	for i, x := range (*at[[]unsafe.Pointer](n, nodes.child))[1:] {
		t, param := c.types[c.results+i], c.params[i]
		switch {
		case boxes(t):
			return nil
		case t.Kind() == reflect.Func && frames.catOf(param) == "funcT":
			places = append(places, genFuncValue(x))
		case t.Kind() == reflect.Func:
			return nil
		case t.Kind() != reflect.Interface:
			places = append(places, genValue(x))
		case frames.catOf(param) == "valueT", frames.catOf(param) == "errorT":
			places = append(places, genInterfaceWrapper(x, *at[reflect.Type](param, frames.rtype)))
		case frames.catOf(param) == "interfaceT" && len(*at[[]unsafe.Pointer](*at[unsafe.Pointer](x, frames.typ), frames.method)) == 0:
			places = append(places, genValue(x))
		default:
			return nil
		}
	}
	return places
}

// The interpreter's own: they make the functions that find a node's value where
// a function or an interface value is wanted.
//
//go:linkname genFuncValue github.com/traefik/yaegi/interp.genFuncValue
func genFuncValue(n unsafe.Pointer) func(frame unsafe.Pointer) reflect.Value

//go:linkname genInterfaceWrapper github.com/traefik/yaegi/interp.genInterfaceWrapper
func genInterfaceWrapper(n unsafe.Pointer, t reflect.Type) func(frame unsafe.Pointer) reflect.Value

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
	if level == 0 {
		return func(frame unsafe.Pointer) reflect.Value { return (*at[[]reflect.Value](frame, frames.data))[index] }
	}
	return func(frame unsafe.Pointer) reflect.Value {
		return (*at[[]reflect.Value](outward(frame, level), frames.data))[index]
	}
}

// getExec is the interpreter's own: it returns a node's step, and has it made
// before.
//
//go:linkname getExec github.com/traefik/yaegi/interp.getExec
func getExec(n unsafe.Pointer) step
