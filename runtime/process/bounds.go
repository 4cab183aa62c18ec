package process

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"ipclab/ipclab/bounds"
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
	yieldMemory()
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
