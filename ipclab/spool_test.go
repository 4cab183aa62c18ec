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

// A worker, which is no relative of who submits, waits for jobs and records their results.
func ExampleSpool() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	spool, _ := ipclab.OpenSpool(filepath.Join(folder, "mail"))
	worker, _ := ipclab.Spawn(func() {
		spool.Work(time.Minute, func(j *ipclab.Job) ([]byte, error) {
			data, err := j.Data()
			return []byte(strings.ToUpper(string(data))), err
		})
	})
	id, err := spool.Submit("letter", []byte("dear reader"))
	result, _ := spool.ResultWithin(id, time.Minute)
	worker.Kill()
	worker.Wait()
	fmt.Println(string(result), err)
	// Output: DEAR READER <nil>
}

// The job of a worker that died comes back.
func ExampleSpool_Recover() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	spool, _ := ipclab.OpenSpool(folder)
	id, _ := spool.Submit("letter", []byte("dear reader"))
	worker, _ := ipclab.Spawn(func() {
		spool.Claim()
		unix.Kill(os.Getpid(), unix.SIGKILL)
	})
	worker.Wait()
	_, err := spool.Claim()
	fmt.Println(errors.Is(err, unix.EAGAIN))
	ids, _ := spool.Recover()
	job, err := spool.Claim()
	fmt.Println(len(ids) == 1 && ids[0] == id, job.Name(), job.Attempt(), err)
	// Output:
	// true
	// true letter 2 <nil>
}

