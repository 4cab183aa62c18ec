package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// expr writes an expression for a place of the type want, or nil if nothing is
// known of it: a constant is written without its type only where the place gives
// it, and a value becomes an interface value where the place is one.
func (e *emitter) expr(x ast.Expr, want types.Type) string {
	if tv, ok := e.info.Types[x]; ok && tv.IsType() {
		return e.typ(tv.Type)
	} else if ok && tv.IsNil() {
		return "nil"
	}
	text := e.value(x, want)
	adapted := e.adapt(text, e.typeOf(x), want)
	if adapted == text && want != nil && types.IsInterface(e.concrete(want)) && e.computes(x) {
		adapted = e.asInterface(want, text)
	}
	return e.place(x) + adapted
}

// place writes the position of an expression that can panic, where its statement
// does not give it.
func (e *emitter) place(x ast.Expr) string {
	if !e.apart {
		return ""
	}
	switch x.(type) {
	case *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.BinaryExpr, *ast.SelectorExpr:
		return e.l.line(x.Pos())
	}
	return ""
}

// value writes an expression as it is.
func (e *emitter) value(x ast.Expr, want types.Type) string {
	if tv, ok := e.info.Types[x]; ok && tv.Value != nil {
		return e.constant(tv, want)
	}
	switch x := x.(type) {
	case *ast.Ident:
		return e.ident(x)
	case *ast.ParenExpr:
		return "(" + e.value(x.X, want) + ")"
	case *ast.FuncLit:
		return e.funcLit(x)
	case *ast.CompositeLit:
		return e.composite(x)
	case *ast.SelectorExpr:
		return e.selector(x)
	case *ast.IndexExpr:
		return e.index(x)
	case *ast.IndexListExpr:
		return e.instance(x.X)
	case *ast.SliceExpr:
		return e.slice(x)
	case *ast.StarExpr:
		return "*" + e.operand(x.X)
	case *ast.TypeAssertExpr:
		return e.typeAssert(x)
	case *ast.CallExpr:
		return e.call(x)
	case *ast.UnaryExpr:
		return e.unary(x)
	case *ast.BinaryExpr:
		return e.binary(x)
	}
	e.unsupported(x.Pos(), "this expression")
	return "nil"
}

// constant writes a constant value.
func (e *emitter) constant(tv types.TypeAndValue, want types.Type) string {
	t := e.concrete(tv.Type)
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return "nil"
	}
	if b.Info()&types.IsUntyped != 0 {
		b = types.Default(b).(*types.Basic)
		t = b
	}
	text := literal(tv.Value, b)
	if bare(b, t) || want != nil && !types.IsInterface(e.concrete(want)) {
		return text
	}
	return e.typ(t) + "(" + text + ")"
}

// bare tells the types that a literal has by itself.
func bare(b *types.Basic, t types.Type) bool {
	if types.Unalias(t) != types.Type(b) {
		return false
	}
	switch b.Kind() {
	case types.Bool, types.Int, types.Float64, types.Complex128, types.String:
		return true
	}
	return false
}

func (e *emitter) ident(x *ast.Ident) string {
	if x.Name == "_" {
		return "_"
	}
	obj := e.info.ObjectOf(x)
	if obj == nil {
		return x.Name
	}
	if _, ok := e.info.Instances[x]; ok {
		return e.instance(x)
	}
	if v := obj.Pkg(); v != nil && !isCell(v) && obj.Parent() == v.Scope() {
		return e.member(obj) // imported with a dot
	}
	return e.name(obj)
}

// operand writes an expression so that a selector or the like may follow.
func (e *emitter) operand(x ast.Expr) string {
	s := e.expr(x, nil)
	switch ast.Unparen(x).(type) {
	case *ast.StarExpr, *ast.UnaryExpr, *ast.BinaryExpr:
		if !strings.HasPrefix(s, "(") {
			return "(" + s + ")"
		}
	}
	return s
}

