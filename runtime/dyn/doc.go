// Package dyn gives interpreted code what interface values need: which type of
// a cell a value has, its methods, and how it prints.
//
// The interpreter represents a type of a cell by an unnamed one of reflect: type
// Celsius float64 is float64, and a struct has no methods. So lowered code
// (runtime/cell) describes each type of a cell by a Type. A named struct can be
// told from others by a tag of its first field; a value of any other named type
// is put in a box when it becomes an interface value, and taken out again by a
// type assertion. Methods are functions that take the interface value first.
//
// It is for lowered code, by way of Symbols, and for whoever shows values.
// The hazard: a Type must be defined before the first value of it becomes an
// interface value; until then that value is as the interpreter has it.
package dyn
