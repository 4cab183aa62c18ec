package main

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/format"
	"go/types"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// A table collects what one generated file says about one package.
type table struct {
	path    string          // import path of the package
	imports map[string]bool // packages that the file needs besides
	values  []string        // `"Name": reflect.ValueOf(…),`
	types   []string
	wraps   []wrapper
}

// A wrapper is a struct type that lets an interpreted value satisfy a compiled
// interface: the interpreter fills one function field a method.
type wrapper struct {
	name    string // of the interface
	methods []method
}

type method struct {
	name, params, results, args string
	returns                     bool
}

func tableSource(p listedPackage, pkg *types.Package) ([]byte, error) {
	t := &table{path: p.ImportPath, imports: map[string]bool{"reflect": true}}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if object := scope.Lookup(name); object.Exported() {
			t.add(pkg, object)
		}
	}
	return format.Source(t.source(p))
}

func (t *table) add(pkg *types.Package, object types.Object) {
	name := pkg.Name() + "." + object.Name()
	switch o := object.(type) {
	case *types.Const:
		t.addValue(o.Name(), "reflect.ValueOf("+t.constant(o, name)+")")
	case *types.Var:
		t.addValue(o.Name(), "reflect.ValueOf(&"+name+").Elem()")
	case *types.Func:
		if o.Signature().TypeParams().Len() == 0 {
			t.addValue(o.Name(), "reflect.ValueOf("+name+")")
		}
	case *types.TypeName:
		t.addType(o, name)
	}
}

func (t *table) addValue(name, expression string) {
	t.imports[t.path] = true
	t.values = append(t.values, fmt.Sprintf("%q: %s,", name, expression))
}

func (t *table) addType(o *types.TypeName, name string) {
	if isGeneric(o.Type()) {
		return
	}
	i, isInterface := o.Type().Underlying().(*types.Interface)
	if isInterface && !i.IsMethodSet() {
		return // a constraint: there are no values of it
	}
	t.imports[t.path] = true
	t.types = append(t.types, fmt.Sprintf("%q: reflect.ValueOf((*%s)(nil)),", o.Name(), name))
	if isInterface {
		t.addWrapper(o.Name(), i)
	}
}

func isGeneric(t types.Type) bool {
	switch t := t.(type) {
	case *types.Named:
		return t.TypeParams().Len() > t.TypeArgs().Len()
	case *types.Alias:
		return t.TypeParams().Len() > t.TypeArgs().Len()
	}
	return false
}

// constant gives the expression of a constant's value. An untyped one may not
// fit any Go type, so the interpreter takes it as a go/constant value.
func (t *table) constant(o *types.Const, name string) string {
	basic, ok := o.Type().(*types.Basic)
	if !ok || basic.Info()&types.IsUntyped == 0 {
		return name
	}
	var token, text string
	switch v := o.Val(); v.Kind() {
	case constant.String:
		token, text = "STRING", v.ExactString()
	case constant.Int:
		token, text = "INT", v.ExactString()
	case constant.Float:
		token, text = "FLOAT", floatText(v)
	default:
		return name
	}
	t.imports["go/constant"], t.imports["go/token"] = true, true
	return fmt.Sprintf("constant.MakeFromLiteral(%s, token.%s, 0)", strconv.Quote(text), token)
}

func floatText(v constant.Value) string {
	switch x := constant.Val(v).(type) {
	case *big.Float:
		return x.Text('g', int(x.Prec()))
	case *big.Rat:
		f := new(big.Float).SetRat(x)
		return f.Text('g', int(f.Prec()))
	}
	return v.ExactString()
}

// addWrapper adds the wrapper of an interface, unless a method's signature
// names something that no other package may name.
func (t *table) addWrapper(name string, i *types.Interface) {
	w := wrapper{name: name}
	needed := map[string]bool{}
	for m := range i.Methods() {
		if !m.Exported() {
			continue
		}
		built, ok := t.method(m, needed)
		if !ok {
			return
		}
		w.methods = append(w.methods, built)
	}
	for path := range needed {
		t.imports[path] = true
	}
	t.wraps = append(t.wraps, w)
}

func (t *table) method(m *types.Func, needed map[string]bool) (built method, ok bool) {
	ok = true
	qualify := func(p *types.Package) string {
		if slices.Contains(strings.Split(p.Path(), "/"), "internal") {
			ok = false
		}
		needed[p.Path()] = true
		return p.Name()
	}
	s := m.Signature()
	var params, args []string
	for n := range s.Params().Len() {
		arg := fmt.Sprintf("a%d", n)
		text := types.TypeString(s.Params().At(n).Type(), qualify)
		if s.Variadic() && n == s.Params().Len()-1 {
			text = "..." + strings.TrimPrefix(text, "[]")
			params, args = append(params, arg+" "+text), append(args, arg+"...")
			continue
		}
		params, args = append(params, arg+" "+text), append(args, arg)
	}
	var results []string
	for r := range s.Results().Variables() {
		results = append(results, types.TypeString(r.Type(), qualify))
	}
	built = method{
		name: m.Name(), params: "(" + strings.Join(params, ", ") + ")", results: "(" + strings.Join(results, ", ") + ")",
		args: "(" + strings.Join(args, ", ") + ")", returns: len(results) > 0,
	}
	return built, ok
}

func (t *table) source(p listedPackage) []byte {
	var b bytes.Buffer
	b.WriteString("// Code generated by runtime/symbols/generate. DO NOT EDIT.\n\npackage symbols\n\nimport (\n")
	paths := make([]string, 0, len(t.imports))
	for path := range t.imports {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		fmt.Fprintf(&b, "\t%q\n", path)
	}
	fmt.Fprintf(&b, ")\n\nfunc init() { tables[%q] = table{%q, %s} }\n\n", p.cellPath(), p.Name, tableFunc(t.path))
	fmt.Fprintf(&b, "func %s() map[string]reflect.Value {\n\treturn map[string]reflect.Value{\n", tableFunc(t.path))
	for _, line := range append(t.values, t.types...) {
		fmt.Fprintln(&b, line)
	}
	for _, w := range t.wraps {
		fmt.Fprintf(&b, "\"_%s\": reflect.ValueOf((*%s)(nil)),\n", w.name, t.wrapperType(w))
	}
	b.WriteString("}\n}\n")
	for _, w := range t.wraps {
		t.writeWrapper(&b, w)
	}
	return b.Bytes()
}

func tableFunc(path string) string { return "symbolsOf_" + identifier(path) }

func (t *table) wrapperType(w wrapper) string { return "_" + identifier(t.path) + "_" + w.name }

func identifier(path string) string {
	return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
}

// writeWrapper writes the struct type of a wrapper and its methods. The field
// names, IValue and W with the method's name, are those the interpreter expects.
func (t *table) writeWrapper(b *bytes.Buffer, w wrapper) {
	name := t.wrapperType(w)
	fmt.Fprintf(b, "\ntype %s struct {\nIValue interface{}\n", name)
	for _, m := range w.methods {
		fmt.Fprintf(b, "W%s func%s %s\n", m.name, m.params, m.results)
	}
	b.WriteString("}\n\n")
	for _, m := range w.methods {
		fmt.Fprintf(b, "func (w %s) %s%s %s {", name, m.name, m.params, m.results)
		if m.name == "String" && m.results == "(string)" {
			b.WriteString("\nif w.WString == nil {\nreturn \"\"\n}\n")
		}
		if m.returns {
			b.WriteString("return ")
		}
		fmt.Fprintf(b, "w.W%s%s }\n", m.name, m.args)
	}
}
