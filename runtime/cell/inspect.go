package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// Inspect describes the name at cursor, a byte offset, or the function whose
// arguments the cursor is in: its declaration and, for a type, its methods.
// found is false when there is nothing to say.
func (s *Session) Inspect(code string, cursor int) (text string, found bool) {
	cursor = max(0, min(cursor, len(code)))
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if recover() != nil {
			text, found = "", false
		}
	}()
	start, end := nameAt(code, cursor)
	if start == end {
		call := contextAt(code[:cursor]).call
		if call < 0 {
			return "", false
		}
		start, end = nameAt(code, call)
	}
	for _, source := range []string{code, code[:end] + contextAt(code[:end]).closers} {
		if obj := s.objectAt(source, start); obj != nil {
			return describeLong(obj), true
		}
	}
	return "", false
}

// nameAt finds the identifier that an offset touches.
func nameAt(code string, at int) (start, end int) {
	toks, _ := tokens(code)
	for _, t := range toks {
		e := t.offset + len(t.lit)
		if t.kind == token.IDENT && t.offset <= at && at <= e {
			return t.offset, e
		}
	}
	return at, at
}

// objectAt checks code and finds what the identifier at an offset means.
func (s *Session) objectAt(code string, offset int) types.Object {
	p := parseCell(s.fset, "inspection", code)
	defer s.forget(p)
	ch := s.analyze(p, newInfo(), false)
	var obj types.Object
	for _, f := range ch.checkFiles(nil, nil) {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name != "_" && id.Pos().IsValid() && p.offset(id.Pos()) == offset {
				if o := ch.info.ObjectOf(id); o != nil && o.Type() != types.Typ[types.Invalid] {
					obj = o
				}
			}
			return obj == nil
		})
	}
	if obj == nil {
		obj = s.lone(code, offset)
	}
	return obj
}

// lone finds the meaning of a name that no expression uses yet, such as that of
// a package.
func (s *Session) lone(code string, offset int) types.Object {
	start, end := nameAt(code, offset)
	name := code[start:end]
	if m, ok := s.world.names[name]; ok && m.obj != nil {
		return m.obj
	}
	if obj := types.Universe.Lookup(name); obj != nil {
		return obj
	}
	path, ok := s.world.names[name].path, false
	if path == "" {
		if path, ok = s.packages.find(name, nil); !ok {
			return nil
		}
	}
	pkg, err := s.packages.Import(path)
	if err != nil {
		return nil
	}
	return types.NewPkgName(token.NoPos, nil, name, pkg)
}

// describeLong writes a declaration as one would read it in the documentation.
func describeLong(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return fmt.Sprintf("package %s // import %q", obj.Imported().Name(), obj.Imported().Path())
	case *types.Builtin:
		return "func " + obj.Name() + " // predeclared"
	case *types.TypeName:
		return describeType(obj)
	}
	text := types.ObjectString(obj, short)
	if c, ok := obj.(*types.Const); ok && !strings.Contains(text, " = ") {
		text += " = " + c.Val().String()
	}
	return text
}

// describeType writes a type and its exported methods.
func describeType(obj *types.TypeName) string {
	text := types.ObjectString(obj, short)
	if _, ok := obj.Type().Underlying().(*types.Interface); ok {
		return text
	}
	var methods []string
	set := types.NewMethodSet(types.NewPointer(obj.Type()))
	for i := range set.Len() {
		if m := set.At(i).Obj(); m.Exported() || isCell(m.Pkg()) {
			methods = append(methods, types.ObjectString(m, short))
		}
	}
	sort.Strings(methods)
	return strings.Join(append([]string{text}, methods...), "\n")
}
