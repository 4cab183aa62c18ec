package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// Programs are run because they are in the folder.
func ExampleCron() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	hourly, log := filepath.Join(folder, "cron.hourly"), filepath.Join(folder, "log")
	os.Mkdir(hourly, 0o755)
	os.WriteFile(filepath.Join(hourly, "10-rotate"), []byte("#!/bin/sh\necho rotated >>"+log+"\n"), 0o755)
	os.WriteFile(filepath.Join(hourly, "20-report"), []byte("#!/bin/sh\necho reported >>"+log+"; exit 3\n"), 0o755)

	anHour := 20 * time.Millisecond // for an example
	t, err := ipclab.Cron(filepath.Join(folder, "state"), []ipclab.CronFolder{{Path: hourly, Every: anHour}}, time.Minute,
		ipclab.CronOptions{Runs: 2})
	for _, r := range t.Rows() {
		fmt.Println(r.Folder, r.Program, r.Status)
	}
	text, _ := os.ReadFile(log)
	fmt.Print(string(text), err)
	// Output:
	// cron.hourly 10-rotate exited with status 0
	// cron.hourly 20-report exited with status 3
	// cron.hourly 10-rotate exited with status 0
	// cron.hourly 20-report exited with status 3
	// rotated
	// reported
	// rotated
	// reported
	// <nil>
}

// cronFolder makes a folder with files; those that begin with #! may be executed.
func cronFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "cron.test")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestRunParts(t *testing.T) {
	folder := cronFolder(t, map[string]string{
		"b": "#!/bin/sh\nread x || exit 4\n", "a": "#!/bin/sh\nkill -9 $$\n", "c.bak": "#!/bin/sh\n", "d~": "#!/bin/sh\n",
		"e": "no program", "f": "#!/no/such/program\n",
	})
	if err := os.Mkdir(filepath.Join(folder, "h"), 0o755); err != nil {
		t.Fatal(err)
	}
	table, err := ipclab.RunParts(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range table.Rows() {
		got += fmt.Sprintln(r.Program, r.Status, r.TooLong)
	}
	const want = "a killed by SIGKILL false\nb exited with status 4 false\nf exited with status 127 false\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, note := range []string{`c.bak was not run: '.' is in its name.`, `'~' is in its name`, "e was not run: it may not be executed", "h was not run: it is no plain file"} {
		if !strings.Contains(table.String(), note) {
			t.Errorf("%q is missing in\n%s", note, table)
		}
	}
}

// TestRunPartsTooLong: a program whose time is up is killed with what it has started.
func TestRunPartsTooLong(t *testing.T) {
	fifo := fifo(t)
	folder := cronFolder(t, map[string]string{"long": "#!/bin/sh\n(exec sleep 600 >" + fifo + ") & exec sleep 600 >" + fifo + "\n"})
	r, err := ipclab.Open(fifo, unix.O_RDONLY|unix.O_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	table, err := ipclab.RunParts(folder, ipclab.CronOptions{Entry: 50 * time.Millisecond})
	if err != nil || !table.Rows()[0].TooLong || !strings.Contains(table.String(), "killed by SIGKILL, its time was up") {
		t.Errorf("%v\n%v", err, table)
	}
	within(t, func() {
		for { // until nobody has the FIFO open for writing any more
			if _, err := r.Read(make([]byte, 1)); !errors.Is(err, unix.EAGAIN) {
				return
			}
		}
	})
}

// TestCronGoesOn: a daemon that was killed in the middle of a run leaves no lock that lasts, and the next one goes on with
// its intervals.
func TestCronGoesOn(t *testing.T) {
	folder := cronFolder(t, map[string]string{"a": "#!/bin/sh\nsleep 600\n"})
	state := filepath.Join(t.TempDir(), "state")
	long := []ipclab.CronFolder{{Path: folder, Every: time.Hour}}
	daemon := spawn(t, func() { ipclab.Cron(state, long, time.Minute) })
	stamp := filepath.Join(state, "cron.test.last")
	within(t, func() {
		for {
			if text, _ := os.ReadFile(stamp); len(text) > 0 {
				return
			}
		}
	})
	if _, err := ipclab.Cron(state, long, 0); !errors.Is(err, unix.EEXIST) {
		t.Errorf("a second daemon: %v", err)
	}
	daemon.Kill()
	daemon.Wait()
	if table, err := ipclab.Cron(state, long, 0); err != nil || len(table.Rows()) > 0 {
		t.Errorf("a folder that was run within the hour: %v, %v", table, err)
	}
	if err := os.WriteFile(stamp, []byte(fmt.Sprint(time.Now().Add(-2*time.Hour).UnixNano())), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := ipclab.Cron(state, long, time.Minute, ipclab.CronOptions{Runs: 1, Entry: 10 * time.Millisecond})
	if err != nil || len(table.Rows()) != 1 || !table.Rows()[0].TooLong {
		t.Errorf("a folder whose time has passed: %v, %v", table, err)
	}
	if left, err := os.ReadDir(state); err != nil || len(left) != 1 {
		t.Errorf("left beside the time: %v, %v", left, err)
	}
}

func TestCronErrors(t *testing.T) {
	folder := cronFolder(t, nil)
	state := filepath.Join(t.TempDir(), "state")
	good := ipclab.CronFolder{Path: folder, Every: time.Second}
	for _, c := range []struct {
		name    string
		state   string
		folders []ipclab.CronFolder
		limit   time.Duration
		options []ipclab.CronOptions
		is      unix.Errno
	}{
		{"no folders", state, nil, 0, nil, unix.EINVAL},
		{"negative limit", state, []ipclab.CronFolder{good}, -1, nil, unix.EINVAL},
		{"interval", state, []ipclab.CronFolder{{Path: folder}}, 0, nil, unix.EINVAL},
		{"one name", state, []ipclab.CronFolder{good, good}, 0, nil, unix.EINVAL},
		{"runs", state, []ipclab.CronFolder{good}, 0, []ipclab.CronOptions{{Runs: -1}}, unix.EINVAL},
		{"options", state, []ipclab.CronFolder{good}, 0, []ipclab.CronOptions{{}, {}}, unix.EINVAL},
		{"missing", state, []ipclab.CronFolder{{Path: folder + "x", Every: time.Second}}, time.Minute, nil, unix.ENOENT},
		{"state", "/dev/null", []ipclab.CronFolder{good}, 0, nil, unix.ENOTDIR},
	} {
		if _, err := ipclab.Cron(c.state, c.folders, c.limit, c.options...); !errors.Is(err, c.is) {
			t.Errorf("%s: %v, want %v", c.name, err, c.is)
		}
	}
	if _, err := ipclab.RunParts(folder + "x"); !errors.Is(err, unix.ENOENT) {
		t.Error(err)
	}
}
