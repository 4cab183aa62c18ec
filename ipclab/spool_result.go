package ipclab

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/spooltext"
)

// Result returns the result of a job that is done. Errors: EAGAIN for one that is not done yet; ECANCELED, with the
// reason, for one that failed; ENOENT if there is no such job.
func (s *Spool) Result(id string) ([]byte, error) {
	if s == nil {
		return nil, spoolMissing("Result")
	}
	result, err := s.result(id)
	if err != nil {
		return nil, &Error{Call: "Result", Arg: id, Err: err}
	}
	return result, nil
}

// ResultWithin is Result that waits until the job is done or has failed, for the limit at most. It is told by inotify(7).
// Errors: ETIMEDOUT when the limit has passed, EINVAL for a negative one, and those of Result but EAGAIN.
func (s *Spool) ResultWithin(id string, limit time.Duration) ([]byte, error) {
	if s == nil {
		return nil, spoolMissing("Result")
	}
	result, err := s.awaitResult(id, limit)
	if err != nil {
		return nil, &Error{Call: "Result", Arg: id, Err: err}
	}
	return result, nil
}

// awaitResult looks for a result each time something comes to done or failed.
func (s *Spool) awaitResult(id string, limit time.Duration) ([]byte, error) {
	if limit < 0 {
		return nil, because(unix.EINVAL, "limit %v: want 0 or more", limit)
	}
	deadline := time.Now().Add(limit)
	if result, err := s.result(id); !errors.Is(err, unix.EAGAIN) {
		return result, err
	}
	watch, err := s.watch(spoolDone, spoolFailed)
	if err != nil {
		return nil, err
	}
	defer unix.Close(watch)
	for {
		result, err := s.result(id)
		if !errors.Is(err, unix.EAGAIN) {
			return result, err
		}
		if !time.Now().Before(deadline) {
			return nil, because(unix.ETIMEDOUT, "not done within %v", limit)
		}
		if err := awaitAnyReadable([]int{watch}, deadline); err != nil {
			return nil, err
		}
		drainInotify(watch)
	}
}

// result looks for a job in all folders. One that moves meanwhile may be missed in each, so there are several looks.
func (s *Spool) result(id string) ([]byte, error) {
	if id == "" || strings.ContainsAny(id, spooltext.Separator+"/\x00") {
		return nil, because(unix.EINVAL, "that is no id; Submit returns one")
	}
	const looks = 3
	for range looks {
		result, err := readWhole(s.in(spoolDone, id))
		if err != unix.ENOENT {
			return result, err
		}
		text, err := readWhole(s.in(spoolFailed, id))
		if err == unix.EISDIR {
			text, err = readWhole(filepath.Join(s.in(spoolFailed, id), reasonFile))
		}
		if err == nil {
			reason, _, _ := strings.Cut(string(text), "\n")
			return nil, because(unix.ECANCELED, "the job failed: %s", reason)
		} else if err != unix.ENOENT {
			return nil, err
		}
		if open, err := s.open(id); err != nil {
			return nil, err
		} else if open {
			return nil, because(unix.EAGAIN, "not done yet")
		}
	}
	return nil, because(unix.ENOENT, "there is no such job")
}

// open reports whether a job waits or is being worked on.
func (s *Spool) open(id string) (bool, error) {
	for _, folder := range []string{spoolNew, spoolClaimed} {
		entries, err := s.entries(folder)
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			if e.ID == id {
				return true, nil
			}
		}
	}
	return false, nil
}

// readWhole reads a whole file; the error is the errno.
func readWhole(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	return data, bareErrno(err)
}
