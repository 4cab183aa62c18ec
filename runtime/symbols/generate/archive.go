package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"os"

	"golang.org/x/tools/go/gcexportdata"
)

// writeArchive packs the declarations of all packages into one zip file, each
// under its import path. The compiler's own export data also holds function
// bodies for inlining, so it is written anew, with types alone: a fifth of the
// size. Entries carry no times, so that equal input gives an equal file.
func writeArchive(file string, packages []*types.Package) error {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, p := range packages {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.Path(), Method: zip.Deflate})
		if err != nil {
			return err
		}
		if err := gcexportdata.Write(w, token.NewFileSet(), p); err != nil {
			return fmt.Errorf("export data of %s: %w", p.Path(), err)
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}
