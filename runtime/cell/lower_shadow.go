package cell

import (
	"go/ast"
	"go/types"
	"maps"
	"strings"
)

// hidesUsed tells var x T = … where the value uses an outer variable that the new
// one hides, as in var x int = x + 1: a declaration that came first, as others are
// written, would hide it from the value too.
func (e *emitter) hidesUsed(s *ast.ValueSpec) (found bool) {
	hidden := map[string]bool{}
	for _, id := range s.Names {
		if id.Name != "_" {
			hidden[e.name(e.info.Defs[id])] = true
		}
	}
	for _, v := range s.Values {
		ast.Inspect(v, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && e.info.Uses[id] != nil {
				found = found || hidden[e.name(e.info.Uses[id])]
			}
			return !found
		})
	}
	return found
}

// shadowing writes the declaration of variables whose values use what they hide,
// by way of others.
func (e *emitter) shadowing(s *ast.ValueSpec) {
	var after strings.Builder
	n := *e
	n.renamed = map[types.Object]string{}
	maps.Copy(n.renamed, e.renamed)
	for _, id := range s.Names {
		if id.Name == "_" {
			continue
		}
		v := e.info.Defs[id]
		t := e.l.temp("t")
		n.renamed[v] = t
		e.printf("var %s %s\n", t, e.typ(v.Type()))
		after.WriteString("var " + e.name(v) + " " + e.typ(v.Type()) + " = " + t + "\n")
	}
	n.initialValues(s)
	e.printf("%s", after.String())
}
