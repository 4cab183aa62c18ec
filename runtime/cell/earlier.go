package cell

import (
	"go/ast"
	"go/token"
)

// hideEarlierTypes puts parentheses around the name of an earlier cell's type
// where a type is declared as nothing but that: go/types looks for the
// declaration of a bare name, and does not expect that it has none.
func (ch *checked) hideEarlierTypes(own map[string]bool) {
	for _, s := range ch.declaredTypes() {
		if id, ok := s.Type.(*ast.Ident); ok && !own[id.Name] && ch.remembered(id.Name) {
			s.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End() - 1}
		}
	}
}

// declaredTypes are all type declarations of the cell, aliases too.
func (ch *checked) declaredTypes() (list []*ast.TypeSpec) {
	for _, d := range ch.declFile.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				list = append(list, s.(*ast.TypeSpec))
			}
		}
	}
	return list
}

// aliasOfEarlier gives the type of an earlier cell that the cell's own aliases
// make a name mean, if they do.
func (ch *checked) aliasOfEarlier(name string, own map[string]bool) (earlier string, ok bool) {
	aliases := map[string]ast.Expr{}
	for _, s := range ch.declaredTypes() {
		if s.Assign.IsValid() {
			aliases[s.Name.Name] = s.Type
		}
	}
	for range len(aliases) {
		t, isAlias := aliases[name]
		id := receiverBase(t)
		if !isAlias || id == nil {
			return "", false
		}
		if name = id.Name; !own[name] && ch.remembered(name) {
			return name, true
		}
	}
	return "", false
}
