package cell

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
	"sort"
	"strings"
)

// preferred settles which package a name means where several have that name and
// the members used do not tell: the one that programs import more often.
var preferred = map[string][]string{
	"rand":     {"math/rand", "crypto/rand"},
	"template": {"text/template", "html/template"},
	"scanner":  {"text/scanner", "go/scanner"},
	"pprof":    {"runtime/pprof", "net/http/pprof"},
	"unix":     {"golang.org/x/sys/unix"},
	"json":     {"encoding/json"},
	"trace":    {"runtime/trace"},
}

// packages finds packages by path and by name.
type packages struct {
	imp       Importer
	paths     []string
	byName    map[string][]string // paths, best first
	fset      *token.FileSet
	libraries map[string]*library       // by import path; nil for packages without
	loaded    map[string]*types.Package // by the path that cells write
	pathOfPkg map[*types.Package]string // the path that cells write
}

func newPackages(imp Importer, fset *token.FileSet) *packages {
	p := &packages{
		fset:      fset,
		libraries: map[string]*library{},
		imp:       imp,
		byName:    map[string][]string{},
		loaded:    map[string]*types.Package{},
		pathOfPkg: map[*types.Package]string{},
	}
	p.paths = append(p.paths, imp.Paths()...)
	sort.Strings(p.paths)
	for _, path := range p.paths {
		if importable(path) {
			name := guessName(path)
			p.byName[name] = append(p.byName[name], path)
		}
	}
	for name, list := range preferred {
		p.prefer(name, list)
	}
	return p
}

// prefer puts the paths of list that exist first.
func (p *packages) prefer(name string, list []string) {
	var first, rest []string
	have := map[string]bool{}
	for _, path := range p.byName[name] {
		have[path] = true
	}
	for _, path := range list {
		if have[path] {
			first = append(first, path)
			delete(have, path)
		}
	}
	for _, path := range p.byName[name] {
		if have[path] {
			rest = append(rest, path)
		}
	}
	p.byName[name] = append(first, rest...)
}

// importable tells whether a cell may import a path at all.
func importable(path string) bool {
	for _, part := range strings.Split(path, "/") {
		if part == "internal" || part == "vendor" {
			return false
		}
	}
	return true
}

// guessName is the name that a package most likely has.
func guessName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return path.Base(path.Dir(importPath))
	}
	return base
}

// Import implements types.Importer.
func (p *packages) Import(path string) (*types.Package, error) {
	if pkg := p.loaded[path]; pkg != nil {
		return pkg, nil
	}
	if path == "unsafe" {
		p.loaded[path], p.pathOfPkg[types.Unsafe] = types.Unsafe, path
		return types.Unsafe, nil
	}
	if path == "C" || !importable(path) || !p.known(path) {
		return nil, fmt.Errorf("package %s is not in std", path)
	}
	pkg, err := p.imp.Import(path)
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", path, err)
	}
	p.loaded[path], p.pathOfPkg[pkg] = pkg, path
	return pkg, nil
}

func (p *packages) known(path string) bool {
	i := sort.SearchStrings(p.paths, path)
	return i < len(p.paths) && p.paths[i] == path
}

// pathOf gives the import path for the interpreter of a package.
func (p *packages) pathOf(pkg *types.Package) string {
	if path, ok := p.pathOfPkg[pkg]; ok {
		return path
	}
	return pkg.Path()
}

// find gives the path of the package that a name without import means, given
// the members that the cell uses of it.
func (p *packages) find(name string, members []string) (string, bool) {
	if name == "unsafe" {
		return name, true
	}
	list := p.byName[name]
	if len(list) <= 1 {
		if len(list) == 1 {
			return list[0], true
		}
		return "", false
	}
	for _, path := range list {
		if p.hasAll(path, members) {
			return path, true
		}
	}
	return list[0], true
}

func (p *packages) hasAll(path string, members []string) bool {
	pkg, err := p.Import(path)
	if err != nil {
		return false
	}
	for _, m := range members {
		if pkg.Scope().Lookup(m) == nil {
			return false
		}
	}
	return true
}
