package cell

// Packages under names that cells can neither take nor redefine, for code that
// the kernel puts into a cell. They need no import, and nothing is remembered
// of them.
const (
	ExecName = "exec" + mark // os/exec
	OSName   = "os" + mark   // os
)

// tools gives the import paths.
var tools = map[string]string{ExecName: "os/exec", OSName: "os"}