func (e *emitter) selector(x *ast.SelectorExpr) string {
	sel, ok := e.info.Selections[x]
	if !ok { // a member of a package
		if _, ok := e.info.Instances[x.Sel]; ok {
			return e.instance(x)
		}
		obj := e.info.Uses[x.Sel]
		if obj == nil || obj.Pkg() == nil {
			return x.Sel.Name
		}
		return e.member(obj)
	}
	switch sel.Kind() {
	case types.MethodExpr:
		return e.methodExpr(x, sel)
	case types.MethodVal:
		return e.methodValue(x, sel)
	}
	index := sel.Index()
	text, _ := e.follow(e.operand(x.X), e.typeOf(x.X), index[:len(index)-1])
	return text + "." + sel.Obj().Name()
}

// member writes a name of a package; runtime/dyn has its own of the functions
// that print.
func (e *emitter) member(obj types.Object) string {
	if obj.Pkg().Path() == "fmt" && printing[obj.Name()] {
		return e.l.dyn() + "." + obj.Name()
	}
	return e.l.alias(obj.Pkg()) + "." + obj.Name()
}

func structField(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || i >= s.NumFields() {
		return nil
	}
	return s.Field(i)
}

func (e *emitter) index(x *ast.IndexExpr) string {
	if tv, ok := e.info.Types[x.Index]; ok && tv.IsType() {
		return e.instance(x.X)
	}
	return e.operand(x.X) + "[" + e.indexText(x) + "]"
}

// indexText writes what is between the brackets.
func (e *emitter) indexText(x *ast.IndexExpr) string {
	var key types.Type = types.Typ[types.Int]
	if m, ok := e.typeOf(x.X).Underlying().(*types.Map); ok {
		key = m.Key()
	}
	return e.key(x.Index, key)
}

// key writes the key of a map. For nil the interpreter has to be told of what type.
func (e *emitter) key(x ast.Expr, t types.Type) string {
	if e.info.Types[x].IsNil() && !types.IsInterface(e.concrete(t)) {
		return converter(e.typ(t)) + "(nil)"
	}
	return e.expr(x, t)
}

func (e *emitter) slice(x *ast.SliceExpr) string {
	part := func(i ast.Expr) string {
		if i == nil {
			return ""
		}
		return e.expr(i, types.Typ[types.Int])
	}
	s := e.operand(x.X) + "[" + part(x.Low) + ":" + part(x.High)
	if x.Slice3 {
		s += ":" + part(x.Max)
	}
	return s + "]"
}

func (e *emitter) unary(x *ast.UnaryExpr) string {
	if x.Op == token.AND {
		if lit, ok := ast.Unparen(x.X).(*ast.CompositeLit); ok {
			return e.compositeOf(lit, "&")
		}
		if i, ok := ast.Unparen(x.X).(*ast.IndexExpr); ok {
			if _, pointer := e.typeOf(i.X).Underlying().(*types.Pointer); pointer {
				return "&(*" + e.operand(i.X) + ")[" + e.indexText(i) + "]"
			}
		}
		return address(e.operand(x.X))
	}
	return x.Op.String() + e.operandOf(x.X, nil)
}

// operandOf writes an operand of an operator; the source's own parentheses keep
// its structure, and only what lowering made longer needs more.
func (e *emitter) operandOf(x ast.Expr, want types.Type) string {
	s := e.expr(x, want)
	if strings.HasPrefix(s, "-") {
		return "(" + s + ")"
	}
	return s
}

func (e *emitter) binary(x *ast.BinaryExpr) string {
	if x.Op == token.SHL || x.Op == token.SHR {
		return e.operandOf(x.X, nil) + " " + x.Op.String() + " " + e.shiftCount(x.Y)
	}
	if x.Op == token.LAND || x.Op == token.LOR {
		defer func(outer bool) { e.logical = outer }(e.logical)
		e.logical = true
	}
	right := e.typeOf(x.X)
	if _, ok := right.Underlying().(*types.Struct); ok && !types.IsInterface(e.typeOf(x.Y)) {
		right = nil // the left one has become what the right one is
	}
	return e.operandOf(x.X, e.typeOf(x.Y)) + " " + x.Op.String() + " " + e.operandOf(x.Y, right)
}
