// Package cell turns a notebook cell, which is Go with statements and
// declarations in any order, into a Go file that the interpreter runs well.
//
// A Session remembers what earlier cells defined. Prepare splits a cell, parses
// it, checks it with go/types against the session and lowers the checked tree:
// variables of the cell's top level become package variables, its statements the
// body of one function. Complete, Inspect and IsComplete answer an editor from
// the same knowledge. Nothing here runs a cell or knows the interpreter's API.
//
// Hazard: Prepare changes nothing, Commit does. Commit a Program only when the
// interpreter has accepted its Source, and take Snapshot and Restore along
// wherever the interpreter's own state goes back, or the session speaks of names
// that the interpreter does not have.
package cell
