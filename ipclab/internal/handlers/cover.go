package handlers

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// The wait for threads to block signals. It is over when as many have done it as were told, or, where one has ended
// meanwhile, when those that are there do.
const (
	coverLimit = 2 * time.Second
	coverLook  = 10 * time.Millisecond
	coverPause = 20 * time.Microsecond
)

// links is how many threads there were when all were covered, by the links of their folder; 0 if that is not known.
var links uint64

// cover has all threads but one block what can be taken.
func cover(except int) error {
	seen := threadLinks()
	want := atomic.LoadUint32(&now.covered)
	for _, thread := range threads() {
		if thread != except && unix.Tgkill(os.Getpid(), thread, unix.Signal(nudge)) == nil {
			want++
		}
	}
	for begun, look := time.Now(), coverLook; int32(atomic.LoadUint32(&now.covered)-want) < 0; time.Sleep(coverPause) {
		passed := time.Since(begun)
		if passed < look {
			continue
		}
		if allBlock(except) {
			break
		}
		if look += coverLook; passed > coverLimit {
			return fmt.Errorf("threads of this process did not block signals within %v: %w", coverLimit, unix.ETIMEDOUT)
		}
	}
	links = seen
	return nil
}

// coverNew has threads that were made since block what can be taken. Where that fails, they pass signals on.
func coverNew() {
	if threadLinks() != links {
		_ = cover(int(now.thread))
	}
}

// threadLinks returns the number of links of the folder of threads, which has one for each.
func threadLinks() uint64 {
	var s unix.Stat_t
	if unix.Stat("/proc/self/task", &s) != nil {
		return 0
	}
	return uint64(s.Nlink)
}

// threads returns the numbers of the threads of this process.
func threads() (all []int) {
	entries, _ := os.ReadDir("/proc/self/task")
	for _, e := range entries {
		if thread, err := strconv.Atoi(e.Name()); err == nil {
			all = append(all, thread)
		}
	}
	return all
}

// allBlock reports whether all threads but one block what can be taken.
func allBlock(except int) bool {
	for _, thread := range threads() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/status", thread))
		_, line, found := strings.Cut(string(text), "SigBlk:")
		if thread == except || err != nil || !found {
			continue
		}
		line, _, _ = strings.Cut(line, "\n")
		blocked, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
		if err != nil || Set(blocked)&Takeable() != Takeable() {
			return false
		}
	}
	return true
}
