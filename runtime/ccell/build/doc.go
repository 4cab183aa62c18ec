// Package build compiles cells of C with the system's compiler, and keeps the programs
// for the next time.
//
// A program is found again by everything that it depends on: the source and the name,
// the flags and the files among them, the compiler (its path, size, time and version),
// the working folder, the variables that compilers look at, and the content of every
// header. The cache is a folder:
//
//	KEY/NAME         a program
//	KEY/messages     what the compiler said about it, with the program's size (JSON)
//	KEY.headers      names of the headers of a program, a line each; KEY is without them
//	new-…            what is being made, or removed; renamed when it is whole
//	kept-MARK/NAME   programs that the kernel with this mark keeps under names
//
// Several kernels may use the folder at once: names appear and vanish by rename(2).
// What was not used for longest goes first when the folder grows beyond its bound.
//
// The hazard: an entry may vanish after it was found. Who starts a program and finds it
// gone compiles once more.
package build
