package process

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/runtime/ccell"
	"ipclab/runtime/fork"
	"ipclab/runtime/reap"
)

// LeftoversVariable is the environment variable by which the kernel tells the
// runtime what to remove should the kernel be killed: the files of its ipc
// sockets, as FILE:DEVICE:INODE, separated by newlines. The numbers keep it
// from removing the socket of a kernel started anew under the same name.
const LeftoversVariable = "IPCLAB_LEFTOVERS"

// cleanLimit bounds the time in which a killed kernel's processes are ended.
const cleanLimit = 5 * time.Second

// watchLifeline blocks until the kernel is gone and then ends everything that
// came from it, and removes the programs that cells have kept. What it is given is read
// before any cell runs, since a cell may change the environment. It waits in the network poller, not in read(2):
// a thread less is to be stopped for each fork.
func watchLifeline(lifeline *os.File, mark, leftovers, temporary string, programs []string) {
	_, _ = io.Copy(io.Discard, lifeline)
	if fork.InChild() { // a forked child, which has only itself to end
		os.Exit(1)
	}
	reap.KillAll(func() []int {
		return append(reap.Marked(mark), reap.Descendants(os.Getpid(), false)...)
	}, cleanLimit)
	removeLeftovers(leftovers)
	ccell.Forget(programs, mark)
	endAndSweep(append(ccell.Folders(), temporary))
}

// goneLimit bounds the time from when the kernel's sockets are closed until it has ended.
const goneLimit = time.Second

// kernelIsGone reports whether an error comes from the end of the kernel, and not from what a cell did to the descriptors. What
// is left to do then, watchLifeline does, and ends this process: to exit before would cut it short.
func (w *worker) kernelIsGone(err error) bool {
	if !errors.Is(err, unix.EPIPE) && !errors.Is(err, unix.ECONNRESET) {
		return false
	}
	for end := time.Now().Add(goneLimit); os.Getppid() == w.kernel; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// removeLeftovers removes the listed files if they are still the same ones.
func removeLeftovers(list string) {
	for entry := range strings.SplitSeq(list, "\n") {
		rest, inode, ok1 := cutLast(entry)
		file, device, ok2 := cutLast(rest)
		var now unix.Stat_t
		if ok1 && ok2 && unix.Lstat(file, &now) == nil && now.Dev == device && now.Ino == inode {
			_ = unix.Unlink(file)
		}
	}
}

// cutLast cuts the number behind the last colon off.
func cutLast(s string) (before string, number uint64, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	number, err := strconv.ParseUint(s[i+1:], 10, 64)
	return s[:i], number, err == nil
}
