package stuck

import "slices"

// settle finds out who can go on: who does so by itself, and who waits for somebody that can. The others are stuck.
func (l *look) settle() {
	can := map[int]bool{}
	for _, p := range l.order {
		unseen := len(p.waits) == 0 && p.why == ""
		can[p.pid()] = p.alive || p.zombie() || unseen
	}
	for changed := true; changed; {
		changed = false
		for _, p := range l.order {
			if can[p.pid()] || len(p.waits) == 0 {
				continue
			}
			if slices.ContainsFunc(p.waits, func(w *Wait) bool { return l.hope(w, can) }) {
				can[p.pid()], changed = true, true
			}
		}
	}
	for _, p := range l.order {
		p.alive = can[p.pid()]
		for _, w := range p.waits {
			w.stuck = !l.hope(w, can)
		}
	}
}

// hope reports whether somebody who can go on can end a wait. Who is not among the processes looked at is taken for one
// that can.
func (l *look) hope(w *Wait, can map[int]bool) bool {
	for _, h := range w.By {
		if _, inside := l.processes[h.Pid]; !inside || can[h.Pid] && !(h.Pid == w.Pid && w.kind == pipeData) {
			return true
		}
	}
	if w.Until && w.kind != aChild || w.kind == somethingElse && len(w.By) == 0 && w.Open {
		return true
	}
	others := func(p *process) bool { return p.pid() != w.Pid && can[p.pid()] && !p.zombie() }
	return w.Open && slices.ContainsFunc(l.order, others)
}

// An edge says that a process waits for another.
type edge struct {
	wait *Wait
	by   Holder
}

// edges returns for whom a stuck process waits.
func (l *look) edges(pid int) (out []edge) {
	p := l.processes[pid]
	if p == nil || p.alive {
		return nil
	}
	for _, w := range p.waits {
		for _, h := range w.By {
			if q := l.processes[h.Pid]; w.stuck && w.kind != aPost && h.Pid != pid && q != nil && !q.alive {
				out = append(out, edge{w, h})
			}
		}
	}
	return out
}

// cycles returns the shortest circle through each stuck process, each circle once.
func (l *look) cycles() (all [][]edge) {
	seen := map[int]bool{}
	for _, p := range l.order {
		if seen[p.pid()] {
			continue
		}
		circle := l.circle(p.pid())
		for _, e := range circle {
			seen[e.wait.Pid] = true
		}
		if circle != nil {
			all = append(all, circle)
		}
	}
	return all
}

// circle returns the shortest way from a process back to itself.
func (l *look) circle(start int) []edge {
	came := map[int][]edge{start: nil}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		for _, e := range l.edges(queue[0]) {
			way := append(slices.Clone(came[queue[0]]), e)
			if e.by.Pid == start {
				return way
			}
			if _, known := came[e.by.Pid]; !known {
				came[e.by.Pid] = way
				queue = append(queue, e.by.Pid)
			}
		}
	}
	return nil
}
