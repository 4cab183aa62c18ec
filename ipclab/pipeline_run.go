package ipclab

import (
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/shm"
	"ipclab/ipclab/internal/sigaction"
)

// A pipeline is one run of Pipeline. Between stages i and i+1, and after the last one, is link i: a pipe to which stage
// i writes, the meter, and a pipe from which stage i+1 reads.
type pipeline struct {
	stages   []Stage
	links    []*link
	children []*child // a stage each, then the meter
	begun    []time.Time
	ended    []time.Time
}

// run makes pipes and processes, waits for all of them, and leaves none.
func (p *pipeline) run() (*PipelineTable, error) {
	defer p.close()
	counts, err := shm.New(linkCounts*len(p.stages), true)
	if err != nil {
		return nil, err
	}
	for i := range p.stages {
		l := &link{counts: counts, at: i * linkCounts, last: i == len(p.stages)-1}
		p.links = append(p.links, l)
		if err := l.open(); err != nil {
			return nil, err
		}
	}
	defer p.end()
	for i := range p.stages {
		if err := p.start(func() { p.stage(i) }); err != nil {
			return nil, err
		}
	}
	if err := p.start(p.meter); err != nil {
		return nil, err
	}
	p.close()
	if err := p.await(); err != nil {
		return nil, err
	}
	return p.table()
}

// close closes this process's ends of all pipes.
func (p *pipeline) close() {
	for _, l := range p.links {
		l.from.close()
		l.to.close()
	}
}

// end kills the processes that still run.
func (p *pipeline) end() {
	for _, c := range p.children {
		end(c)
	}
}

// start forks a process that does work, which does not return.
func (p *pipeline) start(work func()) error {
	c, err := forkOwn()
	if err != nil {
		return err
	}
	if c == nil {
		work()
	}
	p.children = append(p.children, c)
	p.begun = append(p.begun, time.Now())
	p.ended = append(p.ended, time.Time{})
	return nil
}

// stage is the process of stage i; it does not return.
func (p *pipeline) stage(i int) {
	const cannotRun = 127 // what a shell exits with
	runAndExit(func() {
		err := p.plumb(i)
		if err == nil {
			err = p.stages[i].run()
		}
		if err != nil {
			fmt.Fprintln(FD(2), err) // the stage's, whatever os.Stderr is
			unix.Exit(cannotRun)
		}
	})
}

// plumb makes the ends of the pipes standard input and output of stage i and closes all others.
func (p *pipeline) plumb(i int) error {
	if i > 0 {
		if err := Dup2(p.links[i-1].to.r, 0); err != nil {
			return err
		}
	}
	if err := Dup2(p.links[i].from.w, 1); err != nil {
		return err
	}
	p.close()
	// A program may have put something else in their place, as go test does for examples.
	os.Stdin, os.Stdout = os.NewFile(0, "/dev/stdin"), os.NewFile(1, "/dev/stdout")
	return sigaction.Default(unix.SIGPIPE)
}

// await waits until all processes have ended.
func (p *pipeline) await() error {
	running := slices.Clone(p.children)
	for len(running) > 0 {
		for i, c := range p.children {
			at := slices.Index(running, c)
			if at < 0 {
				continue
			}
			ended, status, err := c.collect()
			switch {
			case err != nil:
				return err
			case ended && status.Signaled() && status.Signal() == unix.SIGINT:
				return because(unix.EINTR, "interrupted")
			case ended:
				p.ended[i] = time.Now()
				running = slices.Delete(running, at, at+1)
			}
		}
		if len(running) > 0 {
			awaitAny(running, waitSlice)
		}
	}
	return nil
}

// table gathers what became of the stages.
func (p *pipeline) table() (*PipelineTable, error) {
	if status, _ := p.children[len(p.stages)].done(); status.ExitCode() != 0 {
		return nil, fmt.Errorf("the process that counts bytes %v", status)
	}
	t := &PipelineTable{}
	for i, s := range p.stages {
		c := p.children[i]
		status, _ := c.done()
		row := PipelineRow{
			Stage: s.name, Pid: c.pid, In: -1, Out: p.links[i].written(), Status: status,
			Begun: p.begun[i].Sub(p.begun[0]), Elapsed: p.ended[i].Sub(p.begun[i]),
			User: status.Usage.User, System: status.Usage.System,
		}
		if i > 0 {
			row.In = p.links[i-1].read()
		}
		t.rows = append(t.rows, row)
	}
	t.explain()
	return t, nil
}
