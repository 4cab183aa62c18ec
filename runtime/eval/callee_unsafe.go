package eval

import (
	"reflect"
	"sync"
	"unsafe"
)

// The step that calls an interpreted function is where recursion spends its time:
// the interpreter allocates a frame, a list of values and one value for each
// variable and each intermediate result, and recovers every panic to begin it
// again, which costs more the deeper it is. Here that step is replaced where the
// callee is known when the step is made, by one that does the same with
// less:
//   - panics pass: lowered code has no deferred calls of the interpreter's kind;
//   - frames are used again where nothing can refer to one after the call: see
//     callee.reusable.
//
// What else is assumed of the interpreter: package eval never cancels a run, which
// a frame's id is for; and genValue of a declared function gives its node.

// A callee is a declared function, as those who call it need it.
type callee struct {
	def      unsafe.Pointer
	types    []reflect.Type
	results  int
	arity    int
	params   []unsafe.Pointer // the interpreter's types of them
	reusable bool             // its frames can be used again
	free     sync.Pool        // of *activation
}

// An activation is a frame with the values that belong to it: the variables and
// intermediate results of a function.
type activation struct {
	frame  unsafe.Pointer
	data   []reflect.Value // what the frame has now: results are its caller's
	values []reflect.Value
}

// calleeOf returns what a step of a call calls, or nil if that is not known or
// not a plain function.
func (t *tracer) calleeOf(n unsafe.Pointer) *callee {
	children := *at[[]unsafe.Pointer](n, nodes.child)
	sym := *at[unsafe.Pointer](children[0], frames.sym)
	if frames.kinds[*at[uint](children[0], nodes.kind)] != "identExpr" || sym == nil || *at[int](sym, frames.symIndex) >= 0 {
		return nil
	}
	declared := *at[unsafe.Pointer](sym, frames.symNode)
	if declared == nil || frames.kinds[*at[uint](declared, nodes.kind)] != "funcDecl" {
		return nil
	}
	value := genValue(children[0])(nil)
	if value.Type() != frames.node || value.UnsafePointer() != declared || at[reflect.Value](declared, nodes.rval).IsValid() {
		return nil
	}
	return t.callees[declared]
}

// declare describes a declared function while its tree is whole. A cell's entry
// is called by nobody and would be kept for nothing.
func (t *tracer) declare(def unsafe.Pointer) {
	name := (*at[[]unsafe.Pointer](def, nodes.child))[1]
	if framesErr != nil || userName(*at[string](name, frames.ident)) == "" {
		return
	}
	typ := *at[unsafe.Pointer](def, frames.typ)
	c := &callee{
		def:     def,
		types:   *at[[]reflect.Type](def, frames.types),
		results: len(*at[[]unsafe.Pointer](typ, frames.ret)),
	}
	args := *at[[]unsafe.Pointer](typ, frames.arg)
	c.arity, c.params = len(args), args
	if c.arity > 0 && frames.catOf(args[c.arity-1]) == "variadicT" || len(c.types) < c.results+c.arity {
		c.arity = -1
	}
	c.reusable = reusable(c.types, def)
	t.callees[def] = c
}

// reusable tells functions of which nothing can refer to a variable after they
// have returned: there are no function literals, addresses and method values in
// them, and no variable is of a kind that can be taken apart or has methods.
func reusable(types []reflect.Type, def unsafe.Pointer) bool {
	for _, t := range types {
		switch t.Kind() {
		case reflect.Struct, reflect.Array, reflect.Interface, reflect.UnsafePointer:
			return false
		}
		if t.PkgPath() != "" {
			return false
		}
	}
	return !keepsVariables(def)
}

func keepsVariables(n unsafe.Pointer) bool {
	switch frames.kinds[*at[uint](n, nodes.kind)] {
	case "funcLit", "addressExpr", "goStmt", "deferStmt", "selectStmt", "typeSwitch":
		return true
	case "selectorExpr":
		if isMethodValue(n) {
			return true
		}
	}
	for _, c := range *at[[]unsafe.Pointer](n, nodes.child) {
		if keepsVariables(c) {
			return true
		}
	}
	return false
}

// isMethodValue tells methods, and fields that are functions, from other fields
// and the members of packages, whose value is known.
func isMethodValue(n unsafe.Pointer) bool {
	typ := *at[unsafe.Pointer](n, frames.typ)
	if typ == nil || at[reflect.Value](n, nodes.rval).IsValid() {
		return false
	}
	rtype := *at[reflect.Type](typ, frames.rtype)
	return frames.catOf(typ) == "funcT" || rtype != nil && rtype.Kind() == reflect.Func
}

// begin makes the frame of a call.
func (c *callee) begin(caller unsafe.Pointer) *activation {
	a, _ := c.free.Get().(*activation)
	if a == nil {
		a = c.newActivation()
	}
	*at[unsafe.Pointer](a.frame, frames.root) = *at[unsafe.Pointer](caller, frames.root)
	*at[unsafe.Pointer](a.frame, frames.anc) = caller
	*at[uint64](a.frame, frames.id) = *at[uint64](caller, frames.id)
	*at[reflect.SelectCase](a.frame, frames.done) = *at[reflect.SelectCase](caller, frames.done)
	return a
}

func (c *callee) newActivation() *activation {
	a := &activation{frame: reflect.New(frames.of).UnsafePointer(), data: make([]reflect.Value, len(c.types))}
	*at[[]reflect.Value](a.frame, frames.data) = a.data
	for i, t := range c.types {
		a.data[i] = reflect.New(t).Elem()
	}
	if c.reusable {
		a.values = append(a.values, a.data...)
	}
	return a
}

// end is called when a call has returned.
func (c *callee) end(a *activation) {
	if !c.reusable {
		return
	}
	*at[unsafe.Pointer](a.frame, frames.anc) = nil
	copy(a.data, a.values)
	for _, v := range a.values {
		v.SetZero()
	}
	c.free.Put(a)
}
