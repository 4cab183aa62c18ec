package eval

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// The interpreter turns each node of a program's tree into a function, its step,
// and runs steps one after another. It forgets which step it is at: a panic tells
// where the function begins, not which line of it was reached. So between the
// compilation of a program and the making of its steps, each node's generator
// is replaced by one that puts a witness around the step. A witness costs one
// call and a deferred function, where a step that calls a function costs
// ten times as much; steps that cannot panic have none.
//
// What is assumed of the interpreter, whose version go.mod holds:
//   - interp.Program has a field root of type *node;
//   - node has the fields child, pos, action, exec, gen, rval, start,
//     tnext, fnext, anc and kind, of the types below;
//   - a node's gen sets exec, and does so again when exec is nil and the program
//     is executed.
//
// layoutOf checks the types when the process starts; the linker finds genValue.

// A step runs a node in a frame, and returns what to run next.
type step func(frame unsafe.Pointer) step

// A generator gives a node its step.
type generator func(node unsafe.Pointer)

// layout is where the fields of an interpreter's node are.
type layout struct {
	root, child, pos, action, exec, gen, rval, start, tnext, fnext, anc, kind uintptr

	block, function uint // the kinds of a block of statements and a declared function

	names map[uint]string // of actions
}

var nodes, nodesErr = layoutOf(reflect.TypeFor[interp.Program]())

// layoutOf finds the fields, and reports those that are not as assumed.
func layoutOf(program reflect.Type) (l layout, err error) {
	field := func(t reflect.Type, name string, kind reflect.Kind) (reflect.Type, uintptr) {
		f, ok := t.FieldByName(name)
		if !ok || f.Type.Kind() != kind {
			if err == nil {
				err = fmt.Errorf("the interpreter's %v has no field %s that is a %v: lines of errors need the version in go.mod", t, name, kind)
			}
			return reflect.TypeFor[struct{}](), 0
		}
		return f.Type, f.Offset
	}
	pointer, at := field(program, "root", reflect.Pointer)
	if err != nil {
		return l, err
	}
	l.root = at
	node := pointer.Elem()
	_, l.child = field(node, "child", reflect.Slice)
	_, l.pos = field(node, "pos", reflect.Int)
	action, at := field(node, "action", reflect.Uint)
	l.action = at
	_, l.exec = field(node, "exec", reflect.Func)
	_, l.gen = field(node, "gen", reflect.Func)
	_, l.rval = field(node, "rval", reflect.Struct)
	_, l.start = field(node, "start", reflect.Pointer)
	_, l.tnext = field(node, "tnext", reflect.Pointer)
	_, l.fnext = field(node, "fnext", reflect.Pointer)
	_, l.anc = field(node, "anc", reflect.Pointer)
	kind, at := field(node, "kind", reflect.Uint)
	l.kind = at
	if err == nil {
		l.names = actionNames(action)
		l.block, l.function = number(kind, "blockStmt"), number(kind, "funcDecl")
	}
	return l, err
}

func at[T any](node unsafe.Pointer, offset uintptr) *T { return (*T)(unsafe.Add(node, offset)) }

// addWitnesses prepares a compiled program whose steps have not been made yet.
// What is at a safe position cannot panic.
func (t *tracer) addWitnesses(p *interp.Program, safe map[token.Pos]bool) {
	if nodesErr != nil {
		return
	}
	if root := *at[unsafe.Pointer](unsafe.Pointer(p), nodes.root); root != nil {
		// The step of a file does nothing, nor do those that are made like it.
		t.addWitness(root, *at[unsafe.Pointer](root, nodes.gen), safe)
	}
}

func (t *tracer) addWitness(n, nop unsafe.Pointer, safe map[token.Pos]bool) {
	if *at[uint](n, nodes.kind) == nodes.function {
		t.declare(n)
	}
	for _, c := range *at[[]unsafe.Pointer](n, nodes.child) {
		t.addWitness(c, nop, safe)
	}
	// Those of function literals have their steps already: they are made again.
	*at[step](n, nodes.exec) = nil
	made := *at[unsafe.Pointer](n, nodes.gen)
	if made == nil || made == nop || safe[*at[token.Pos](n, nodes.pos)] {
		return
	}
	gen := at[generator](n, nodes.gen)
	switch {
	case !nodes.calm(n):
		*gen = t.changedStep(*gen, true)
	case nodes.actionOf(n) == "getFunc":
		*gen = t.changedStep(*gen, false)
	}
}

