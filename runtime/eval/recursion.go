package eval

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// Structs that refer to each other and to themselves, as a tree and its nodes may,
// are more than the interpreter can make types of: it has one stand-in for all
// types that are not ready yet, and takes one for the other in the end. So their
// types are made here, before anything is compiled that uses them: of copies in
// which each struct has a stand-in of its own, which is then replaced.
//
// The names of the copies begin with one of these; no name of a cell does.
const (
	standIn = "stand\u02D1" // in place of a struct that is pointed to, listed or the like
	body    = "body\u02D1"  // a struct of which another has a part
)

// recursiveTypes gives the type declarations of a file that belong to structs which
// refer to each other: those of two or more that each lead to the other.
func recursiveTypes(file *ast.File) (specs []*ast.TypeSpec) {
	declared := map[string]*ast.TypeSpec{}
	var order []*ast.TypeSpec
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				s := s.(*ast.TypeSpec)
				declared[s.Name.Name] = s
				order = append(order, s)
			}
		}
	}
	leads := map[string]map[string]bool{}
	for name := range declared {
		leads[name] = map[string]bool{}
		reach(declared, name, leads[name])
	}
	for _, s := range order {
		for other := range leads[s.Name.Name] {
			if other != s.Name.Name && leads[other][s.Name.Name] {
				specs = append(specs, s)
				break
			}
		}
	}
	return specs
}

// reach notes the declared types that one leads to.
func reach(declared map[string]*ast.TypeSpec, from string, seen map[string]bool) {
	ast.Inspect(declared[from].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && declared[id.Name] != nil && !seen[id.Name] {
			seen[id.Name] = true
			reach(declared, id.Name, seen)
		}
		return true
	})
}

// copies writes a file with a copy of each declaration.
func copies(fset *token.FileSet, name string, specs []*ast.TypeSpec) (*ast.File, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "/*line %s:1:1*/package main\n", name)
	structs := map[string]bool{}
	for _, s := range specs {
		if _, ok := s.Type.(*ast.StructType); ok {
			structs[s.Name.Name] = true
			fmt.Fprintf(&text, "type %s%s struct { Stand int %s }\n", standIn, s.Name.Name, strconv.Quote(s.Name.Name))
		}
	}
	for _, s := range specs {
		fmt.Fprintf(&text, "type %s%s ", body, s.Name.Name)
		if err := printer.Fprint(&text, token.NewFileSet(), s.Type); err != nil {
			return nil, err
		}
		text.WriteString("\n")
	}
	file, err := parser.ParseFile(fset, name, text.Bytes(), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	c := copier{structs: structs, declared: map[string]bool{}}
	for _, s := range specs {
		c.declared[s.Name.Name] = true
	}
	for _, d := range file.Decls {
		s := d.(*ast.GenDecl).Specs[0].(*ast.TypeSpec)
		if strings.HasPrefix(s.Name.Name, body) {
			c.replace(s.Type, true)
		}
	}
	return file, nil
}

// A copier replaces names in copies.
type copier struct {
	structs, declared map[string]bool
}

// replace replaces the names in a type. part tells whether what is looked at is
// a part of the struct itself, so that its size matters.
func (c *copier) replace(x ast.Expr, part bool) {
	switch x := x.(type) {
	case *ast.Ident:
		switch {
		case c.structs[x.Name] && !part:
			x.Name = standIn + x.Name
		case c.declared[x.Name]:
			x.Name = body + x.Name
		}
	case *ast.StructType:
		for _, f := range x.Fields.List {
			c.replace(f.Type, part)
		}
	case *ast.ArrayType:
		c.replace(x.Elt, part && x.Len != nil)
	case *ast.StarExpr:
		c.replace(x.X, false)
	case *ast.MapType:
		c.replace(x.Key, false)
		c.replace(x.Value, false)
	case *ast.ChanType:
		c.replace(x.Value, false)
	case *ast.FuncType:
		c.replaceAll(x.Params)
		c.replaceAll(x.Results)
	case *ast.Ellipsis:
		c.replace(x.Elt, false)
	case *ast.ParenExpr:
		c.replace(x.X, part)
	}
}

func (c *copier) replaceAll(l *ast.FieldList) {
	if l == nil {
		return
	}
	for _, f := range l.List {
		c.replace(f.Type, false)
	}
}

// real replaces the stand-ins in a type.
func real(t reflect.Type, ready map[reflect.Type]reflect.Type, finished map[reflect.Type]bool) reflect.Type {
	if r := ready[t]; r != nil {
		return r
	}
	if finished[t] {
		return t
	}
	of := func(t reflect.Type) reflect.Type { return real(t, ready, finished) }
	if t.Name() != "" {
		return t
	}
	switch t.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(of(t.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(of(t.Elem()))
	case reflect.Array:
		return reflect.ArrayOf(t.Len(), of(t.Elem()))
	case reflect.Chan:
		return reflect.ChanOf(t.ChanDir(), of(t.Elem()))
	case reflect.Map:
		return reflect.MapOf(of(t.Key()), of(t.Elem()))
	case reflect.Func:
		in, out := make([]reflect.Type, t.NumIn()), make([]reflect.Type, t.NumOut())
		for i := range in {
			in[i] = of(t.In(i))
		}
		for i := range out {
			out[i] = of(t.Out(i))
		}
		return reflect.FuncOf(in, out, t.IsVariadic())
	case reflect.Struct:
		return realStruct(t, of)
	}
	return t
}

func realStruct(t reflect.Type, of func(reflect.Type) reflect.Type) reflect.Type {
	fields, changed := make([]reflect.StructField, t.NumField()), false
	for i := range fields {
		fields[i] = t.Field(i)
		fields[i].Type = of(fields[i].Type)
		fields[i].Offset, fields[i].Index = 0, nil
		changed = changed || fields[i].Type != t.Field(i).Type
	}
	if !changed {
		return t
	}
	return reflect.StructOf(fields)
}
