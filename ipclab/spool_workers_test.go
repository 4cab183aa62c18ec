package ipclab_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
	"ipclab/ipclab/internal/shm"
)

// TestSpoolSurvivesKilledWorkers has 1,000 jobs done by workers that are killed at random moments, and replaced.
//
// Nothing is lost: each job has its result at the end, and the right one. Nothing is done twice: a result is recorded by
// a rename that replaces nothing, a worker that found one there would fail, and inotify tells of each recording: it is
// 1,000, one for each job. Work may be begun more often than that, once more for each worker killed at most, and never
// while another living worker is at it.
func TestSpoolSurvivesKilledWorkers(t *testing.T) {
	const jobs, workers, kills = 1000, 4, 40
	s := newSpool(t)
	done, err := ipclab.WatchFolder(filepath.Join(s.Path(), "done"))
	if err != nil {
		t.Fatal(err)
	}
	defer done.Close()
	// A word of shared memory for each job says which process is at it; one counts the beginnings, one the faults.
	const begun, faults, first = 0, 8, 64
	words, err := shm.New(first+8*jobs, true)
	if err != nil {
		t.Fatal(err)
	}
	work := func() {
		self := uint64(os.Getpid())
		_, err := s.Work(time.Minute, func(j *ipclab.Job) ([]byte, error) {
			data, err := j.Data()
			n, _ := strconv.Atoi(string(data))
			at := first + 8*n
			if other := words.Load64(at); other != 0 && stillRuns(int(other)) {
				words.Add64(faults, 1)
			}
			words.Store64(at, self)
			words.Add64(begun, 1)
			result := fmt.Sprint(n * n)
			if words.Load64(at) != self {
				words.Add64(faults, 1)
			}
			words.Store64(at, 0)
			return []byte(result), err
		})
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	var all []*ipclab.Process
	for range workers {
		all = append(all, spawn(t, work))
	}
	want, recorded := map[string]string{}, map[string]int{}
	record := func(atLeast int) { // waits until so many results are there
		for len(recorded) < atLeast {
			events, err := done.Next(20 * time.Second)
			if err != nil {
				t.Fatalf("%d of %d jobs done: %v", len(recorded), len(want), err)
			}
			for _, e := range events {
				if e.Mask&unix.IN_MOVED_TO == 0 {
					t.Errorf("unexpected event %v", e)
				}
				recorded[e.Name]++
			}
		}
	}
	seed := time.Now().UnixNano()
	chance := rand.New(rand.NewSource(seed))
	for n := range jobs {
		id, err := s.Submit("square", []byte(fmt.Sprint(n)))
		if err != nil {
			t.Fatal(err)
		}
		want[id] = fmt.Sprint(n * n)
		if (n+1)%(jobs/kills) > 0 {
			continue
		}
		record(n - chance.Intn(jobs/kills)) // about as many wait now as are done between two kills
		for range chance.Intn(2000) {       // to be at another place each time
			words.Load64(begun)
		}
		victim := chance.Intn(workers)
		all[victim].Kill()
		if status, err := all[victim].Wait(); err != nil || !status.Signaled() {
			t.Errorf("a worker had ended before: %v, %v", status, err)
		}
		all[victim] = spawn(t, work)
	}
	record(jobs)
	for _, p := range all {
		p.Kill()
		if status, err := p.Wait(); err != nil || !status.Signaled() {
			t.Errorf("a worker had ended before: %v, %v", status, err)
		}
	}
	if _, err := s.Recover(); err != nil {
		t.Fatal(err)
	}
	for id, result := range want {
		if got, err := s.Result(id); err != nil || string(got) != result || recorded[id] != 1 {
			t.Errorf("job %s: %q, %v, recorded %d times; want %q, once", id, got, err, recorded[id], result)
		}
	}
	again := int(words.Load64(begun)) - jobs
	if words.Load64(faults) > 0 || again < 0 || again > kills {
		t.Errorf("seed %d: two at one job %d times, %d begun again", seed, words.Load64(faults), again)
	}
	for _, folder := range []string{"tmp", "new", "claimed", "failed"} {
		if left, err := os.ReadDir(filepath.Join(s.Path(), folder)); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", folder, left, err)
		}
	}
	t.Logf("%d workers killed, %d jobs begun again", kills, again)
}

// TestSpoolSubmitterKilled: whoever is killed while it submits leaves whole jobs only, and no unfinished file once a
// worker has looked.
func TestSpoolSubmitterKilled(t *testing.T) {
	const times, size = 10, 100_000
	s := newSpool(t)
	for range times {
		r, w := pipe(t)
		p := spawn(t, func() {
			for {
				s.Submit("big", bytes.Repeat([]byte("x"), size))
				w.Write([]byte{1})
			}
		})
		r.Read(make([]byte, 1))
		p.Kill()
		p.Wait()
		r.Close()
		w.Close()
	}
	n, err := s.Work(0, func(j *ipclab.Job) ([]byte, error) {
		data, err := j.Data()
		if err == nil && strings.Trim(string(data), "x") == "" && len(data) == size {
			return nil, nil
		}
		return nil, fmt.Errorf("%d bytes, %v", len(data), err)
	})
	table, _ := s.Jobs()
	if err != nil || n < times || table.Count("done") != n {
		t.Errorf("%d jobs, %v, of these done: %d", n, err, table.Count("done"))
	}
	if left, err := os.ReadDir(filepath.Join(s.Path(), "tmp")); err != nil || len(left) > 0 {
		t.Errorf("left in tmp: %v, %v", left, err)
	}
}
