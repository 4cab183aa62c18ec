package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// An emitter writes code of one cell, or of one instance of generic code.
type emitter struct {
	l        *lowering
	info     *types.Info
	subst    map[*types.TypeParam]types.Type
	b        *strings.Builder
	sig      *types.Signature // of the function being written, nil at top level
	function ast.Node         // its body, or nil
	outcome  []string         // local variables that stand for its results
	deferred string           // the variable that keeps its deferred calls
	exit     string           // the variable that says where a range over a function goes on
	loops    []*loop
	label    string // of the statement to come, "" if it has none
	pos      token.Pos
	apart    bool                    // the statement being written goes over several lines of the cell
	logical  bool                    // an operand of && or || is being written
	topLevel bool                    // := assigns, since the variables are the package's
	renamed  map[types.Object]string // names of variables in the code being written
}

func (l *lowering) emitter(info *types.Info) *emitter {
	return &emitter{l: l, info: info, b: &strings.Builder{}, renamed: map[types.Object]string{}}
}

// sub is an emitter for a function inside of this one's code, with the same output.
func (e *emitter) sub(sig *types.Signature) *emitter {
	s := *e
	s.sig, s.outcome, s.deferred, s.exit, s.loops, s.label, s.topLevel = sig, nil, "", "", nil, "", false
	s.logical = false
	return &s
}

// unsupported makes the cell fail with a clear message.
func (e *emitter) unsupported(pos token.Pos, format string, args ...any) {
	if !pos.IsValid() {
		pos = e.pos
	}
	e.l.ch.problems.add(e.l.ch.offset(pos), "not supported yet: "+format, args...)
}

// typeOf is the type of an expression, with type parameters replaced.
func (e *emitter) typeOf(x ast.Expr) types.Type {
	if tv, ok := e.info.Types[x]; ok && tv.Type != nil {
		return e.concrete(tv.Type)
	}
	if id, ok := x.(*ast.Ident); ok {
		if obj := e.info.ObjectOf(id); obj != nil && obj.Type() != nil {
			return e.concrete(obj.Type())
		}
	}
	return types.Typ[types.Invalid]
}

// concrete replaces the type parameters of the instance being written.
func (e *emitter) concrete(t types.Type) types.Type {
	if len(e.subst) == 0 && !e.l.s.packages.replacesTypes() {
		return t
	}
	return substitute(t, e.subst, e.l.s.packages.libraryType)
}

