package ipclab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/owner"
	"ipclab/ipclab/internal/spooltext"
)

// A Job is a job of a spool that the calling process has claimed. It is the process's until Done, Fail or Release; when
// the process dies before, others recover it. A job claimed before a Fork is the parent's.
type Job struct {
	spool *Spool
	entry spooltext.Entry
}

// ID returns the job's id, as Submit returned it.
func (j *Job) ID() string {
	if j == nil {
		return ""
	}
	return j.entry.ID
}

// Name returns the name that the job was submitted with.
func (j *Job) Name() string {
	const parts = 4 // time, process, count, name
	if p := strings.SplitN(j.ID(), "-", parts); len(p) == parts {
		return p[parts-1]
	}
	return j.ID()
}

// Attempt returns how many processes have begun the job, this one included. Above 1, the work, or a part of it, may have
// been done already.
func (j *Job) Attempt() int {
	if j == nil {
		return 0
	}
	return j.entry.Attempt
}

// String returns the id and the attempt.
func (j *Job) String() string {
	if j == nil {
		return "no job"
	}
	return fmt.Sprintf("job %s, attempt %d", j.ID(), j.Attempt())
}

// path returns where the job is while it is claimed.
func (j *Job) path() string {
	return j.spool.in(spoolClaimed, j.entry.Claimed())
}

// Data returns what was submitted. Errors: ENOENT once the job is done, failed or released; EPERM in another process than
// the one that claimed it; EISDIR for a job of several files, which File returns.
func (j *Job) Data() ([]byte, error) { return j.read("Data", j.path) }

// File returns one of the files of a job that SubmitFiles made. Errors: ENOENT if there is none of that name; ENOTDIR for
// a job that Submit made; and those of Data.
func (j *Job) File(name string) ([]byte, error) {
	if err := checkJobName(name); err != nil {
		return nil, j.failed("File", err)
	}
	return j.read("File", func() string { return filepath.Join(j.path(), name) })
}

// read reads a file of the job.
func (j *Job) read(call string, path func() string) ([]byte, error) {
	err := j.own()
	if err == nil {
		var data []byte
		if data, err = readWhole(path()); err == nil {
			return data, nil
		}
	}
	if err == unix.ENOENT && unix.Access(j.path(), unix.F_OK) == nil {
		err = because(unix.ENOENT, "the job has no such file")
	}
	return nil, j.failed(call, err)
}

// Done records the result of the job, which is the job's end. It is on the disk when Done returns. Errors: ENOSPC, EDQUOT:
// the job is still this process's then; ENOENT if it was done, failed or released before; EPERM as for Data.
func (j *Job) Done(result []byte) error { return j.failed("Done", j.finish(spoolDone, result)) }

// Fail records that the job cannot be done, which is its end too. The reason's first line and the job are kept. Errors:
// as for Done.
func (j *Job) Fail(reason string) error {
	line, _, _ := strings.Cut(reason, "\n")
	data, err := j.Data()
	switch {
	case errors.Is(err, unix.EISDIR):
		return j.failed("Fail", j.failFolder(line+"\n"))
	case err != nil:
		return err
	}
	return j.failed("Fail", j.finish(spoolFailed, append([]byte(line+"\n"), data...)))
}

// reasonFile is the file with the reason in the folder of a job that failed.
const reasonFile = ".reason"

// failFolder puts the reason into the job's folder, and renames that.
func (j *Job) failFolder(reason string) error {
	s, path := j.spool, filepath.Join(j.path(), reasonFile)
	if err := unix.Unlink(path); err != nil && err != unix.ENOENT { // of a worker that came no further
		return err
	}
	if err := publish(s.in(spoolTmp, j.entry.Owner.Name(), j.ID()), path, []byte(reason), spoolFile); err != nil {
		return err
	}
	if err := renameNew(j.path(), s.in(spoolFailed, j.ID())); err != nil {
		return err
	}
	return syncFolder(s.in(spoolFailed, ""))
}

// Release puts the job back among those that wait. Errors: as for Data.
func (j *Job) Release() error {
	err := j.own()
	if err == nil {
		_, err = j.spool.putBack(j.entry)
	}
	return j.failed("Release", err)
}

// finish publishes a result and removes the job. Between the two the job may be seen in both places, and is done.
func (j *Job) finish(folder string, result []byte) error {
	if err := j.own(); err != nil {
		return err
	}
	if err := unix.Access(j.path(), unix.F_OK); err != nil {
		return err
	}
	s, id := j.spool, j.entry.ID
	if err := publish(s.in(spoolTmp, j.entry.Owner.Name(), id), s.in(folder, id), result, spoolFile); err != nil {
		return err
	}
	return bareErrno(os.RemoveAll(j.path()))
}

// own returns an error if the job is another process's.
func (j *Job) own() error {
	if j == nil {
		return because(unix.EINVAL, "the job is nil; Claim returns one")
	}
	self, err := owner.Self()
	if err == nil && self != j.entry.Owner {
		err = because(unix.EPERM, "process %d has claimed it, and this is %d", j.entry.Owner.Pid, self.Pid)
	}
	return err
}

// failed makes the error of a call on the job; nil for none.
func (j *Job) failed(call string, err error) error {
	switch err {
	case nil:
		return nil
	case unix.ENOENT:
		err = because(unix.ENOENT, "this process has not claimed it any more")
	case unix.ENOSPC:
		err = because(unix.ENOSPC, "the disk is full; nothing was recorded")
	}
	return &Error{Call: call, Arg: j.ID(), Err: err}
}

// Work claims jobs and gives them to f, one after the other, until none has come for as long as the limit, and returns how
// many it did. What f returns is the job's result; if f returns an error, the job has failed. A job in the middle of which
// the cell is interrupted, or f panics or ends its goroutine, is put back.
//
// Work recovers, as ClaimWithin does, what processes had claimed that have died. So f may be given a job that was begun
// before: Attempt says so. f runs in the process and goroutine that called Work; call it in several processes, made by
// Spawn for example, to have several workers.
//
// Errors: EINVAL for a negative limit or an f that is nil; those of ClaimWithin, but ETIMEDOUT is no error; those of Done.
func (s *Spool) Work(limit time.Duration, f func(j *Job) (result []byte, err error)) (n int, err error) {
	if s == nil {
		return 0, spoolMissing("Work")
	}
	if f == nil {
		return 0, &Error{Call: "Work", Arg: s.path, Err: because(unix.EINVAL, "the function is nil")}
	}
	v := s.vigil()
	defer v.end()
	for ; ; n++ {
		j, err := v.claimWithin(limit)
		if errors.Is(err, unix.ETIMEDOUT) {
			return n, nil
		} else if err != nil {
			return n, &Error{Call: "Work", Arg: s.path, Err: fileReason(s.in(spoolNew, ""), err)}
		}
		if err := j.do(f); err != nil {
			return n, err
		}
	}
}

// do does a job, and puts it back if f does not return, or its result cannot be recorded.
func (j *Job) do(f func(j *Job) ([]byte, error)) (err error) {
	ended := false
	defer func() {
		if !ended {
			j.Release()
		}
	}()
	result, failure := f(j)
	if failure != nil {
		err = j.Fail(failure.Error())
	} else {
		err = j.Done(result)
	}
	ended = err == nil
	return err
}
