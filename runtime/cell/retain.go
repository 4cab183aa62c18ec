package cell

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// A typeSource tells whether a declaration of a type is the one that an earlier
// cell had, so that running a cell again does not make another type of it, with
// which the variables of the first would not agree.
type typeSource struct {
	text string             // the tokens of the declaration
	refs map[string]meaning // what the names in it meant
}

// retainTypes takes declarations out of the tree that say what an earlier cell
// said already, unless the cell also changes a type that they refer to.
func (ch *checked) retainTypes(own map[string]bool) {
	same := map[string]typeSource{}
	for _, spec := range ch.typeSpecs() {
		src := ch.sources[spec.Name.Name]
		if old, ok := ch.base.types[spec.Name.Name]; ok && old.text == src.text {
			same[spec.Name.Name] = src
		}
	}
	for changed := true; changed; {
		changed = false
		for name, src := range same {
			if !ch.sameMeaning(name, src, same, own) {
				delete(same, name)
				changed = true
			}
		}
	}
	if len(same) > 0 {
		ch.dropTypes(same)
		for name := range same {
			delete(own, name)
		}
	}
}

// sameMeaning tells whether the names that a type refers to mean what they did.
func (ch *checked) sameMeaning(name string, src typeSource, same map[string]typeSource, own map[string]bool) bool {
	for ref, old := range ch.base.types[name].refs {
		if _, ok := same[ref]; ok {
			continue
		}
		if own[ref] || ch.base.names[ref] != old {
			return false
		}
	}
	return len(src.refs) == len(ch.base.types[name].refs)
}

func (ch *checked) typeSpecs() []*ast.TypeSpec {
	var list []*ast.TypeSpec
	for _, d := range ch.declFile.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				if s := s.(*ast.TypeSpec); s.TypeParams == nil && !s.Assign.IsValid() {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// typeSource gives the tokens of a declaration and the types, constants and
// packages that it may refer to. The values of the cell's own constants count as
// part of the text.
func (ch *checked) typeSource(spec *ast.TypeSpec) typeSource {
	src := typeSource{refs: map[string]meaning{}}
	text, names := ch.tokenText(spec)
	own := ch.ownTypesAndConstants()
	for _, name := range names {
		m := ch.base.names[name]
		value, isOwn := own[name]
		switch {
		case isOwn && value != nil:
			t, inner := ch.tokenText(value)
			text += name + "=" + t
			if len(inner) > 0 {
				src.refs[name] = meaning{}
			}
		case isOwn || refersTo(m):
			src.refs[name] = m
		}
	}
	src.text = text
	return src
}

// refersTo tells the meanings that a type can depend on.
func refersTo(m meaning) bool {
	switch m.obj.(type) {
	case *types.TypeName, *types.Const:
		return true
	}
	return m.path != ""
}

// ownTypesAndConstants are those that the cell declares; of a constant with a
// value of its own, the value.
func (ch *checked) ownTypesAndConstants() map[string]ast.Expr {
	own := map[string]ast.Expr{}
	for _, d := range ch.declFile.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range g.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				own[s.Name.Name] = nil
			case *ast.ValueSpec:
				for i, id := range s.Names {
					own[id.Name] = nil
					if i < len(s.Values) {
						own[id.Name] = s.Values[i]
					}
				}
			}
		}
	}
	return own
}

// tokenText gives the tokens of a node, without comments and layout, and the
// identifiers among them.
func (ch *checked) tokenText(n ast.Node) (text string, names []string) {
	start, end := ch.span(n)
	source := ch.src[start:end]
	var b strings.Builder
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(source)), []byte(source), func(token.Position, string) {}, 0)
	for {
		_, kind, lit := s.Scan()
		if kind == token.EOF {
			return b.String(), names
		}
		b.WriteString(kind.String() + " " + lit + "\n")
		if kind == token.IDENT {
			names = append(names, lit)
		}
	}
}

// dropTypes takes type declarations out of the tree.
func (ch *checked) dropTypes(names map[string]typeSource) {
	var decls []ast.Decl
	for _, d := range ch.declFile.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			decls = append(decls, d)
			continue
		}
		rest := *g
		rest.Specs = nil
		for _, s := range g.Specs {
			if _, ok := names[s.(*ast.TypeSpec).Name.Name]; !ok {
				rest.Specs = append(rest.Specs, s)
			}
		}
		if len(rest.Specs) > 0 {
			decls = append(decls, &rest)
		}
	}
	ch.declFile.Decls = decls
}
