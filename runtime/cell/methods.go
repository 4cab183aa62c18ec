package cell

import (
	"go/ast"
)

// laterMethods takes methods of types of earlier cells out of the tree: the
// checker would look for the declaration of the type.
func (ch *checked) laterMethods(own map[string]bool) {
	rest := make([]ast.Decl, 0, len(ch.declFile.Decls))
	for _, d := range ch.declFile.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Recv != nil && len(f.Recv.List) > 0 {
			if id := receiverBase(f.Recv.List[0].Type); id != nil && !own[id.Name] && ch.remembered(id.Name) {
				ch.problems.add(ch.offset(id.Pos()), "not supported yet: a method of %s, which another cell defines: put both in one cell", id.Name)
				continue
			}
		}
		rest = append(rest, d)
	}
	ch.declFile.Decls = rest
}

// receiverBase is the type name in a receiver, or nil.
func receiverBase(t ast.Expr) *ast.Ident {
	for {
		switch x := t.(type) {
		case *ast.Ident:
			return x
		case *ast.ParenExpr:
			t = x.X
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		default:
			return nil
		}
	}
}
