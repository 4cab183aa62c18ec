package ipclab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// runFolder runs the programs in a folder and adds a row for each.
func (t *CronTable) runFolder(folder string, limit time.Duration) error {
	names, err := namesIn(folder)
	if err != nil {
		return fileReason(filepath.Join(folder, "x"), err)
	}
	slices.Sort(names)
	for _, name := range names {
		path := filepath.Join(folder, name)
		if why := notRun(name, path); why != "" {
			if note := fmt.Sprintf("%s was not run: %s.", name, why); !slices.Contains(t.notes, note) {
				t.notes = append(t.notes, note)
			}
			continue
		}
		row := CronRow{Folder: filepath.Base(folder), Program: name, Started: time.Now()}
		row.Status, row.TooLong, err = runEntry(path, limit)
		if err != nil {
			return err
		}
		row.Took = time.Since(row.Started)
		t.rows = append(t.rows, row)
	}
	return nil
}

// notRun says why a file is none to run; "" if it is one.
func notRun(name, path string) string {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	for _, c := range name {
		if !strings.ContainsRune(allowed, c) {
			return fmt.Sprintf("%q is in its name", c)
		}
	}
	info, err := os.Stat(path)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return "it is no plain file"
	case unix.Access(path, unix.X_OK) != nil:
		return "it may not be executed"
	}
	return ""
}

// runEntry runs a program in a process group of its own and waits for it, for the limit at most: then the group is killed,
// as it is if the cell is interrupted.
func runEntry(path string, limit time.Duration) (status Status, tooLong bool, err error) {
	const cannotRun = 127 // what a shell exits with
	c, err := forkToExit(func() int {
		unix.Setpgid(0, 0)
		if null, err := Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC); err == nil {
			Dup2(null, 0)
		}
		fmt.Fprintln(FD(2), Exec(path))
		return cannotRun
	})
	if err != nil {
		return Status{}, false, err
	}
	unix.Setpgid(c.pid, c.pid) // whichever of the two comes first; this one may come too late, after the exec
	defer func() {
		if _, collected := c.done(); !collected { // so that the number is its group's still
			unix.Kill(-c.pid, unix.SIGKILL)
			end(c)
		}
	}()
	fd, err := unix.PidfdOpen(c.pid, 0)
	if err != nil {
		return Status{}, false, os.NewSyscallError("pidfd_open", err)
	}
	defer unix.Close(fd)
	if err := awaitAnyReadable([]int{fd}, time.Now().Add(limit)); err != nil {
		return Status{}, false, err
	}
	ended, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	tooLong = err == nil && ended == 0
	unix.Kill(-c.pid, unix.SIGKILL) // also what the program has left behind in its group
	status, _, err = c.wait()
	return status, tooLong, err
}
