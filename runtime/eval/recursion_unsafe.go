package eval

import (
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"unsafe"
)

// What is assumed of the interpreter: a symbol has a field typ of type *itype, and
// that a field rtype, which holds the type of package reflect once it is known.

// typeFields are where the fields are.
type typeFields struct {
	typ, rtype uintptr
}

func (k *keeper) typeFields() (f typeFields, err error) {
	symbol := fields{of: k.symbols.Elem().Elem()}
	typ := symbol.field("typ", reflect.Pointer)
	if symbol.err != nil {
		return f, symbol.err
	}
	itype := fields{of: typ.Type.Elem()}
	rtype := itype.field("rtype", reflect.Interface)
	return typeFields{typ.Offset, rtype.Offset}, itype.err
}

// setFieldType is the interpreter's own: it changes the type of a struct's field.
//
//go:linkname setFieldType github.com/traefik/yaegi/internal/unsafe2.SetFieldType
func setFieldType(s reflect.Type, field int, t reflect.Type)

// defineRecursive compiles the types of a file, if there are some that lead to each
// other, and takes them out of it.
func (i *Interpreter) defineRecursive(file *ast.File, name string) error {
	specs := recursiveTypes(file)
	if len(specs) == 0 || i.keeper == nil {
		return nil
	}
	offsets, err := i.keeper.typeFields()
	if err != nil {
		return err
	}
	types := *file
	types.Decls = nil
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		taken := ok && (g.Tok == token.TYPE || g.Tok == token.IMPORT)
		if taken {
			types.Decls = append(types.Decls, d)
		}
		return taken
	})
	if err := i.compileTypes(&types); err != nil {
		return err
	}
	copied, err := copies(i.yaegi.FileSet(), name, specs)
	if err != nil {
		return err
	}
	if err := i.compileTypes(copied); err != nil {
		return err
	}
	return i.tie(specs, offsets)
}

func (i *Interpreter) compileTypes(file *ast.File) error {
	p, err := i.yaegi.CompileAST(file)
	if err != nil {
		return err
	}
	i.keeper.forget(p, nil, "")
	return nil
}

// tie makes the types of declarations from those of their copies.
func (i *Interpreter) tie(specs []*ast.TypeSpec, offsets typeFields) error {
	symbols := i.keeper.mainSymbols()
	symbol := func(name string) unsafe.Pointer {
		if s := symbols.MapIndex(reflect.ValueOf(name)); s.IsValid() {
			return *at[unsafe.Pointer](s.UnsafePointer(), offsets.typ)
		}
		return nil
	}
	ready, finished := map[reflect.Type]reflect.Type{}, map[reflect.Type]bool{}
	bodies := make([]reflect.Type, len(specs))
	for n, s := range specs {
		copied := symbol(body + s.Name.Name)
		if copied == nil || symbol(s.Name.Name) == nil {
			return fmt.Errorf("the interpreter does not know type %s", s.Name.Name)
		}
		bodies[n] = typeOf(copied)
		if stand := symbol(standIn + s.Name.Name); stand != nil {
			ready[typeOf(stand)], finished[bodies[n]] = bodies[n], true
		}
		symbols.SetMapIndex(reflect.ValueOf(body+s.Name.Name), reflect.Value{})
		symbols.SetMapIndex(reflect.ValueOf(standIn+s.Name.Name), reflect.Value{})
	}
	for t := range finished {
		for n := range t.NumField() {
			if field := t.Field(n).Type; real(field, ready, finished) != field {
				setFieldType(t, n, real(field, ready, finished))
			}
		}
	}
	for n, s := range specs {
		*at[reflect.Type](symbol(s.Name.Name), offsets.rtype) = real(bodies[n], ready, finished)
	}
	return nil
}
