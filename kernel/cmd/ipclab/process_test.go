package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// markVariable is in the environment of all processes that a test starts, and
// of those that they start.
const markVariable = "IPCLAB_TEST_MARK"

// patience is how long something may take that takes milliseconds on an idle
// machine.
const patience = 30 * time.Second

// await waits until done.
func await(done func() bool) bool {
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// marked lists the processes with a mark, but not zombies, as "PID COMMAND".
func marked(mark string) []string {
	var list []string
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		environment, _ := os.ReadFile(folder + "/environ") // empty for a zombie
		if !bytes.Contains(environment, []byte(markVariable+"="+mark+"\x00")) {
			continue
		}
		command, _ := os.ReadFile(folder + "/cmdline")
		list = append(list, filepath.Base(folder)+" "+strings.ReplaceAll(string(command), "\x00", " "))
	}
	return list
}

// processes gives the number of the marked processes whose command line has a
// text in it.
func processes(mark, text string) []int {
	var pids []int
	for _, p := range marked(mark) {
		number, command, _ := strings.Cut(p, " ")
		if pid, err := strconv.Atoi(number); err == nil && strings.Contains(command, text) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func awaitNoProcess(mark string) error {
	if !await(func() bool { return len(marked(mark)) == 0 }) {
		return fmt.Errorf("processes are left: %q", marked(mark))
	}
	return nil
}

func matches(pattern, text string) error {
	ok, err := regexp.MatchString(pattern, text)
	if err == nil && !ok {
		err = fmt.Errorf("no match for %q in %q", pattern, text)
	}
	return err
}
