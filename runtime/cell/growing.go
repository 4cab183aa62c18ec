package cell

import (
	"go/ast"
	"slices"
)

// An embedding is the use of a generic type within the struct of another, where
// the members of the one become those of the other.
type embedding struct {
	of    string
	grows bool // a type argument is more than a name
}

// refuseGrowing finds generic types that embed ever larger instances of
// themselves, such as
//
//	type T[P any] struct { *T[[]P] }
//
// and makes a problem of each. go/types refuses them too, but then looks for
// their members without end.
func (ch *checked) refuseGrowing() (found bool) {
	specs := map[string]*ast.TypeSpec{}
	edges := map[string][]embedding{}
	for _, f := range ch.checkFiles(nil, ch.laterFunctions(false)) {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.TypeParams != nil {
				specs[spec.Name.Name] = spec
				edges[spec.Name.Name] = append(edges[spec.Name.Name], embeddings(spec.Type)...)
			}
			return true
		})
	}
	for _, name := range sortedKeys(specs) {
		for _, e := range edges[name] {
			if e.grows && reaches(edges, e.of, name, map[string]bool{}) {
				ch.problems.add(ch.offset(specs[name].Name.Pos()), "instantiation cycle: %s embeds ever larger instances of itself", name)
				found = true
				break
			}
		}
	}
	return found
}

// reaches tells whether the members of a type include those of another.
func reaches(edges map[string][]embedding, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(edges[from], func(e embedding) bool { return reaches(edges, e.of, to, seen) })
}

// embeddings lists the instances of generic types that a type takes members of.
func embeddings(t ast.Expr) []embedding {
	s, ok := ast.Unparen(t).(*ast.StructType)
	if !ok {
		return instance(t)
	}
	var list []embedding
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			list = append(list, instance(f.Type)...)
		}
	}
	return list
}

// instance gives the generic type that is instantiated, or a pointer to it.
func instance(t ast.Expr) []embedding {
	t = ast.Unparen(t)
	if p, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(p.X)
	}
	var base ast.Expr
	var args []ast.Expr
	switch x := t.(type) {
	case *ast.IndexExpr:
		base, args = x.X, []ast.Expr{x.Index}
	case *ast.IndexListExpr:
		base, args = x.X, x.Indices
	}
	id, ok := base.(*ast.Ident)
	if !ok {
		return nil
	}
	grows := slices.ContainsFunc(args, func(a ast.Expr) bool {
		_, plain := ast.Unparen(a).(*ast.Ident)
		return !plain
	})
	return []embedding{{id.Name, grows}}
}
