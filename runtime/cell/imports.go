package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strconv"
	"strings"
)

// writtenImports takes the cell's own import declarations out of its tree and
// returns them, for both files of the checker.
func (ch *checked) writtenImports() []ast.Spec {
	var specs []ast.Spec
	rest := make([]ast.Decl, 0, len(ch.declFile.Decls))
	for _, d := range ch.declFile.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			rest = append(rest, d)
			continue
		}
		for _, s := range g.Specs {
			specs = append(specs, s)
			ch.noteImport(s.(*ast.ImportSpec))
		}
	}
	ch.declFile.Decls = rest
	return specs
}

func (ch *checked) noteImport(s *ast.ImportSpec) {
	path, err := strconv.Unquote(s.Path.Value)
	if err != nil {
		return
	}
	name := guessName(path)
	if pkg, err := ch.packages.Import(path); err == nil {
		name = pkg.Name()
	}
	if s.Name != nil {
		name = s.Name.Name
	}
	switch {
	case name == "_":
	case name == ".":
		ch.dots = append(ch.dots, path)
	case ch.defined[name]:
		// As in a function: the package, until the statement that defines the name.
		s.Name = &ast.Ident{NamePos: s.Pos(), Name: name + earlier}
	default:
		ch.imported[name] = path
	}
}

func importSpec(name, path string, pos token.Pos) *ast.ImportSpec {
	return &ast.ImportSpec{
		Name: &ast.Ident{NamePos: pos, Name: name},
		Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)},
	}
}

// missingImports finds packages that the cell uses without importing them, and
// those that earlier cells imported with a dot and this one needs.
func (ch *checked) missingImports(own map[string]bool) []ast.Spec {
	unresolved := map[string]bool{}
	for _, f := range []*ast.File{ch.declFile, ch.stmtFile} {
		for _, id := range f.Unresolved {
			base := strings.TrimSuffix(id.Name, earlier)
			if (base != id.Name || !own[base]) && !ch.remembered(base) && types.Universe.Lookup(id.Name) == nil {
				unresolved[id.Name] = true
			}
		}
	}
	if len(unresolved) == 0 {
		return nil
	}
	specs := ch.dotImports(unresolved)
	members := ch.membersUsed(unresolved)
	for _, name := range sortedKeys(members) {
		base := strings.TrimSuffix(name, earlier)
		if path := tools[name]; path != "" {
			specs = append(specs, importSpec(name, path, token.NoPos))
			continue
		}
		if path, ok := ch.packages.find(base, members[name]); ok {
			ch.found[base] = path
			specs = append(specs, importSpec(name, path, token.NoPos))
		}
	}
	return specs
}

func (ch *checked) remembered(name string) bool {
	_, ok := ch.base.names[name]
	return ok
}

// membersUsed gives, for each unresolved name x, the names s of all x.s.
func (ch *checked) membersUsed(unresolved map[string]bool) map[string][]string {
	members := map[string][]string{}
	visit := func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil && unresolved[id.Name] {
				members[id.Name] = append(members[id.Name], sel.Sel.Name)
			}
		}
		return true
	}
	ast.Inspect(ch.declFile, visit)
	ast.Inspect(ch.stmtFile, visit)
	return members
}

// dotImports repeats those dot imports of earlier cells that have a name which
// the cell uses and nothing else defines.
func (ch *checked) dotImports(unresolved map[string]bool) []ast.Spec {
	var specs []ast.Spec
	for _, path := range ch.base.dots {
		pkg, err := ch.packages.Import(path)
		if err != nil {
			continue
		}
		for name := range unresolved {
			if obj := pkg.Scope().Lookup(name); obj != nil && obj.Exported() {
				specs = append(specs, importSpec(".", path, token.NoPos))
				break
			}
		}
	}
	return specs
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