// changedStep is a generator that replaces the step of another where that is of
// use, and puts a witness around it if it can panic.
func (t *tracer) changedStep(gen generator, panics bool) generator {
	return func(n unsafe.Pointer) {
		exec := at[step](n, nodes.exec)
		before := *at[unsafe.Pointer](n, nodes.exec)
		gen(n)
		// A generator may leave the node without a step, or with the one it had.
		if after := *at[unsafe.Pointer](n, nodes.exec); after == nil || after == before {
			return
		}
		if own := t.ownStep(n); own != nil {
			*exec = own
		}
		if panics {
			*exec = t.witness(n, *exec)
		}
	}
}

// ownStep is the step that is used in place of the interpreter's, or nil.
func (t *tracer) ownStep(n unsafe.Pointer) step {
	if framesErr != nil {
		return nil
	}
	switch nodes.actionOf(n) {
	case "call":
		if call := t.fastCall(n); call != nil {
			return call
		}
		return fastNative(n)
	case "getFunc":
		return fastLiteral(n)
	}
	return nil
}

// witness runs a step and notes where it is when it does not return. After the
// step, handlers run of signals that came meanwhile.
func (t *tracer) witness(n unsafe.Pointer, run step) step {
	if nodes.actionOf(n) == followAction {
		run = notNil(n, run)
	}
	return func(frame unsafe.Pointer) (next step) {
		returned := false
		defer func() {
			if !returned && t.passed(*at[token.Pos](n, nodes.pos)) {
				panic(inGoWords(recover(), operandsOf(n, frame)))
			}
		}()
		next = run(frame)
		if *t.stop {
			t.signals()
		}
		returned = true
		return next
	}
}

// notNil is the step of *p. The interpreter's own does not mind a nil pointer.
func notNil(n unsafe.Pointer, run step) step {
	pointer := genValue((*at[[]unsafe.Pointer](n, nodes.child))[0])
	return func(frame unsafe.Pointer) step {
		if p := pointer(frame); p.Kind() == reflect.Pointer && p.IsNil() {
			panic(nilDereference)
		}
		return run(frame)
	}
}

// genValue is the interpreter's own: it makes the function that finds a node's
// value in a frame.
//
//go:linkname genValue github.com/traefik/yaegi/interp.genValue
func genValue(n unsafe.Pointer) func(frame unsafe.Pointer) reflect.Value

// operandsOf are the values that a step works on: of an index expression the
// slice and the index.
func operandsOf(n, frame unsafe.Pointer) operands {
	return operands{action: nodes.actionOf(n), values: func() []reflect.Value {
		var values []reflect.Value
		for _, c := range *at[[]unsafe.Pointer](n, nodes.child) {
			values = append(values, genValue(c)(frame))
		}
		return values
	}}
}

// calmActions are the actions, as the interpreter names them, whose steps cannot
// panic: what they work on has been found by other steps.
var calmActions = strings.Fields("+ += & &= &^ &^= ^ ^= ++ -- > >= < <= && || ! | |= - -= * *= return getFunc branch")

// calm tells nodes whose steps cannot panic. To divide by a constant is safe: the
// type checker has seen that it is not zero.
func (l *layout) calm(n unsafe.Pointer) bool {
	switch action := l.actionOf(n); action {
	case "/", "/=", "%", "%=":
		operands := *at[[]unsafe.Pointer](n, l.child)
		return len(operands) == 2 && at[reflect.Value](operands[1], l.rval).IsValid()
	default:
		return slices.Contains(calmActions, action)
	}
}

// followAction is what is called here what the interpreter names "*", as it does
// the multiplication.
const followAction = "follow"

// actionOf is the name of a node's action.
func (l *layout) actionOf(n unsafe.Pointer) string { return l.names[*at[uint](n, l.action)] }

// number finds the kind of a name, or one that there is not.
func number(kind reflect.Type, name string) uint {
	for n, s := range numberNames(kind) {
		if s == name {
			return n
		}
	}
	return manyNames
}

// numberNames lists the names of numbers that are kinds of something.
func numberNames(kind reflect.Type) map[uint]string {
	names := map[uint]string{}
	for n := range uint(manyNames) {
		names[n] = fmt.Sprint(reflect.ValueOf(n).Convert(kind))
	}
	return names
}

// manyNames are more than there are actions or kinds of nodes.
const manyNames = 100

// actionNames lists the names of actions by number.
func actionNames(action reflect.Type) map[uint]string {
	names, seen := numberNames(action), map[string]bool{}
	for n := range uint(manyNames) {
		if names[n] == "*" && seen["*"] {
			names[n] = followAction
		}
		seen[names[n]] = true
	}
	return names
}