// newSpool makes a spool for a test.
func newSpool(t *testing.T) *ipclab.Spool {
	t.Helper()
	s, err := ipclab.OpenSpool(filepath.Join(t.TempDir(), "spool"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// submitJob puts a job into a spool.
func submitJob(t *testing.T, s *ipclab.Spool, name string) string {
	t.Helper()
	id, err := s.Submit(name, []byte(name))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSpoolKeepsOrder(t *testing.T) {
	s := newSpool(t)
	for i := range 20 {
		submitJob(t, s, fmt.Sprint(i))
	}
	for i := range 20 {
		j, err := s.Claim()
		if err != nil || j.Name() != fmt.Sprint(i) || j.Done(nil) != nil {
			t.Fatalf("%v, %v; want %d", j, err, i)
		}
	}
}

// TestSpoolWakes: a worker that waits is woken by a job, and by the death of a worker that has claimed one.
func TestSpoolWakes(t *testing.T) {
	s := newSpool(t)
	work := func() {
		s.Work(time.Minute, func(j *ipclab.Job) ([]byte, error) {
			if j.Name() == "last" && j.Attempt() == 1 {
				unix.Ppoll(nil, nil, nil) // until it is killed
			}
			return []byte(fmt.Sprint(os.Getpid())), nil
		})
	}
	first := spawn(t, work)
	awaitCallOf(t, first.Pid(), unix.SYS_PPOLL)
	result, err := s.ResultWithin(submitJob(t, s, "one"), 20*time.Second)
	if err != nil || string(result) != fmt.Sprint(first.Pid()) {
		t.Fatalf("%q, %v", result, err)
	}
	last := submitJob(t, s, "last")
	within(t, func() {
		for table, _ := s.Jobs(); table.Count("claimed") == 0; table, _ = s.Jobs() {
		}
	})
	second := spawn(t, work)
	awaitCallOf(t, second.Pid(), unix.SYS_PPOLL)
	first.Kill() // it is a zombie, which counts as gone
	result, err = s.ResultWithin(last, 20*time.Second)
	if err != nil || string(result) != fmt.Sprint(second.Pid()) {
		t.Errorf("%q, %v", result, err)
	}
}

func TestSpoolResults(t *testing.T) {
	s := newSpool(t)
	good, bad := submitJob(t, s, "good"), submitJob(t, s, "bad")
	if _, err := s.Result(good); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("before it is done: %v", err)
	}
	if _, err := s.ResultWithin(good, 5*time.Millisecond); !errors.Is(err, unix.ETIMEDOUT) {
		t.Errorf("before it is done, with a limit: %v", err)
	}
	n, err := s.Work(0, func(j *ipclab.Job) ([]byte, error) {
		if j.Name() == "bad" {
			return nil, errors.New("no paper\nat all")
		}
		return []byte("fine"), nil
	})
	if n != 2 || err != nil {
		t.Errorf("worked on %d jobs, %v", n, err)
	}
	if result, err := s.Result(good); string(result) != "fine" || err != nil {
		t.Errorf("%q, %v", result, err)
	}
	if _, err := s.ResultWithin(bad, time.Minute); !errors.Is(err, unix.ECANCELED) || !strings.Contains(err.Error(), "the job failed: no paper:") {
		t.Errorf("the job that failed: %v", err)
	}
	if kept, err := os.ReadFile(filepath.Join(s.Path(), "failed", bad)); string(kept) != "no paper\nbad" || err != nil {
		t.Errorf("%q, %v", kept, err)
	}
}

// TestSpoolPutsBack: a job comes back whole if its function panics, and is the next process's.
func TestSpoolPutsBack(t *testing.T) {
	s := newSpool(t)
	submitJob(t, s, "job")
	func() {
		defer func() { recover() }()
		s.Work(0, func(*ipclab.Job) ([]byte, error) { panic("as asked") })
	}()
	j, err := s.Claim()
	if err != nil || j.Attempt() != 2 {
		t.Fatal(j, err)
	}
	child := spawn(t, func() {
		_, dataErr := j.Data()
		if !errors.Is(dataErr, unix.EPERM) || !errors.Is(j.Done(nil), unix.EPERM) || !errors.Is(j.Release(), unix.EPERM) {
			os.Exit(1)
		}
	})
	if status, err := child.Wait(); err != nil || status.ExitCode() != 0 {
		t.Error("a child may use its parent's job:", status, err)
	}
	if err := j.Release(); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{"Done": j.Done(nil), "Release": j.Release(), "Fail": j.Fail("")} {
		if !errors.Is(err, unix.ENOENT) {
			t.Errorf("%s of a job that was released: %v", name, err)
		}
	}
}

// TestSpoolRecordsOnce: a worker that died after it recorded the result has done the job; one that is recovered by many
// at once comes back once.
func TestSpoolRecordsOnce(t *testing.T) {
	s := newSpool(t)
	recorded, open := submitJob(t, s, "recorded"), submitJob(t, s, "open")
	worker := spawn(t, func() {
		a, _ := s.Claim()
		s.Claim()
		os.WriteFile(filepath.Join(s.Path(), "done", a.ID()), []byte("result"), 0o600) // as Done does before its last step
		unix.Kill(os.Getpid(), unix.SIGKILL)
	})
	worker.Wait()
	counts := make(chan []string)
	for range 8 {
		go func() {
			ids, err := s.Recover()
			if err != nil {
				t.Error(err)
			}
			counts <- ids
		}()
	}
	var all []string
	for range 8 {
		all = append(all, <-counts...)
	}
	if len(all) != 1 || all[0] != open {
		t.Errorf("recovered %v, want only %s", all, open)
	}
	if result, err := s.Result(recorded); string(result) != "result" || err != nil {
		t.Errorf("%q, %v", result, err)
	}
	table, err := s.Jobs()
	if err != nil || table.Count("waiting") != 1 || table.Count("done") != 1 || len(table.Rows()) != 2 {
		t.Errorf("%v\n%v", err, table)
	}
}

func TestSpoolErrors(t *testing.T) {
	s := newSpool(t)
	submitJob(t, s, "job")
	j, err := s.Claim()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone := newSpool(t)
	gone.Remove()
	var none *ipclab.Spool
	var noJob *ipclab.Job
	for _, c := range []struct {
		name string
		f    func() error
		is   unix.Errno
		text string
	}{
		{"file", func() error { _, err := ipclab.OpenSpool(file); return err }, unix.ENOTDIR, "OpenSpool: "},
		{"empty path", func() error { _, err := ipclab.OpenSpool(""); return err }, unix.ENOENT, "the path is empty"},
		{"name", func() error { _, err := s.Submit("a/b", nil); return err }, unix.EINVAL, "not '/'"},
		{"empty name", func() error { _, err := s.Submit("", nil); return err }, unix.EINVAL, "1 to 64"},
		{"long name", func() error { _, err := s.Submit(strings.Repeat("x", 65), nil); return err }, unix.EINVAL, "1 to 64"},
		{"comma", func() error { _, err := s.Submit("a,b", nil); return err }, unix.EINVAL, "not ','"},
		{"nothing waits", func() error { _, err := s.Claim(); return err }, unix.EAGAIN, "no job waits"},
		{"nothing comes", func() error { _, err := s.ClaimWithin(5 * time.Millisecond); return err }, unix.ETIMEDOUT, "no job within 5ms"},
		{"negative limit", func() error { _, err := s.ClaimWithin(-1); return err }, unix.EINVAL, "limit -1ns"},
		{"negative limit of Work", func() error {
			_, err := s.Work(-1, func(*ipclab.Job) ([]byte, error) { return nil, nil })
			return err
		}, unix.EINVAL, "limit -1ns"},
		{"no function", func() error { _, err := s.Work(0, nil); return err }, unix.EINVAL, "the function is nil"},
		{"no such job", func() error { _, err := s.Result("x"); return err }, unix.ENOENT, "no such job"},
		{"no id", func() error { _, err := s.ResultWithin("../x", 0); return err }, unix.EINVAL, "that is no id"},
		{"removed", func() error { _, err := gone.Submit("x", nil); return err }, unix.ENOENT, "Submit: "},
		{"removed, claim", func() error { _, err := gone.ClaimWithin(0); return err }, unix.ENOENT, "Claim: "},
		{"removed, jobs", func() error { _, err := gone.Jobs(); return err }, unix.ENOENT, "Jobs: "},
		{"nil", func() error { _, err := none.Submit("x", nil); return err }, unix.EINVAL, "OpenSpool makes one"},
		{"nil, remove", func() error { return none.Remove() }, unix.EINVAL, "OpenSpool makes one"},
		{"nil job", func() error { return noJob.Done(nil) }, unix.EINVAL, "Claim returns one"},
		{"no permission", func() (err error) {
			unprivileged(func() { _, err = s.Submit("x", nil) })
			return err
		}, unix.EACCES, "the permissions of folder"},
		{"no permission, claim", func() (err error) {
			j.Release()
			unprivileged(func() { _, err = s.Claim() })
			return err
		}, unix.EACCES, "the permissions of folder"},
	} {
		if err := c.f(); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v and %q", c.name, err, c.is, c.text)
		}
	}
}
