package stuck

import (
	"os"
	"strconv"
	"strings"

	"ipclab/ipclab/internal/proc"
)

// A process is what is seen of one process.
type process struct {
	stat    proc.Stat
	ours    bool // it runs this program, so it is a Go program, and some of its descriptors are the notebook's kernel's
	threads []thread
	fds     map[int]proc.Descriptor
	maps    []mapping // read when needed
	waits   []*Wait
	alive   bool   // something in it goes on by itself
	timer   bool   // a goroutine of it sleeps, or did lately: a timer that was stopped may show still
	why     string // what that is: "runs", "sleeps", "waits for the terminal"
}

// A thread is what is seen of one thread.
type thread struct {
	tid    int
	state  byte
	call   call
	inCall bool
	wchan  string // the function of the kernel in which it waits, where the call may not be read
	ran    string // how often it had run, as of before the call was read
}

// pid returns the process's number.
func (p *process) pid() int { return p.stat.Pid }

// file returns the path of a file about the process.
func (p *process) file(name string) string { return "/proc/" + strconv.Itoa(p.pid()) + "/" + name }

// zombie reports whether the process has ended.
func (p *process) zombie() bool { return p.stat.State == 'Z' || p.stat.State == 'X' }

// stopped reports whether a signal has stopped the process.
func (p *process) stopped() bool { return p.stat.State == 'T' || p.stat.State == 't' }

// readProcess looks at process pid. One that is gone meanwhile is nil.
func readProcess(pid int, own string) *process {
	s, err := proc.ReadStat(pid)
	if err != nil {
		return nil
	}
	p := &process{stat: s, fds: map[int]proc.Descriptor{}}
	program, known := proc.Exe(pid)
	p.ours = known && program == own
	if p.zombie() {
		return p
	}
	p.readThreads()
	fds, _ := proc.Descriptors(pid)
	for _, d := range fds {
		p.fds[d.Number] = d
	}
	return p
}

// readThreads looks at the threads.
func (p *process) readThreads() {
	entries, _ := os.ReadDir(p.file("task"))
	for _, e := range entries {
		tid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		folder := p.file("task/" + e.Name())
		line, err := os.ReadFile(folder + "/stat")
		if err != nil {
			continue
		}
		s, err := proc.ParseStat(line)
		if err != nil {
			continue
		}
		t := thread{tid: tid, state: s.State, ran: p.switches(tid)}
		text, err := os.ReadFile(folder + "/syscall")
		if err == nil {
			t.call, t.inCall = parseCall(string(text))
			if strings.HasPrefix(string(text), "running") { // it was woken since its state was read
				t.state = 'R'
			}
		} else {
			w, _ := os.ReadFile(folder + "/wchan")
			t.wchan = strings.TrimSpace(string(w))
		}
		p.threads = append(p.threads, t)
	}
}

// switches tells how often a thread has waited and was preempted; see proc_pid_status(5).
func (p *process) switches(tid int) string {
	text, _ := os.ReadFile(p.file("task/" + strconv.Itoa(tid) + "/status"))
	_, counts, _ := strings.Cut(string(text), "\nvoluntary_ctxt_switches:")
	return counts
}

// hasRun reports whether a thread that was seen waiting has run since, or does.
func (p *process) hasRun(t thread) bool {
	line, err := os.ReadFile(p.file("task/" + strconv.Itoa(t.tid) + "/stat"))
	if err != nil {
		return true // it has ended
	}
	s, err := proc.ParseStat(line)
	return err != nil || s.State != 'S' || p.switches(t.tid) != t.ran
}

// ranMeanwhile reports whether something ran for which the process was seen waiting.
func (p *process) ranMeanwhile() bool {
	for _, w := range p.waits {
		for _, t := range p.threads {
			if (w.Thread == t.tid || w.kind == goroutines) && p.switches(t.tid) != t.ran {
				return true
			}
		}
	}
	return false
}

// command names what the process runs.
func (p *process) command() string {
	if p.ours {
		return ""
	}
	return p.stat.Comm
}
