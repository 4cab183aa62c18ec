package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// What compiled code looks for in a value by reflection, which does not see the
// methods of cells' types: such a call is refused rather than done wrong.
var unseenMethods = map[string]string{
	"encoding/xml":  "MarshalXML UnmarshalXML MarshalXMLAttr UnmarshalXMLAttr MarshalText UnmarshalText",
	"text/template": "String Error Format",
	"html/template": "String Error Format",
}

// lookers are the functions and methods of these packages that look at values.
var lookers = map[string]bool{
	"Marshal": true, "MarshalIndent": true, "Unmarshal": true, "Encode": true, "EncodeElement": true, "Decode": true,
	"DecodeElement": true, "Execute": true, "ExecuteTemplate": true,
}

// refuseUnseen makes a problem of a call whose arguments have what it would not see.
func (e *emitter) refuseUnseen(fun ast.Expr, x *ast.CallExpr) {
	id := calleeIdent(fun)
	if id == nil || !lookers[id.Name] {
		return
	}
	f, ok := e.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || unseenMethods[f.Pkg().Path()] == "" {
		return
	}
	path := f.Pkg().Path()
	for _, a := range x.Args {
		u := unseen{methods: strings.Fields(unseenMethods[path]), embedded: path == "encoding/xml", seen: map[types.Type]bool{}}
		if what := u.in(e.typeOf(a)); what != "" {
			e.unsupported(a.Pos(), "%s does not see %s", path, what)
		}
	}
}

// An unseen looks for what reflection does not see.
type unseen struct {
	methods  []string
	embedded bool // embedded fields too
	seen     map[types.Type]bool
}

// in says what a type has of it, itself or in its parts.
func (u unseen) in(t types.Type) string {
	t = types.Unalias(t)
	if u.seen[t] {
		return ""
	}
	u.seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		if !isCell(t.Obj().Pkg()) || types.IsInterface(t) {
			return ""
		}
		set := types.NewMethodSet(types.NewPointer(t))
		for _, name := range u.methods {
			if set.Lookup(t.Obj().Pkg(), name) != nil {
				return "the method " + name + " of " + t.Obj().Name()
			}
		}
		return u.in(t.Underlying())
	case *types.Map:
		if what := u.in(t.Key()); what != "" {
			return what
		}
		return u.in(t.Elem())
	case *types.Struct:
		return u.fields(t)
	case interface{ Elem() types.Type }:
		return u.in(t.Elem())
	}
	return ""
}

func (u unseen) fields(t *types.Struct) string {
	for f := range t.Fields() {
		if u.embedded && f.Embedded() {
			return "that " + f.Name() + " is embedded"
		}
		if what := u.in(f.Type()); what != "" {
			return what
		}
	}
	return ""
}
