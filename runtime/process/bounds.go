package process

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/runtime/fork"
)

// keepBounds has this process and its children keep to the bounds as far as they can by themselves: Fork makes no
// process too many, and the collector works harder before memory runs out. The kernel does the rest, and has told the
// user of a bound that makes no sense.
func keepBounds() {
	b, _ := bounds.Read(os.Getenv, bounds.Machine())
	if err := bounds.Limit(os.Getppid(), b.Processes); err != nil {
		fmt.Fprintln(os.Stderr, "ipclab runtime:", err)
	}
	if b.Memory < math.MaxInt64 {
		debug.SetMemoryLimit(min(int64(b.Memory/10*9), debug.SetMemoryLimit(-1)))
	}
	limitTasks(b.Processes)
	yieldMemory()
}

// tasksEach is for how many threads of each process there is room in the limit of the system, tasksAtLeast for how many
// in all: a process of Go has a dozen.
const (
	tasksEach    = 16
	tasksAtLeast = 4096
)

// limitTasks is the last resort against what forks faster than the kernel can look: a limit of the system, which counts
// all processes and threads of this user, whoever started them. So there is room for all that are on the machine now, and
// then some. It does not bind root; see RLIMIT_NPROC in getrlimit(2).
func limitTasks(processes int) {
	var info unix.Sysinfo_t
	var now unix.Rlimit
	if processes > 1<<16 || unix.Sysinfo(&info) != nil || unix.Getrlimit(unix.RLIMIT_NPROC, &now) != nil {
		return
	}
	now.Cur = min(now.Cur, uint64(info.Procs)+uint64(max(tasksEach*processes, tasksAtLeast)))
	_ = unix.Setrlimit(unix.RLIMIT_NPROC, &now)
}

// boundIdleHeap ends this process if goroutines that go on between cells let the heap grow beyond the bound. While a cell
// runs the kernel looks, at all processes together; between cells it does so only as long as something seems to go on.
func (w *worker) boundIdleHeap() {
	b, _ := bounds.Read(os.Getenv, bounds.Machine())
	afterCollections(func() {
		if len(w.running) > 0 || fork.InChild() || heldMemory() <= b.Memory {
			return
		}
		fmt.Fprintf(os.Stderr, "fatal error: out of memory: goroutines that went on between cells used more than %s (%s). "+
			"End them with their cell, or start Jupyter with a larger %[2]s.\n", bounds.Size(b.Memory), bounds.MemoryVariable)
		os.Exit(2)
	})
}

// afterCollections calls f after each garbage collection or so, and costs nothing in between.
func afterCollections(f func()) {
	collected := new([16]byte)
	runtime.SetFinalizer(collected, func(*[16]byte) {
		f()
		afterCollections(f)
	})
}

// heldMemory is how much memory the Go runtime holds, as its limit counts it.
func heldMemory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}

// expendable is by how much this process and its children are likelier than others to be ended when the machine runs
// out of memory, in thousandths of its memory; see proc_pid_oom_score_adj(5). The kernel process is to outlive them.
const expendable = 500

// yieldMemory makes this process expendable. Where that cannot be done, nothing is lost but the preference.
func yieldMemory() {
	const file = "/proc/self/oom_score_adj"
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	now, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return
	}
	_ = os.WriteFile(file, []byte(strconv.Itoa(min(now+expendable, 1000))), 0)
}
