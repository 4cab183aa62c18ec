package process

import (
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/scratch"
)

// sweeperVariable is the environment variable that makes a runtime process a sweeper: the folders in which it is to remove
// temporary files, separated by newlines. The process that they belong to is handed over as a pidfd.
const sweeperVariable = "IPCLAB_SWEEP"

// processAt is the number of that descriptor.
const processAt = 3

// endAndSweep ends this process and removes its temporary files from the given folders. Goroutines of a cell may make new ones
// until the very end, and run on in a forked child too, so another program has to do both.
func endAndSweep(folders []string) {
	if startSweeper(folders) == nil {
		time.Sleep(cleanLimit) // until it ends this process
	}
	for _, folder := range folders {
		scratch.SweepOwn(folder)
	}
	os.Exit(1)
}

func startSweeper(folders []string) error {
	self, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return err
	}
	sweeper := exec.Command("/proc/self/exe")
	sweeper.Args = []string{"ipclab", "runtime"}
	sweeper.Env = append(os.Environ(), sweeperVariable+"="+strings.Join(folders, "\n"))
	sweeper.ExtraFiles = []*os.File{os.NewFile(uintptr(self), "pidfd")} // the first is descriptor 3
	return sweeper.Start()
}

// sweep is the sweeper.
func sweep(folders []string) {
	_ = unix.PidfdSendSignal(processAt, unix.SIGKILL, nil, 0)
	for err := error(unix.EINTR); err == unix.EINTR; {
		_, err = unix.Poll([]unix.PollFd{{Fd: processAt, Events: unix.POLLIN}}, int(cleanLimit.Milliseconds()))
	}
	for _, folder := range folders {
		scratch.Sweep(folder)
	}
}
