// Package lib has the source of generic functions and types of the standard
// library for cells. Export data has their types only, and reflection cannot
// hold them, so that cells instantiate these instead, each by the interpreter.
//
// The packages below it are compiled so that tests can compare them with the
// standard library's; nothing imports them otherwise. The hazard: a function
// must have the type parameters of the one that it stands for, in their order.
package lib

import "embed"

// Files holds the sources, each package in a folder of its own.
//
//go:embed */*.go
var Files embed.FS

// Folders gives the folder of each package, by import path.
var Folders = map[string]string{
	"cmp":          "cmp",
	"errors":       "errors",
	"iter":         "iter",
	"maps":         "maps",
	"math/rand/v2": "rand",
	"reflect":      "reflect",
	"slices":       "slices",
	"sync":         "sync",
	"sync/atomic":  "atomic",
}
