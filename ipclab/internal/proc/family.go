package proc

import (
	"os"
	"slices"
	"strconv"
)

// All returns the state of every process that can be seen, by ascending number.
func All() ([]Stat, error) {
	pids, err := numbers("/proc")
	if err != nil {
		return nil, err
	}
	var all []Stat
	for _, pid := range pids {
		if s, err := ReadStat(pid); err == nil {
			all = append(all, s)
		}
	}
	return all, nil
}

// numbers returns the names in folder that are numbers, ascending.
func numbers(folder string) ([]int, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil && n >= 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Ancestors returns the numbers of the parent of pid, of its parent, and so on, as far as all holds them.
func Ancestors(all []Stat, pid int) []int {
	parent := map[int]int{}
	for _, s := range all {
		parent[s.Pid] = s.PPid
	}
	var out []int
	for p := parent[pid]; p > 0 && !slices.Contains(out, p); p = parent[p] {
		out = append(out, p)
	}
	return out
}

// Descendants returns root and everything below it, parents before children.
func Descendants(all []Stat, root int) []Stat {
	children := map[int][]Stat{}
	var out []Stat
	for _, s := range all {
		if s.Pid == root {
			out = append(out, s)
		} else {
			children[s.PPid] = append(children[s.PPid], s)
		}
	}
	for i := 0; i < len(out); i++ {
		out = append(out, children[out[i].Pid]...)
		delete(children, out[i].Pid)
	}
	return out
}
