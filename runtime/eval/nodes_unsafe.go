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
// call and a deferred function, where a step that calls a function costs a
// hundred times as much; steps that cannot panic have none.
//
// What is assumed of the interpreter, whose version go.mod holds:
//   - interp.Program has a field root of type *node;
//   - node has the fields child, pos, action, exec and gen, of the types below;
//   - a node's gen sets exec, and does so again when exec is nil and the program
//     is executed.
//
// layoutOf checks the types when the process starts.

// A step runs a node in a frame, and returns what to run next.
type step func(frame unsafe.Pointer) step

// A generator gives a node its step.
type generator func(node unsafe.Pointer)

// layout is where the fields of an interpreter's node are.
type layout struct {
	root, child, pos, action, exec, gen uintptr

	calm map[uint]bool // by action: steps that cannot panic
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
	if err == nil {
		l.calm = findCalm(action)
	}
	return l, err
}

func at[T any](node unsafe.Pointer, offset uintptr) *T { return (*T)(unsafe.Add(node, offset)) }

// addWitnesses prepares a compiled program whose steps have not been made yet.
func (t *tracer) addWitnesses(p *interp.Program) {
	if nodesErr != nil {
		return
	}
	if root := *at[unsafe.Pointer](unsafe.Pointer(p), nodes.root); root != nil {
		// The step of a file does nothing, nor do those that are made like it.
		t.addWitness(root, *at[unsafe.Pointer](root, nodes.gen))
	}
}

func (t *tracer) addWitness(n, nop unsafe.Pointer) {
	for _, c := range *at[[]unsafe.Pointer](n, nodes.child) {
		t.addWitness(c, nop)
	}
	// Those of function literals have their steps already: they are made again.
	*at[step](n, nodes.exec) = nil
	made := *at[unsafe.Pointer](n, nodes.gen)
	if made == nil || made == nop || nodes.calm[*at[uint](n, nodes.action)] {
		return
	}
	gen := at[generator](n, nodes.gen)
	*gen = t.witnessed(*gen)
}

// witnessed is a generator that puts a witness around the step of another.
func (t *tracer) witnessed(gen generator) generator {
	return func(n unsafe.Pointer) {
		exec := at[step](n, nodes.exec)
		before := *at[unsafe.Pointer](n, nodes.exec)
		gen(n)
		// A generator may leave the node without a step, or with the one it had.
		if after := *at[unsafe.Pointer](n, nodes.exec); after != nil && after != before {
			*exec = t.witness(*exec, *at[token.Pos](n, nodes.pos))
		}
	}
}

// witness runs a step and notes where it is when it does not return.
func (t *tracer) witness(run step, pos token.Pos) step {
	return func(frame unsafe.Pointer) (next step) {
		returned := false
		defer func() {
			if !returned && t.passed(pos) {
				panic(inGoWords(recover()))
			}
		}()
		next = run(frame)
		returned = true
		return next
	}
}

// calmActions are the actions, as the interpreter names them, whose steps cannot
// panic: what they work on has been found by other steps. The second "*" is not
// the multiplication but what a pointer points to.
var calmActions = strings.Fields("+ += & &= &^ &^= ^ ^= ++ -- > >= < <= && || ! | |= - -= * *= return getFunc branch")

// findCalm lists the numbers of calmActions.
func findCalm(action reflect.Type) map[uint]bool {
	const more = 100 // than there are actions
	calm, seen := map[uint]bool{}, map[string]bool{}
	for n := range uint(more) {
		name := fmt.Sprint(reflect.ValueOf(n).Convert(action))
		if slices.Contains(calmActions, name) && !(name == "*" && seen[name]) {
			calm[n] = true
		}
		seen[name] = true
	}
	return calm
}
