// Package messages reads what C compilers and linkers say, and words it as cells'
// errors are worded: with the name of the cell, the line, its text and a caret.
//
// It knows the forms of gcc, clang, tcc and of the GNU and LLVM linkers, without their
// own excerpts of the source. The hazard: there is no standard. A line in no known form
// is kept as it is, so that nothing is lost, and nothing is taken for an error but what
// says so.
package messages
