package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func ExampleExec() {
	r, w, _ := ipclab.Pipe()
	pid, err := ipclab.Fork()
	if err != nil {
		fmt.Println(err)
		return
	}
	if pid == 0 {
		ipclab.Dup2(w, 1)
		err := ipclab.Exec("echo", "from", "another program")
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}
	w.Close()
	said, _ := io.ReadAll(r)
	r.Close()
	_, status, _ := ipclab.Wait()
	fmt.Printf("%q, %v\n", said, status)
	// Output: "from another program\n", exited with status 0
}

func TestExecErrors(t *testing.T) {
	folder := t.TempDir()
	plain, text := filepath.Join(folder, "plain"), filepath.Join(folder, "text")
	if err := errors.Join(os.WriteFile(plain, []byte("x"), 0o600), os.WriteFile(text, []byte("x"), 0o600), os.Chmod(text, 0o700)); err != nil {
		t.Fatal(err)
	}
	r, w := pipe(t)
	child := spawn(t, func() { // where Exec is allowed, whatever is reserved
		for _, failure := range execFailures(plain, text) {
			fmt.Fprintln(w, failure)
		}
		fmt.Fprintln(w, "done")
	})
	w.Close()
	if said, _ := io.ReadAll(r); string(said) != "done\n" {
		t.Errorf("%s", said)
	}
	child.Wait()
}

// execFailures describes calls of Exec that do not fail as they should, given a file that is not executable and one that
// is no program.
func execFailures(plain, text string) (failures []string) {
	for _, c := range []struct {
		program string
		args    []string
		is      unix.Errno
		text    string
	}{
		{"no-such-program", nil, unix.ENOENT, "no folder of PATH"},
		{"/no/such/program", nil, unix.ENOENT, "there is no such file"},
		{"", nil, unix.ENOENT, "exec: "},
		{plain, nil, unix.EACCES, "chmod +x"},
		{text, nil, unix.ENOEXEC, "begins with #!"},
		{"true", []string{strings.Repeat("x", 1<<20)}, unix.E2BIG, "exec: true: "},
		{"true", []string{"a\x00b"}, unix.EINVAL, "exec: true: "},
	} {
		if err := ipclab.Exec(c.program, c.args...); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) {
			failures = append(failures, fmt.Sprintf("%q: %v, want %v and %q", c.program, err, c.is, c.text))
		}
	}
	return failures
}

// TestExecKeepsAndDrops: the number and descriptors stay; none of the signals is blocked, and they have their default
// effect but for those that were ignored when this process began.
func TestExecKeepsAndDrops(t *testing.T) {
	r, w := pipe(t)
	p := spawn(t, func() {
		ipclab.Dup2(w, 1)
		fmt.Fprintln(os.Stderr, ipclab.Exec("sh", "-c", "echo $$; exec grep -E 'SigBlk|SigIgn' /proc/self/status"))
	})
	w.Close()
	said, _ := io.ReadAll(r)
	status, err := p.Wait()
	lines := strings.Fields(string(said))
	if err != nil || status.ExitCode() != 0 || len(lines) != 5 || lines[0] != fmt.Sprint(p.Pid()) {
		t.Fatalf("printed %q, %v, %v", said, status, err)
	}
	own, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if lines[2] != "0000000000000000" || !strings.Contains(string(own), "SigIgn:\t"+lines[4]) {
		t.Errorf("blocked and ignored signals: %q", said)
	}
}
