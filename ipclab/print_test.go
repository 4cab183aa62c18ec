package ipclab_test

import (
	"bytes"
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

// A program adds a job of two documents; the daemon of the printer prints it.
func ExamplePrintQueue() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	queue, _ := ipclab.OpenPrintQueue(folder)
	number, id, err := queue.Add(ipclab.PrintJob{User: "eva", Title: "letters", Copies: 2}, []byte("dear A"), []byte("dear B"))
	files, _ := filepath.Glob(filepath.Join(folder, "new", id+",1", "*"))
	for _, f := range files {
		fmt.Println(filepath.Base(f))
	}
	n, _ := queue.Print(0, func(job ipclab.PrintJob, documents [][]byte) error {
		for range job.Copies {
			fmt.Printf("job %d of %s, %q: %s\n", job.Number, job.User, job.Title, bytes.Join(documents, []byte(", ")))
		}
		return nil
	})
	fmt.Println(number, n, err)
	// Output:
	// c00001
	// d00001-001
	// d00001-002
	// job 1 of eva, "letters": dear A, dear B
	// job 1 of eva, "letters": dear A, dear B
	// 1 1 <nil>
}

// printQueue makes a print queue for a test.
func printQueue(t *testing.T) *ipclab.PrintQueue {
	t.Helper()
	q, err := ipclab.OpenPrintQueue(filepath.Join(t.TempDir(), "cups"))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestPrintQueueOfManyProcesses: processes that add jobs at once get different numbers, and each job is printed with its
// own documents, by printers one of which is killed over each job.
func TestPrintQueueOfManyProcesses(t *testing.T) {
	const processes, jobs = 4, 20
	q := printQueue(t)
	var all []*ipclab.Process
	for p := range processes {
		all = append(all, spawn(t, func() {
			for i := range jobs {
				text := fmt.Sprintf("%d:\n \"%d\"", p, i)
				if _, _, err := q.Add(ipclab.PrintJob{User: "u  v", Title: text}, []byte(text), nil); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
			}
		}))
	}
	mortal := spawn(t, func() {
		q.Print(time.Minute, func(ipclab.PrintJob, [][]byte) error {
			unix.Kill(os.Getpid(), unix.SIGKILL)
			return nil
		})
	})
	within(t, func() {
		for _, p := range append(all, mortal) {
			if status, err := p.Wait(); err != nil || status.Signaled() != (p == mortal) || status.ExitCode() > 0 {
				t.Fatal(status, err)
			}
		}
	})
	numbers, titles := map[int]bool{}, map[string]bool{}
	n, err := q.Print(0, func(job ipclab.PrintJob, documents [][]byte) error {
		numbers[job.Number], titles[job.Title] = true, true
		if job.Documents != 2 || job.Copies != 1 || job.User != "u  v" || string(documents[0]) != job.Title || len(documents[1]) > 0 {
			t.Errorf("%+v, %q", job, documents)
		}
		return nil
	})
	if n != processes*jobs || err != nil || len(numbers) != n || len(titles) != n {
		t.Errorf("%d jobs with %d numbers and %d titles, %v", n, len(numbers), len(titles), err)
	}
}

func TestPrintQueueFailures(t *testing.T) {
	q := printQueue(t)
	_, bad, err := q.Add(ipclab.PrintJob{Title: "bad"}, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := q.Spool().SubmitFiles("c00077", map[string][]byte{"c00077": []byte("number: 77\nuser: eva\n")})
	if err != nil {
		t.Fatal(err)
	}
	n, err := q.Print(0, func(ipclab.PrintJob, [][]byte) error { return errors.New("no paper") })
	if n != 2 || err != nil {
		t.Errorf("%d jobs, %v", n, err)
	}
	for id, want := range map[string]string{bad: "the job failed: no paper", foreign: "user is no quoted text"} {
		if _, err := q.Spool().Result(id); !errors.Is(err, unix.ECANCELED) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	kept, err := os.ReadFile(filepath.Join(q.Spool().Path(), "failed", bad, "d00001-001"))
	if string(kept) != "x" || err != nil {
		t.Errorf("kept %q, %v", kept, err)
	}
	if table, err := q.Spool().Jobs(); err != nil || table.Count("failed") != 2 || !strings.Contains(table.String(), "c00077") {
		t.Errorf("%v\n%v", err, table)
	}
}

func TestPrintQueueErrors(t *testing.T) {
	q := printQueue(t)
	job := ipclab.PrintJob{Title: "x"}
	var none *ipclab.PrintQueue
	for _, c := range []struct {
		name string
		f    func() error
		is   unix.Errno
	}{
		{"no documents", func() error { _, _, err := q.Add(job); return err }, unix.EINVAL},
		{"too many", func() error { _, _, err := q.Add(job, make([][]byte, 1000)...); return err }, unix.EINVAL},
		{"copies", func() error { _, _, err := q.Add(ipclab.PrintJob{Copies: -1}, nil); return err }, unix.EINVAL},
		{"no function", func() error { _, err := q.Print(0, nil); return err }, unix.EINVAL},
		{"nil", func() error { _, _, err := none.Add(job, nil); return err }, unix.EINVAL},
		{"nil, print", func() error { _, err := none.Print(0, nil); return err }, unix.EINVAL},
		{"file", func() error { _, err := ipclab.OpenPrintQueue("/dev/null"); return err }, unix.ENOTDIR},
		{"dot", func() error { _, err := q.Spool().SubmitFiles("x", map[string][]byte{".x": nil}); return err }, unix.EINVAL},
		{"no files", func() error { _, err := q.Spool().SubmitFiles("x", nil); return err }, unix.EINVAL},
		{"number", func() error {
			os.WriteFile(filepath.Join(q.Spool().Path(), "number"), []byte("many\n"), 0o600)
			_, _, err := q.Add(job, nil)
			return err
		}, unix.EINVAL},
	} {
		if err := c.f(); !errors.Is(err, c.is) {
			t.Errorf("%s: %v, want %v", c.name, err, c.is)
		}
	}
	if _, err := q.Spool().SubmitFiles("x", map[string][]byte{"a": nil}); err != nil {
		t.Fatal(err)
	}
	j, err := q.Spool().Claim()
	if err != nil {
		t.Fatal(err)
	}
	_, dataErr := j.Data()
	_, fileErr := j.File("b")
	_, upErr := j.File("../x")
	if !errors.Is(dataErr, unix.EISDIR) || !errors.Is(fileErr, unix.ENOENT) || !strings.Contains(fileErr.Error(), "no such file") || !errors.Is(upErr, unix.EINVAL) {
		t.Errorf("%v; %v; %v", dataErr, fileErr, upErr)
	}
	if err := j.Done(nil); err != nil {
		t.Error(err)
	}
}
