// Package ipclab is what a cell sees: interprocess communication as the operating system offers it, made visible.
//
// Processes are made by Fork or Spawn, become other programs by Exec, get signals by Kill, alone or as a group, are
// waited for by Wait, and are connected by descriptors: Pipe, Dup2, or Mkfifo and Open where they are not related.
// Pipeline runs many in a row. What exists at a moment is shown by Descriptors and Processes, what happened by a Trace,
// what it costs by RoundTrips, what is whole by Atomicity, why nothing happens by WhyStuck, whether homework works by
// Check; results are tables and charts that a notebook shows and a
// paper can print.
//
// Names and behaviour are those of POSIX and of the Linux manual; a function's comment names the page. Errors are of
// type *Error and name the call, its argument and the errno. The package works in compiled programs as in cells. A
// compiled program that forks calls fork.Init of ipclab/runtime/fork once, at its start.
//
// It is not an abstraction over these mechanisms: a descriptor that stays open keeps a pipe open, a read that nobody
// answers blocks, and a child that nobody waits for stays a zombie.
//
// The hazard: a forked child is a copy of the whole program. It has the parent's variables, its goroutines and its
// descriptors, and it goes on after Fork just as the parent does.
package ipclab
