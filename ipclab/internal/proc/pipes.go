package proc

import (
	"maps"
	"slices"

	"golang.org/x/sys/unix"
)

// A Pipe is a pipe or FIFO with the descriptors of its ends, in whichever processes.
type Pipe struct {
	Name    string
	File    File
	Readers []Descriptor
	Writers []Descriptor
}

// Pipes pairs the ends of the pipes and FIFOs among fds, in the order in which they first appear.
func Pipes(fds []Descriptor) []Pipe {
	var pipes []Pipe
	for _, d := range fds {
		if d.Type() != unix.S_IFIFO || d.Info.Flags&unix.O_PATH != 0 {
			continue
		}
		i := slices.IndexFunc(pipes, func(p Pipe) bool { return p.holds(d) })
		if i < 0 {
			i = len(pipes)
			pipes = append(pipes, Pipe{Name: d.pipeName(), File: d.File})
		}
		if d.Readable() {
			pipes[i].Readers = append(pipes[i].Readers, d)
		}
		if d.Writable() {
			pipes[i].Writers = append(pipes[i].Writers, d)
		}
	}
	return pipes
}

// holds reports whether d is a descriptor of the pipe.
func (p Pipe) holds(d Descriptor) bool {
	return d.File.Device == p.File.Device && d.File.Inode == p.File.Inode
}

// Outside returns descriptors of those of the given pipes that lack an end, held by processes that are not in inside, as
// far as these may be read. Processes named in first are looked at before the rest; the search ends when each pipe has
// both ends. Descriptors that are hidden do not count.
func Outside(pipes []Pipe, inside map[int]bool, first []int, hidden func(Descriptor) bool) ([]Descriptor, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	order := slices.Clone(first)
	for _, s := range all {
		order = append(order, s.Pid)
	}
	seen := maps.Clone(inside)
	missing := lacking(pipes)
	var found []Descriptor
	for _, pid := range order {
		if len(missing) == 0 {
			break
		}
		if seen[pid] {
			continue
		}
		seen[pid] = true
		fds, err := descriptors(pid, func(target string) bool { return missing[target] })
		fds = slices.DeleteFunc(fds, hidden)
		if err == nil && len(fds) > 0 { // else it has ended, is another user's, or has no part in these pipes
			found = append(found, fds...)
			missing = lacking(Pipes(append(ends(pipes), found...)))
		}
	}
	return found, nil
}

// lacking returns the link targets of the pipes of which one end is not known.
func lacking(pipes []Pipe) map[string]bool {
	targets := map[string]bool{}
	for _, p := range pipes {
		if len(p.Readers) == 0 || len(p.Writers) == 0 {
			targets[slices.Concat(p.Readers, p.Writers)[0].Target] = true
		}
	}
	return targets
}

// ends returns all descriptors of the pipes.
func ends(pipes []Pipe) []Descriptor {
	var out []Descriptor
	for _, p := range pipes {
		out = append(append(out, p.Readers...), p.Writers...)
	}
	return out
}
