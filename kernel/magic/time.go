package magic

import (
	"fmt"

	"ipclab/runtime/cell"
)

// cpuSource declares the function that gives the CPU time used so far.
const cpuSource = `func timeˑcpu() (user, system float64) {
	var own, children syscall%[1]s.Rusage
	syscall%[1]s.Getrusage(syscall%[1]s.RUSAGE_SELF, &own)
	syscall%[1]s.Getrusage(syscall%[1]s.RUSAGE_CHILDREN, &children)
	user = float64(own.Utime.Nano()+children.Utime.Nano()) / 1e9
	system = float64(own.Stime.Nano()+children.Stime.Nano()) / 1e9
	return user, system
}
`

// beginSource is what a cell's function begins with, in one line, so that the
// lines below it keep their numbers. A child that the cell has forked ends with
// the cell, too, and must print nothing.
const beginSource = ` pidˑ := os%[1]s.Getpid(); userˑ, systemˑ := timeˑcpu(); startˑ := time%[1]s.Now(); ` +
	`defer func() { wall := time%[1]s.Since(startˑ); user, system := timeˑcpu(); if os%[1]s.Getpid() == pidˑ { ` +
	`fmt%[1]s.Printf("wall %%.6f s, user %%.6f s, system %%.6f s\n", wall.Seconds(), user-userˑ, system-systemˑ) } }();`

// Timed changes a lowered cell so that it prints, in the end, how long it took. Number must be another one at each
// call.
func Timed(p *cell.Program, number int) {
	wrap(p, fmt.Sprintf("ˑtime%d", number), []string{"fmt", "os", "syscall", "time"}, beginSource, cpuSource)
}
