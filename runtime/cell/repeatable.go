package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// repeatable tells whether a checked cell does the same when it is run again
// after the same cells, at once and without effect on anything but variables: it
// declares, computes and assigns, and calls nothing.
func (ch *checked) repeatable() bool {
	r := &repeater{ch: ch, ok: true}
	for _, d := range ch.declFile.Decls {
		if g, ok := d.(*ast.GenDecl); ok { // functions are not called
			ast.Walk(r, g)
		}
	}
	ast.Walk(r, ch.body)
	if n := len(ch.body.List); n > 0 && r.ok {
		if x, ok := ch.body.List[n-1].(*ast.ExprStmt); ok {
			return r.plain(x.X)
		}
	}
	return r.ok
}

// A repeater looks for what is not repeatable.
type repeater struct {
	ch *checked
	ok bool
}

// Visit implements ast.Visitor. What it does not know is not repeatable.
func (r *repeater) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case nil:
	case *ast.FuncLit:
		return nil
	case *ast.CallExpr:
		r.ok = r.ok && r.harmless(n)
	case *ast.UnaryExpr:
		r.ok = r.ok && n.Op != token.ARROW
	case *ast.BlockStmt, *ast.AssignStmt, *ast.IncDecStmt, *ast.DeclStmt, *ast.ExprStmt, *ast.EmptyStmt, *ast.IfStmt,
		*ast.GenDecl, *ast.ValueSpec, *ast.TypeSpec, *ast.ImportSpec,
		*ast.BasicLit, *ast.Ident, *ast.ParenExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr, *ast.SliceExpr,
		*ast.StarExpr, *ast.BinaryExpr, *ast.CompositeLit, *ast.KeyValueExpr, *ast.TypeAssertExpr,
		*ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.StructType, *ast.InterfaceType, *ast.FuncType, *ast.FieldList, *ast.Field, *ast.Ellipsis,
		*ast.CommentGroup, *ast.Comment:
	default:
		r.ok = false
	}
	if !r.ok {
		return nil
	}
	return r
}

// harmless tells conversions and calls of predeclared functions that take no time
// and no memory worth speaking of.
func (r *repeater) harmless(x *ast.CallExpr) bool {
	tv := r.ch.info.Types[x.Fun]
	if tv.IsType() {
		return true
	}
	if id := calleeIdent(x.Fun); id != nil && tv.IsBuiltin() {
		switch id.Name {
		case "len", "cap", "min", "max", "new", "complex", "real", "imag":
			return true
		}
	}
	return false
}

// plain tells whether the value of an expression is shown without calling a
// method of it.
func (r *repeater) plain(x ast.Expr) bool {
	t := r.ch.info.TypeOf(x)
	if t == nil {
		return false
	}
	_, ok := types.Unalias(t).(*types.Basic)
	return ok
}