// typ writes a type as the interpreter's file must say it.
func (e *emitter) typ(t types.Type) string {
	t = types.Unalias(e.concrete(t))
	switch t := t.(type) {
	case *types.Basic:
		return e.basic(t)
	case *types.Named:
		return e.named(t)
	case *types.Pointer:
		return "*" + e.typ(t.Elem())
	case *types.Slice:
		return "[]" + e.typ(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + e.typ(t.Elem())
	case *types.Map:
		return "map[" + e.typ(t.Key()) + "]" + e.typ(t.Elem())
	case *types.Chan:
		return e.channel(t)
	case *types.Signature:
		return "func" + e.signature(t)
	case *types.Struct:
		return e.structType(t)
	case *types.Interface:
		return e.interfaceType(t)
	case *types.TypeParam:
		e.unsupported(e.pos, "type parameter %s here", t)
	default:
		e.unsupported(e.pos, "type %s", t)
	}
	return "any"
}

func (e *emitter) basic(t *types.Basic) string {
	if t.Kind() == types.UnsafePointer {
		return e.l.dyn() + ".UnsafePointer"
	}
	if t.Info()&types.IsUntyped != 0 {
		t = types.Default(t).(*types.Basic)
	}
	return t.Name()
}

func (e *emitter) channel(t *types.Chan) string { return chanOf(t.Dir(), e.typ(t.Elem())) }

func (e *emitter) named(t *types.Named) string {
	obj := t.Obj()
	pkg := obj.Pkg()
	switch {
	case pkg == nil:
		return obj.Name()
	case isCell(pkg) && types.IsInterface(t):
		return e.interfaceType(t.Underlying().(*types.Interface))
	case t.TypeArgs().Len() > 0 && !isCell(pkg) && isSignature(t):
		return e.typ(t.Underlying()) // iter.Seq and the like
	case t.TypeArgs().Len() > 0:
		return e.instanceType(t)
	case isCell(pkg):
		return e.name(obj)
	case !obj.Exported():
		e.unsupported(e.pos, "a variable of type %s, which is not exported", types.TypeString(t, (*types.Package).Name))
		return "any"
	}
	return e.l.alias(pkg) + "." + obj.Name()
}

func isSignature(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// isCell tells the package that cells make up from others.
func isCell(pkg *types.Package) bool { return pkg != nil && pkg.Path() == "main" }

// interfaceType writes an interface type of cells: the interpreter has them all
// as interface{}, since it cannot be trusted with their methods.
func (e *emitter) interfaceType(t *types.Interface) string {
	if !t.IsMethodSet() {
		e.unsupported(e.pos, "a constraint as a type")
	}
	return "interface{}"
}

// signature writes parameters and results without names.
func (e *emitter) signature(s *types.Signature) string {
	params := make([]string, s.Params().Len())
	for i := range params {
		params[i] = e.parameterType(s, i)
	}
	return "(" + strings.Join(params, ", ") + ")" + e.results(s.Results())
}

// parameterType writes the type of a parameter, with ... where it has it.
func (e *emitter) parameterType(s *types.Signature, i int) string {
	t := s.Params().At(i).Type()
	if s.Variadic() && i == s.Params().Len()-1 {
		if sl, ok := t.Underlying().(*types.Slice); ok {
			return "..." + e.typ(sl.Elem())
		}
	}
	return e.typ(t)
}

func (e *emitter) results(t *types.Tuple) string {
	switch t.Len() {
	case 0:
		return ""
	case 1:
		return " " + e.typ(t.At(0).Type())
	}
	parts := make([]string, t.Len())
	for i := range parts {
		parts[i] = e.typ(t.At(i).Type())
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// typeSpec writes a type declaration of the package. An alias needs none, since
// its uses are written as what it stands for; nor does a generic type, whose
// instances are written where they are used.
func (l *lowering) typeSpec(e *emitter, s *ast.TypeSpec) {
	obj, ok := l.ch.info.Defs[s.Name].(*types.TypeName)
	if !ok || obj.IsAlias() || s.Name.Name == "_" {
		return
	}
	named, ok := obj.Type().(*types.Named)
	if !ok {
		return
	}
	if named.TypeParams().Len() > 0 {
		return
	}
	e.pos = s.Pos()
	e.typeDecl(l.id(obj), named, l.ch.info.TypeOf(s.Type))
}

// typeDecl writes "type name def" and the type's description. A definition by
// another package's type keeps its name, since its fields may not be accessible.
func (e *emitter) typeDecl(name string, t *types.Named, def types.Type) {
	if types.IsInterface(t) {
		return
	}
	if recursive(t.Underlying(), t, map[types.Type]bool{}) {
		e.unsupported(e.pos, "type %s, which is made of itself by other means than a struct", t.Obj().Name())
		return
	}
	if field, ok := ownFunctions(t); ok {
		e.unsupported(e.pos, "field %s, several functions of type %s itself: make it []any and assert the functions", field, t.Obj().Name())
		return
	}
	text := ""
	s, isStruct := t.Underlying().(*types.Struct)
	switch {
	case isStruct && e.l.foreignDefinition(t):
		text = e.typ(def)
	case isStruct:
		text = e.taggedStruct(e.concrete(s).(*types.Struct), name)
	default:
		text = e.typ(t.Underlying())
	}
	fmt.Fprintf(&e.l.decls, "%stype %s %s\n", e.l.line(e.pos), name, text)
	e.describe(name, t)
}

// recursive tells whether a type contains t other than within a struct, which
// package reflect, and so the interpreter, cannot represent.
func recursive(in types.Type, t *types.Named, seen map[types.Type]bool) bool {
	in = types.Unalias(in)
	if seen[in] {
		return false
	}
	seen[in] = true
	switch u := in.(type) {
	case *types.Named:
		if u == t {
			return true
		}
		_, isStruct := u.Underlying().(*types.Struct)
		return isCell(u.Obj().Pkg()) && !isStruct && !types.IsInterface(u) && recursive(u.Underlying(), t, seen)
	case *types.Pointer:
		return recursive(u.Elem(), t, seen)
	case *types.Slice:
		return recursive(u.Elem(), t, seen)
	case *types.Array:
		return recursive(u.Elem(), t, seen)
	case *types.Chan:
		return recursive(u.Elem(), t, seen)
	case *types.Map:
		return recursive(u.Key(), t, seen) || recursive(u.Elem(), t, seen)
	case *types.Signature:
		return recursive(u.Params(), t, seen) || recursive(u.Results(), t, seen)
	case *types.Tuple:
		for v := range u.Variables() {
			if recursive(v.Type(), t, seen) {
				return true
			}
		}
	}
	return false
}

// foreignType tells types of packages other than the cells' own.
func foreignType(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !isCell(n.Obj().Pkg())
}

// foreignDefinition tells a named type that is defined by one of another
// package, as type Timeout time.Duration.
func (l *lowering) foreignDefinition(t *types.Named) bool {
	obj := t.Origin().Obj()
	return l.foreign[obj] || l.s.foreign[obj]
}
