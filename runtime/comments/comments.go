// Package comments has the doc comments of every package that cells may import,
// by exported name, so that a kernel can show them where there is no source of
// the standard library. Package builtin stands for what is predeclared.
//
// The archive is written by runtime/symbols/generate and must be written anew
// when comments of ipclab change; a test compares the two. Nothing of it is read
// before the first question, and then only the packages that are asked about.
package comments

import (
	"archive/zip"
	"bytes"
	_ "embed" // for the archive
	"fmt"
	"io"
	"strings"
	"sync"
)

// archive has a file for each package, named by the path by which cells import
// it: Names and texts in turn, separated by zero bytes. A method or field is
// named Type.Name; the package's own comment has the empty name.
//
//go:embed comments.zip
var archive []byte

// kept is how many packages are held in memory. They are small, and who reads
// about one name of a package often reads about the next.
const kept = 8

var (
	mu     sync.Mutex
	files  map[string]*zip.File
	loaded []page // the one used last comes first
)

// A page is what is known of one package.
type page struct {
	path  string
	texts map[string]string
}

// Of returns the doc comment of a name that a package exports; for a method or a
// field the name is Type.Name, and for the package itself "". The text is as in
// the source, without comment marks; it is empty if there is none.
func Of(path, name string) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	for i, p := range loaded {
		if p.path == path {
			copy(loaded[1:i+1], loaded[:i])
			loaded[0] = p
			return p.texts[name], nil
		}
	}
	texts, err := read(path)
	if err != nil {
		return "", fmt.Errorf("doc comments of %s: %w", path, err)
	}
	loaded = append([]page{{path, texts}}, loaded[:min(len(loaded), kept-1)]...)
	return texts[name], nil
}

// read takes the texts of a package from the archive. Of a package that is not
// there, nothing is known.
func read(path string) (map[string]string, error) {
	if files == nil {
		z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			return nil, err
		}
		files = map[string]*zip.File{}
		for _, f := range z.File {
			files[f.Name] = f
		}
	}
	f, ok := files[path]
	if !ok {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return split(string(text)), nil
}

func split(text string) map[string]string {
	fields := strings.Split(text, "\x00")
	texts := make(map[string]string, len(fields)/2)
	for i := 0; i+1 < len(fields); i += 2 {
		texts[fields[i]] = fields[i+1]
	}
	return texts
}
