package eval

import (
	"fmt"
	"go/ast"
	"reflect"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// channelLayout is where the interpreter has what steps of channel operations
// need, beside layout. The types are checked when the process starts.
type channelLayout struct {
	anc, start, tnext, fnext        uintptr // of node: the parent, the first to run of it, the next
	findex, level, typ, kind, ident uintptr
	val                             uintptr // of itype
	data                            uintptr // of frame

	kinds map[uint]string // names of kinds of nodes
}

var channelNodes, channelErr = channelLayoutOf(reflect.TypeFor[interp.Program]())

func channelLayoutOf(program reflect.Type) (l channelLayout, err error) {
	if nodesErr != nil {
		return l, nodesErr
	}
	field := func(t reflect.Type, name string, kind reflect.Kind, place *uintptr) reflect.Type {
		f, ok := t.FieldByName(name)
		if !ok || f.Type.Kind() != kind {
			err = fmt.Errorf("the interpreter's %v has no field %s that is a %v: interrupts of channel operations need the version in go.mod", t, name, kind)
			return reflect.TypeFor[*struct{}]()
		}
		*place = f.Offset
		return f.Type
	}
	root, _ := program.FieldByName("root")
	node := root.Type.Elem()
	for name, place := range map[string]*uintptr{"anc": &l.anc, "start": &l.start, "tnext": &l.tnext, "fnext": &l.fnext} {
		field(node, name, reflect.Pointer, place)
	}
	field(node, "findex", reflect.Int, &l.findex)
	field(node, "level", reflect.Int, &l.level)
	field(node, "ident", reflect.String, &l.ident)
	field(field(node, "typ", reflect.Pointer, &l.typ).Elem(), "val", reflect.Pointer, &l.val)
	kind := field(node, "kind", reflect.Uint, &l.kind)
	exec, _ := node.FieldByName("exec")
	field(exec.Type.In(0).Elem(), "data", reflect.Slice, &l.data)
	if err == nil {
		l.kinds = namesOf(kind)
	}
	return l, err
}

// namesOf lists the names of an enumeration by number.
func namesOf(t reflect.Type) map[uint]string {
	const more = 120 // than there are
	names := map[uint]string{}
	for n := range uint(more) {
		names[n] = fmt.Sprint(reflect.ValueOf(n).Convert(t))
	}
	return names
}

// kindOf is the name of a node's kind.
func (l *channelLayout) kindOf(n unsafe.Pointer) string { return l.kinds[*at[uint](n, l.kind)] }

// compileFile compiles a file, with channel operations that an interrupt ends.
func (i *Interpreter) compileFile(file *ast.File) (*interp.Program, error) {
	p, err := i.yaegi.CompileAST(file)
	if err == nil {
		i.host.replaceChannelSteps(p)
	}
	return p, err
}

// replaceChannelSteps prepares a compiled program whose steps have not been made
// yet.
func (h *host) replaceChannelSteps(p *interp.Program) {
	if channelErr != nil {
		return
	}
	if root := *at[unsafe.Pointer](unsafe.Pointer(p), nodes.root); root != nil {
		h.replaceChannelStep(root)
	}
}

func (h *host) replaceChannelStep(n unsafe.Pointer) {
	for _, c := range *at[[]unsafe.Pointer](n, nodes.child) {
		h.replaceChannelStep(c)
	}
	if *at[unsafe.Pointer](n, nodes.gen) == nil {
		return
	}
	gen := at[generator](n, nodes.gen)
	if own := h.channelGenerator(*gen); own != nil {
		*gen = own
	}
}
