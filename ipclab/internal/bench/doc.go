// Package bench is the arithmetic of a measurement: when a process has warmed up, how many trips and rounds make the median
// as exact as is wanted, at which times requests are due, what the times were, and whether the machine was too busy to
// believe them.
//
// It starts no process, reads no clock of its own and measures nothing: times are given to it. Times are float64 nanoseconds,
// since a trip of 68 ns, timed in batches, is known to less than one.
package bench
