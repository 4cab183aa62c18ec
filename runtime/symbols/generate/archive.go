package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"slices"

	"golang.org/x/tools/go/gcexportdata"
)

// writeArchive packs the declarations of all packages into one zip file, each
// under its import path. The compiler's own export data also holds function
// bodies for inlining, so it is written anew, with types alone: a fifth of the
// size.
func writeArchive(file string, packages []*types.Package) error {
	var entries []archiveEntry
	for _, p := range packages {
		var b bytes.Buffer
		if err := gcexportdata.Write(&b, token.NewFileSet(), p); err != nil {
			return fmt.Errorf("export data of %s: %w", p.Path(), err)
		}
		entries = append(entries, archiveEntry{p.Path(), b.Bytes()})
	}
	return writeZip(file, entries)
}

// An archiveEntry is one file of an archive.
type archiveEntry struct {
	name string
	data []byte
}

// writeZip writes a zip file. Entries carry no times, so that equal input gives
// an equal file.
func writeZip(file string, entries []archiveEntry) error {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := w.Write(e.data); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
