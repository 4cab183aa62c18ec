package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// function writes a function or method of the cell. Each begins with a guard:
// when a later cell defines it again with the same signature, whoever calls the
// first, by whatever way, is led to the last. It costs a comparison; reaching
// every function through a variable would double the cost of a call.
func (l *lowering) function(e *emitter, d *ast.FuncDecl) {
	obj, ok := l.ch.info.Defs[d.Name].(*types.Func)
	if !ok || d.Name.Name == "_" {
		return
	}
	sig := obj.Signature()
	switch {
	case d.Body == nil:
		e.unsupported(d.Pos(), "a function without body")
	case sig.RecvTypeParams().Len() > 0 || sig.TypeParams().Len() > 0:
		// Written where it is used, for the types it is used with.
	case sig.Recv() != nil:
		l.method(e, d, obj)
	case d.Name.Name == "init":
		l.ids[obj] = l.s.version("init")
		e.funcDecl(d, "", l.ids[obj], "")
	default:
		e.funcDecl(d, "", l.id(obj), l.guard(obj, d.Name.Name, l.id(obj), sig))
	}
}

func receiverNamed(sig *types.Signature) *types.Named {
	t := types.Unalias(sig.Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

func (l *lowering) method(e *emitter, d *ast.FuncDecl, obj *types.Func) {
	base := receiverNamed(obj.Signature())
	if base == nil {
		e.unsupported(d.Pos(), "a method of this type")
		return
	}
	l.writeMethod(e, d, obj)
}

// writeMethod writes a method as a function, with a guard so that later cells
// can define it again.
func (l *lowering) writeMethod(e *emitter, d *ast.FuncDecl, obj *types.Func) {
	key, name := l.methodKey(obj)
	e.method(d, obj.Signature(), name, l.guard(obj, key, name, functionSignature(obj.Signature())))
}

// methodKey names a method's function and its guard.
func (l *lowering) methodKey(obj *types.Func) (key, name string) {
	base := l.id(receiverNamed(obj.Signature()).Obj())
	return base + "." + obj.Name(), methodName(base, obj.Name())
}

// functionSignature is a method's with the receiver as first parameter.
func functionSignature(sig *types.Signature) *types.Signature {
	params := []*types.Var{sig.Recv()}
	for i := range sig.Params().Len() {
		params = append(params, sig.Params().At(i))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

// laterMethod writes a method of an earlier type, and tells the type's
// description of a new one.
func (l *lowering) laterMethod(e *emitter, m *laterMethod) {
	fn, ok := l.ch.info.Defs[m.fn.Name].(*types.Func)
	if !ok || m.method == nil {
		return
	}
	if m.decl.Body == nil {
		e.unsupported(m.decl.Pos(), "a method without body")
		return
	}
	key, name := l.methodKey(m.method)
	if !m.fresh {
		name = fmt.Sprintf("%s%d", name, l.file)
	}
	e.funcDecl(m.fn, "", name, l.guard(fn, key, name, fn.Signature()))
	if m.fresh {
		l.change.added[m.method] = true
		named := m.base.Type().(*types.Named)
		e.addMethod(named, m)
		e.addMethod(types.NewPointer(named), m)
	}
}

// addMethod adds a method to the description of a type.
func (e *emitter) addMethod(t types.Type, m *laterMethod) {
	set := types.NewMethodSet(t)
	if sel := set.Lookup(m.method.Pkg(), m.method.Name()); sel != nil {
		fmt.Fprintf(&e.l.setup, "%s.AddMethods(map[string]interface{}{%q: %s})\n",
			e.desc(t), m.method.Name(), e.methodClosure(t, sel))
	}
}

// guard declares or uses the guard of a function and returns the name of its
// variables and this definition's number: "base number", or "" for no guard.
func (l *lowering) guard(obj *types.Func, key, name string, sig *types.Signature) string {
	if p, ok := l.ch.base.entryPoint(key, sig); ok {
		fmt.Fprintf(&l.start, "%s%scur = %s; %s%sver = %d\n", p.base, mark, name, p.base, mark, l.file)
		return fmt.Sprintf("%s %d", p.base, l.file)
	}
	e := l.emitter(l.ch.info)
	e.pos = obj.Pos()
	l.decls.WriteString(l.variable(name+mark+"ver", "int") + l.variable(name+mark+"cur", e.typ(sig)))
	l.change.funcs[key] = entryPoint{name, sig}
	return name + " 0"
}

// method writes a method as a function whose first parameter is the receiver.
func (e *emitter) method(d *ast.FuncDecl, sig *types.Signature, name, guard string) {
	e.funcDeclAs(d, sig, e.typ(sig.Recv().Type()), name, guard)
}

// funcDecl writes a function with its body. The guard is as guard returns it.
func (e *emitter) funcDecl(d *ast.FuncDecl, recv, name, guard string) {
	e.funcDeclAs(d, e.info.Defs[d.Name].(*types.Func).Signature(), recv, name, guard)
}

// funcDeclAs is funcDecl for a given signature. Where recv is not empty it is
// the type of a first parameter, the receiver.
func (e *emitter) funcDeclAs(d *ast.FuncDecl, sig *types.Signature, recv, name, guard string) {
	f := e.sub(sig)
	f.b = &strings.Builder{}
	e.pos = d.Pos()
	first, rn := "", ""
	if recv != "" {
		rn = f.receiverName(d, guard != "")
		first = rn + " " + recv
	}
	f.b.WriteString(e.l.line(d.Pos()) + "func ")
	args := f.funcHead(name, d.Type, first, guard != "")
	if rn != "" {
		args = join(rn, args)
	}
	f.b.WriteString(" {\n")
	f.writeGuard(guard, args)
	f.functionBody(d.Type, d.Body)
	f.b.WriteString("}\n")
	e.l.decls.WriteString(f.b.String())
}

// writeGuard leads a call to the last definition of the function.
func (e *emitter) writeGuard(guard, args string) {
	base, number, ok := strings.Cut(guard, " ")
	if !ok {
		return
	}
	call := fmt.Sprintf("%s%scur(%s)", base, mark, args)
	if e.sig.Results().Len() > 0 {
		call = "return " + call
	} else {
		call += "; return"
	}
	e.printf("if %s%sver != %s { %s }\n", base, mark, number, call)
}

func (e *emitter) receiverName(d *ast.FuncDecl, needed bool) string {
	if names := d.Recv.List[0].Names; len(names) > 0 && names[0].Name != "_" {
		return e.name(e.info.Defs[names[0]])
	}
	if needed {
		return e.l.temp("recv")
	}
	return "_"
}

// funcHead writes name, parameters and results, and returns the arguments that
// pass the parameters on. Parameters without name get one when they are needed;
// first, if it is not empty, comes before all others.
func (e *emitter) funcHead(name string, t *ast.FuncType, first string, named bool) (args string) {
	var list, pass []string
	if first != "" {
		list = append(list, first)
	}
	i := 0
	for _, field := range t.Params.List {
		names := field.Names
		if len(names) == 0 {
			names = []*ast.Ident{nil}
		}
		for _, id := range names {
			n := "_"
			if id != nil && id.Name != "_" {
				n = e.name(e.info.Defs[id])
			} else if named {
				n = e.l.temp("p")
			}
			list = append(list, n+" "+e.parameterType(e.sig, i))
			if e.sig.Variadic() && i == e.sig.Params().Len()-1 {
				n += "..."
			}
			pass = append(pass, n)
			i++
		}
	}
	fmt.Fprintf(e.b, "%s(%s)%s", name, strings.Join(list, ", "), e.results(e.sig.Results()))
	return strings.Join(pass, ", ")
}

func (e *emitter) checkpoint() {
	h := e.l.host()
	fmt.Fprintf(e.b, "%sif *%s.Stop { %s.Interrupted() }\n", e.l.line(e.pos), h, h)
}

// funcLit writes a function literal.
func (e *emitter) funcLit(x *ast.FuncLit) string {
	sig, ok := e.concrete(e.info.TypeOf(x)).(*types.Signature)
	if !ok {
		return "nil"
	}
	f := e.sub(sig)
	f.b = &strings.Builder{}
	f.funcHead("func", x.Type, "", false)
	f.b.WriteString(" {\n")
	f.functionBody(x.Type, x.Body)
	f.b.WriteString("}")
	return f.b.String()
}

// name is what an object is called in the code being written.
func (e *emitter) name(obj types.Object) string {
	if obj == nil {
		return "_"
	}
	if n, ok := e.renamed[obj]; ok {
		return n
	}
	if obj.Parent() == types.Universe || obj.Pkg() == nil {
		return obj.Name()
	}
	if e.l.isPackageLevel(obj) {
		return e.l.id(obj)
	}
	return e.localName(obj.Name())
}

// isPackageLevel tells objects of the package that the cells make up from those
// declared within functions.
func (l *lowering) isPackageLevel(obj types.Object) bool {
	if o, ok := l.ch.aliases[obj]; ok {
		obj = o
	}
	if _, ok := l.ids[obj]; ok {
		return true
	}
	_, ok := l.s.ids[obj]
	return ok
}

// isPackageName tells names that a local variable must not hide, because types
// written out may need them.
func (l *lowering) isPackageName(name string) bool {
	if l.ch.pkg.Scope().Lookup(name) != nil {
		return true
	}
	m, ok := l.ch.base.names[name]
	return ok && m.obj != nil
}
