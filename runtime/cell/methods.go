package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A laterMethod is a method whose type an earlier cell defined. The checker
// cannot take it as a method, since it would look for the type's declaration: it
// is checked as a function with the receiver as its first parameter, and then
// added to the type.
type laterMethod struct {
	decl   *ast.FuncDecl // as written
	fn     *ast.FuncDecl // as a function
	stub   *ast.FuncDecl // fn without body under another name, which gives the signature
	base   *types.TypeName
	ptr    bool        // the receiver is a pointer
	method *types.Func // of the type
	fresh  bool        // no earlier cell defined it
}

// functionName is how a method is called as a function.
func (m *laterMethod) functionName() string { return m.base.Name() + "." + m.decl.Name.Name }

// takeLaterMethods takes methods of earlier types out of the tree of declarations.
func (ch *checked) takeLaterMethods(own map[string]bool) {
	rest := make([]ast.Decl, 0, len(ch.declFile.Decls))
	for _, d := range ch.declFile.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || len(f.Recv.List) != 1 {
			rest = append(rest, d)
			continue
		}
		id := receiverBase(f.Recv.List[0].Type)
		if id != nil && own[id.Name] {
			if name, ok := ch.aliasOfEarlier(id.Name, own); ok {
				ch.problems.add(ch.offset(id.Pos()), "not supported yet: a method of %s by its alias %s: name the type itself", name, id.Name)
				continue
			}
		}
		if id == nil || own[id.Name] || !ch.remembered(id.Name) {
			rest = append(rest, d)
			continue
		}
		if m := ch.laterMethod(f, id); m != nil {
			ch.later = append(ch.later, m)
		}
	}
	ch.declFile.Decls = rest
}

func (ch *checked) laterMethod(f *ast.FuncDecl, id *ast.Ident) *laterMethod {
	tn, ok := ch.base.names[id.Name].obj.(*types.TypeName)
	if !ok {
		ch.problems.add(ch.offset(id.Pos()), "%s is not a type", id.Name)
		return nil
	}
	named, ok := types.Unalias(tn.Type()).(*types.Named)
	if !ok || !isCell(named.Obj().Pkg()) {
		ch.problems.add(ch.offset(id.Pos()), "cannot define new methods on non-local type %s", types.TypeString(tn.Type(), short))
		return nil
	}
	if named.TypeParams().Len() > 0 {
		ch.problems.add(ch.offset(id.Pos()), "not supported yet: a method of generic type %s, which another cell defines: put both in one cell", id.Name)
		return nil
	}
	m := &laterMethod{decl: f, base: named.Obj()}
	_, m.ptr = ast.Unparen(f.Recv.List[0].Type).(*ast.StarExpr)
	m.fn = m.function(m.functionName(), f.Body)
	m.stub = m.function(m.functionName()+mark, nil)
	return m
}

// function writes the method as a function.
func (m *laterMethod) function(name string, body *ast.BlockStmt) *ast.FuncDecl {
	recv := *m.decl.Recv.List[0]
	params := append([]*ast.Field{&recv}, m.decl.Type.Params.List...)
	named := false
	for _, f := range params {
		named = named || len(f.Names) > 0
	}
	for i, f := range params {
		if named && len(f.Names) == 0 {
			g := *f
			g.Names = []*ast.Ident{{NamePos: f.Pos(), Name: "_"}}
			params[i] = &g
		}
	}
	t := *m.decl.Type
	t.Params = &ast.FieldList{Opening: t.Params.Opening, List: params, Closing: t.Params.Closing}
	return &ast.FuncDecl{Name: &ast.Ident{NamePos: m.decl.Name.Pos(), Name: name}, Type: &t, Body: body}
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

// addLaterMethods gives the earlier types their new methods, once their
// signatures are known. A method that a cell with errors added stays with the
// type, since go/types cannot take it away: see phantoms.
func (s *Session) addLaterMethods(ch *checked) {
	for _, m := range ch.later {
		stub, ok := ch.pkg.Scope().Lookup(m.stub.Name.Name).(*types.Func)
		if !ok {
			continue
		}
		s.addMethod(ch, m, methodSignature(stub.Signature()))
	}
}

// methodSignature makes a method's signature of a function's.
func methodSignature(sig *types.Signature) *types.Signature {
	var params []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		params = append(params, sig.Params().At(i))
	}
	return types.NewSignatureType(sig.Params().At(0), nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

func (s *Session) addMethod(ch *checked, m *laterMethod, sig *types.Signature) {
	named := m.base.Type().(*types.Named)
	name := m.decl.Name
	if named.Underlying() != nil {
		switch u := named.Underlying().(type) {
		case *types.Pointer, *types.Interface:
			ch.problems.add(ch.offset(m.decl.Recv.Pos()), "invalid receiver type %s (pointer or interface type)", m.base.Name())
			return
		case *types.Struct:
			for i := range u.NumFields() {
				if u.Field(i).Name() == name.Name {
					ch.problems.add(ch.offset(name.Pos()), "field and method with the same name %s", name.Name)
					return
				}
			}
		}
	}
	fn := types.NewFunc(name.Pos(), ch.pkg, name.Name, sig)
	old := methodOf(named, name.Name)
	switch {
	case old == nil:
		named.AddMethod(fn)
		s.added[fn] = true
		m.method, m.fresh = fn, true
	case s.phantom(ch.base, old):
		*old = *fn
		m.method, m.fresh = old, true
	case types.Identical(old.Signature(), sig) && pointerReceiver(old) == m.ptr:
		m.method = old
	default:
		ch.problems.add(ch.offset(name.Pos()),
			"not supported yet: another signature for method %s of %s: put the type and its methods in one cell and run that", name.Name, m.base.Name())
	}
}

func methodOf(named *types.Named, name string) *types.Func {
	for i := range named.NumMethods() {
		if m := named.Method(i); m.Name() == name {
			return m
		}
	}
	return nil
}

func pointerReceiver(f *types.Func) bool {
	_, ok := types.Unalias(f.Signature().Recv().Type()).(*types.Pointer)
	return ok
}

// phantom tells a method that a type has although no committed cell defines it.
func (s *Session) phantom(w *world, m *types.Func) bool {
	return s.added[m] && !w.added[m]
}

// phantoms reports uses of methods that are there only because a cell with
// errors, or one taken back, defined them.
func (s *Session) phantoms(ch *checked) {
	mine := map[*types.Func]bool{}
	for _, m := range ch.later {
		mine[m.method] = true
	}
	for x, sel := range ch.info.Selections {
		f, ok := sel.Obj().(*types.Func)
		if ok && s.phantom(ch.base, f) && !mine[f] {
			ch.problems.add(ch.offset(x.Sel.Pos()), "%s undefined (type %s has no field or method %s)",
				types.ExprString(x), types.TypeString(sel.Recv(), short), f.Name())
		}
	}
}

// checkFunctions gives the later methods as functions to the checker.
func (ch *checked) laterFunctions(stubs bool) []ast.Decl {
	var decls []ast.Decl
	for _, m := range ch.later {
		if stubs {
			decls = append(decls, m.stub)
		} else {
			decls = append(decls, m.fn)
		}
	}
	return decls
}

// typesFirst splits declarations into types and constants, and the rest.
func typesFirst(decls []ast.Decl) (first, rest []ast.Decl) {
	for _, d := range decls {
		if g, ok := d.(*ast.GenDecl); ok && (g.Tok == token.TYPE || g.Tok == token.CONST) {
			first = append(first, d)
		} else {
			rest = append(rest, d)
		}
	}
	return first, rest
}
