package eval

import (
	"reflect"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// frameLayout is where the fields of the interpreter's frames are.
type frameLayout struct {
	of                               reflect.Type
	root, anc, data, id, done, mutex uintptr
	sym, symIndex, symNode           uintptr         // of node and symbol
	typ, ret, arg, cat               uintptr         // of node and itype
	findex, level, ident, types      uintptr         // of node
	rtype, method                    uintptr         // of itype
	cats                             map[uint]string // of itypes
	kinds                            map[uint]string // of nodes
	node                             reflect.Type    // *node
}

var frames, framesErr = frameLayoutOf(reflect.TypeFor[interp.Program](), reflect.TypeFor[interp.Interpreter]())

func frameLayoutOf(program, interpreter reflect.Type) (l frameLayout, err error) {
	if nodesErr != nil {
		return l, nodesErr
	}
	root, _ := program.FieldByName("root")
	l.node = root.Type
	n := fields{of: l.node.Elem()}
	l.findex, l.level = n.field("findex", reflect.Int).Offset, n.field("level", reflect.Int).Offset
	l.ident, l.types = n.field("ident", reflect.String).Offset, n.field("types", reflect.Slice).Offset
	kind, sym, typ := n.field("kind", reflect.Uint), n.field("sym", reflect.Pointer), n.field("typ", reflect.Pointer)
	i := fields{of: interpreter}
	frame := i.field("frame", reflect.Pointer)
	if n.err != nil || i.err != nil {
		return l, firstError(n.err, i.err)
	}
	l.sym, l.typ, l.of = sym.Offset, typ.Offset, frame.Type.Elem()
	l.kinds = numberNames(kind.Type)
	s, t, f := fields{of: sym.Type.Elem()}, fields{of: typ.Type.Elem()}, fields{of: l.of}
	l.symIndex, l.symNode = s.field("index", reflect.Int).Offset, s.field("node", reflect.Pointer).Offset
	l.ret, l.arg = t.field("ret", reflect.Slice).Offset, t.field("arg", reflect.Slice).Offset
	cat := t.field("cat", reflect.Uint)
	l.method = t.field("method", reflect.Slice).Offset
	l.rtype = t.field("rtype", reflect.Interface).Offset
	l.root, l.anc = f.field("root", reflect.Pointer).Offset, f.field("anc", reflect.Pointer).Offset
	l.data, l.id = f.field("data", reflect.Slice).Offset, f.field("id", reflect.Uint64).Offset
	l.done, l.mutex = f.field("done", reflect.Struct).Offset, f.field("mutex", reflect.Struct).Offset
	if err := firstError(s.err, t.err, f.err); err != nil {
		return l, err
	}
	l.cat, l.cats = cat.Offset, numberNames(cat.Type)
	return l, nil
}

// catOf is the name of the category of a type.
func (l *frameLayout) catOf(typ unsafe.Pointer) string { return l.cats[*at[uint](typ, l.cat)] }

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
