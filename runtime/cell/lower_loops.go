package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (e *emitter) labeled(s *ast.LabeledStmt) {
	name := s.Label.Name + mark + "label"
	e.label = name
	switch s.Stmt.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.SelectStmt:
		// The statement writes the label itself, after what it needs before.
	default:
		e.printf("%s:\n", name)
	}
	e.stmt(s.Stmt)
}

// loopBody writes the block of a loop: a checkpoint, then first, the statements
// and what continue does too.
func (e *emitter) loopBody(b *ast.BlockStmt, label, first, after string) {
	n := e.within(&loop{label: label, after: after})
	n.printf(" {\n")
	n.checkpoint()
	n.printf("%s", first)
	n.stmts(b.List)
	if after != "" {
		n.printf("%s\n", after)
	}
	n.printf("}\n")
}

func (e *emitter) writeLabel(label string) {
	if label != "" {
		e.printf("%s:\n", label)
	}
}

// forStmt writes a three-part loop. Variables that the body may keep, by a
// function literal or an address, are copied for each iteration and back.
func (e *emitter) forStmt(s *ast.ForStmt, label string) {
	n := e.nested()
	var kept []types.Object
	if a, ok := s.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
		for _, x := range a.Lhs {
			if id, ok := x.(*ast.Ident); ok && n.info.Defs[id] != nil && n.keeps(s, n.info.Defs[id]) {
				kept = append(kept, n.info.Defs[id])
			}
		}
	}
	inner := map[types.Object]string{}
	for _, v := range kept {
		inner[v] = n.name(v)
		n.renamed[v] = n.l.temp(v.Name())
	}
	init := n.simple(s.Init)
	if strings.Contains(init, "\n") {
		// What has to come first makes a block of it.
		e.printf("{\n%s\n", init)
		defer e.printf("}\n")
		init = ""
	}
	n.writeLabel(label)
	n.b.WriteString(n.l.line(s.Pos()))
	n.printf("for %s; ", init)
	switch {
	case s.Cond != nil:
		n.printf("%s", n.expr(s.Cond, nil))
	case s.Init != nil && s.Post == nil:
		// The interpreter takes "for init; ; {" for a loop that begins with
		// init each time.
		n.printf("true")
	}
	first, after, post := "", "", n.simple(s.Post)
	if !strings.Contains(post, "\n") {
		n.printf("; %s", post)
		post = ""
	} else {
		n.printf("; ")
	}
	for _, v := range kept {
		first += inner[v] + " := " + n.renamed[v] + "\n"
		after += n.renamed[v] + " = " + inner[v] + "\n"
		n.renamed[v] = inner[v]
	}
	n.loopBody(s.Body, label, first, strings.TrimSuffix(after+post, "\n"))
}

// keeps tells whether code within a loop may hold on to a variable: a function
// literal mentions it, or its address is taken.
func (e *emitter) keeps(loop ast.Node, v types.Object) bool {
	found := false
	mentions := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && e.info.Uses[id] == v {
			found = true
		}
		return !found
	}
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ast.Inspect(n, mentions)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				ast.Inspect(n.X, mentions)
			}
		case *ast.SelectorExpr:
			if sel := e.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
				ast.Inspect(n.X, mentions)
			}
		case *ast.SliceExpr:
			if _, ok := e.typeOf(n.X).Underlying().(*types.Array); ok {
				ast.Inspect(n.X, mentions)
			}
		}
		return !found
	})
	return found
}

func (e *emitter) rangeStmt(s *ast.RangeStmt, label string) {
	n := e.nested()
	t := n.typeOf(s.X)
	switch u := t.Underlying().(type) {
	case *types.Signature:
		n.rangeFunc(s, u, label)
		return
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			n.rangeInt(s, t, label)
			return
		} else if s.Key != nil && !isBlank(s.Key) {
			n.rangeString(s, label)
			return
		}
	}
	if n.byIndex(s) {
		n.rangeIndexed(s, label)
		return
	}
	key, value, first := n.rangeVariables(s)
	x := n.expr(s.X, nil)
	n.writeLabel(label)
	n.b.WriteString(n.l.line(s.Pos()))
	switch {
	case value != "":
		if key == "" {
			key = "_"
		}
		n.printf("for %s, %s := range %s", key, value, x)
	case key != "":
		n.printf("for %s := range %s", key, x)
	default:
		n.printf("for range %s", x)
	}
	n.loopBody(s.Body, label, first, "")
}

// rangeVariables gives the names that the interpreter's range statement declares, and what the body begins with.
func (e *emitter) rangeVariables(s *ast.RangeStmt) (key, value, first string) {
	if s.Tok == token.ASSIGN {
		if s.Key != nil && !isBlank(s.Key) {
			key = e.l.temp("v")
		}
		if s.Value != nil && !isBlank(s.Value) {
			value = e.l.temp("v")
		}
		return key, value, e.rangeAssign(s, key, value)
	}
	key, first1 := e.rangeVariable(s, s.Key)
	value, first2 := e.rangeVariable(s, s.Value)
	return key, value, first1 + first2
}

// rangeVariable gives the name that the interpreter's range statement declares
// for a variable, "" for none, and what the body begins with: the variable is
// copied when it may be kept.
func (e *emitter) rangeVariable(s *ast.RangeStmt, x ast.Expr) (name, first string) {
	if x == nil || isBlank(x) {
		return "", ""
	}
	v := e.info.Defs[x.(*ast.Ident)]
	if v == nil {
		return "", ""
	}
	name = e.name(v)
	if e.keeps(s.Body, v) {
		t := e.l.temp(v.Name())
		return t, name + " := " + t + "\n"
	}
	return name, ""
}

// rangeInt writes a loop over an integer with a counter of its own, so that the
// body may change its variable.
func (e *emitter) rangeInt(s *ast.RangeStmt, t types.Type, label string) {
	vt := t
	if s.Key != nil && !isBlank(s.Key) {
		vt = e.typeOf(s.Key)
	}
	if b, ok := vt.Underlying().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		vt = types.Default(b)
	}
	i, end := e.l.temp("i"), e.l.temp("n")
	ts := e.typ(vt)
	e.printf("var %s %s = %s\n", end, ts, e.expr(s.X, vt))
	e.writeLabel(label)
	e.b.WriteString(e.l.line(s.Pos()))
	e.printf("for %s := %s(0); %s < %s; %s++", i, ts, i, end, i)
	first := ""
	if s.Key != nil && !isBlank(s.Key) {
		op := " = "
		if s.Tok == token.DEFINE {
			op = " := "
		}
		first = e.expr(s.Key, nil) + op + i + "\n"
	}
	e.loopBody(s.Body, label, first, "")
}
