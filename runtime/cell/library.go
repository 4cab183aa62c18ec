package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"

	"ipclab/runtime/cell/lib"
)

// A library is the checked source of a package's generic functions and types,
// which cells instantiate in place of the compiled ones.
type library struct {
	pkg      *types.Package
	generics map[types.Object]*generic
	methods  map[types.Object][]*generic
	ids      map[types.Object]string
}

// library returns the source of a package, or nil if there is none.
func (p *packages) library(importPath string) *library {
	if l, ok := p.libraries[importPath]; ok {
		return l
	}
	p.libraries[importPath] = nil
	folder, ok := lib.Folders[importPath]
	if !ok {
		return nil
	}
	l := p.loadLibrary(folder)
	p.libraries[importPath] = l
	return l
}

func (p *packages) loadLibrary(folder string) *library {
	entries, err := fs.ReadDir(lib.Files, folder)
	if err != nil {
		return nil
	}
	var files []*ast.File
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		src, err := fs.ReadFile(lib.Files, name)
		if err != nil {
			return nil
		}
		f, err := parser.ParseFile(p.fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		files = append(files, f)
	}
	info := newInfo()
	conf := types.Config{GoVersion: goVersion, Importer: p, Sizes: sizes()}
	// Named as the package of cells, so that it is lowered as cells are.
	pkg, err := conf.Check("main", p.fset, files, info)
	if err != nil {
		return nil
	}
	l := &library{
		pkg:      pkg,
		generics: map[types.Object]*generic{},
		methods:  map[types.Object][]*generic{},
		ids:      map[types.Object]string{},
	}
	for _, f := range files {
		l.collect(f, info)
	}
	for _, name := range pkg.Scope().Names() {
		l.ids[pkg.Scope().Lookup(name)] = folder + "_" + name + mark
	}
	return l
}

// collect notes the declarations of a file.
func (l *library) collect(f *ast.File, info *types.Info) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.TYPE {
				for _, s := range d.Specs {
					l.generics[info.Defs[s.(*ast.TypeSpec).Name]] = &generic{info: info}
				}
			}
		case *ast.FuncDecl:
			fn := info.Defs[d.Name].(*types.Func)
			if fn.Signature().Recv() == nil {
				l.generics[fn] = &generic{info, d}
				continue
			}
			base := receiverNamed(fn.Signature()).Origin().Obj()
			l.methods[base] = append(l.methods[base], &generic{info, d})
		}
	}
}

// source finds the object of a library that stands for one of a package, or nil.
func (p *packages) source(obj types.Object) types.Object {
	if obj.Pkg() == nil || isCell(obj.Pkg()) {
		return nil
	}
	l := p.library(p.pathOf(obj.Pkg()))
	if l == nil {
		return nil
	}
	return l.pkg.Scope().Lookup(obj.Name())
}

// ofLibrary finds the library that an object belongs to.
func (p *packages) ofLibrary(obj types.Object) *library {
	for _, l := range p.libraries {
		if l != nil && l.pkg == obj.Pkg() {
			return l
		}
	}
	return nil
}

// libraryType gives the type that stands for an instance of a package's generic
// type, or t itself.
func (p *packages) libraryType(t *types.Named) types.Type {
	if t.TypeArgs().Len() == 0 || isCell(t.Obj().Pkg()) {
		return t
	}
	tn, ok := p.source(t.Origin().Obj()).(*types.TypeName)
	if !ok {
		return t
	}
	args := make([]types.Type, t.TypeArgs().Len())
	for i := range args {
		args[i] = t.TypeArgs().At(i)
	}
	if r, err := types.Instantiate(nil, tn.Type(), args, false); err == nil {
		return r
	}
	return t
}

// replacesTypes tells whether types of cells can be such as libraryType replaces.
func (p *packages) replacesTypes() bool { return p.loaded["sync/atomic"] != nil }
