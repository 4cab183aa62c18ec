// Command reference writes the reference of package ipclab for the website, from the package's doc comments and from the
// examples among its tests, which run with them: one page for each topic, in Markdown.
//
//	go run ./notebooks/book/reference PACKAGE-FOLDER OUTPUT-FOLDER
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: reference PACKAGE-FOLDER OUTPUT-FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// write reads the package and writes the pages.
func write(from, to string) error {
	p, err := load(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, page := range p.pages() {
		if err := os.WriteFile(to+"/"+page.name+".md", []byte(page.text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
