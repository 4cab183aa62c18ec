package ipclab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/owner"
	"ipclab/ipclab/internal/spooltext"
)

// A Spool is a folder used as a queue that outlives its users: processes put jobs into it, and others, unrelated, now or
// after the machine has been started again, take them out. A job is a file, and where the file is says how far it is:
//
//	tmp/OWNER,ID               being written; nobody looks at it
//	new/ID,ATTEMPT             waiting
//	claimed/OWNER,ID,ATTEMPT   being worked on by the process OWNER
//	done/ID                    the result
//	failed/ID                  why it failed, on one line, and the job
//
// OWNER names a process by its number, its start and the machine, so that others can tell whether it still lives. Each
// step is one rename(2), which is done or not done, whoever is killed or whatever fails meanwhile:
//   - A job is written to tmp, brought to disk by fsync(2), renamed to new, and the folder is brought to disk. A job in new
//     is whole, and once Submit has returned, it survives a power failure.
//   - A job is claimed by its rename from new to claimed, with the owner in the new name. Of many that try, one succeeds.
//   - The result appears in done by a rename that replaces nothing. Only then the claimed file is removed.
//   - What an owner that is gone had claimed is renamed back to new, unless the result is there.
//
// So a job that was submitted is never lost, no two living processes work on it at a time, and its result is recorded
// exactly once. The work itself may be begun more than once: a worker may be killed after it has done it and before it
// could say so, and nobody can know. What it does besides giving a result must bear being done again.
//
// A Spool may be used by any process and goroutine at the same time. The folder is to be local.
type Spool struct{ path string }

// The folders of a spool.
const (
	spoolTmp     = "tmp"
	spoolNew     = "new"
	spoolClaimed = "claimed"
	spoolDone    = "done"
	spoolFailed  = "failed"
)

// spoolFile are the permissions of files of a spool, less the umask.
const spoolFile = 0o644

// submitted counts the jobs that this process has submitted: with its number and the time it makes their ids unique.
var submitted atomic.Uint64

// OpenSpool returns the spool in a folder, and makes the folder, with permissions 0o755 less the umask, if it is not
// there. Errors: EACCES, ENOSPC, ENOTDIR.
func OpenSpool(path string) (*Spool, error) {
	if path == "" {
		return nil, &Error{Call: "OpenSpool", Err: because(unix.ENOENT, "the path is empty")}
	}
	const permissions = 0o755
	for _, name := range []string{spoolTmp, spoolNew, spoolClaimed, spoolDone, spoolFailed} {
		if err := os.MkdirAll(filepath.Join(path, name), permissions); err != nil {
			errno, _ := errors.AsType[unix.Errno](err)
			return nil, &Error{Call: "OpenSpool", Arg: path, Err: fileReason(path, errno)}
		}
	}
	return &Spool{path: path}, nil
}

// Path returns the path of the folder.
func (s *Spool) Path() string {
	if s == nil {
		return ""
	}
	return s.path
}

// Submit puts a job into the spool and returns its id, which begins with the time, so that jobs are taken in the order in
// which they were submitted, and ends with the name: 1 to 64 letters, digits and characters of "._-". When Submit returns,
// the job is on the disk; workers that wait for one are woken.
//
// Errors: EINVAL for another name; ENOSPC when the disk is full, EDQUOT, EACCES: there is no job then, not even a part.
func (s *Spool) Submit(name string, data []byte) (id string, err error) {
	return s.submit("Submit", name, func(temporary, path string) error { return publish(temporary, path, data, spoolFile) })
}

// SubmitFiles is Submit for a job of several files, with their names: a description and what is described, for example.
// The job is a folder with these files, which appear all at once. Errors: EINVAL also for no files, or for a file's name
// that is not as a job's name must be, or begins with "."; and those of Submit.
func (s *Spool) SubmitFiles(name string, files map[string][]byte) (id string, err error) {
	if len(files) == 0 {
		err = because(unix.EINVAL, "there are no files")
	}
	for file := range files {
		if e := checkJobName(file); e != nil {
			err = e
		} else if file[0] == '.' {
			err = because(unix.EINVAL, "file %s: a name that begins with a dot is kept for the spool", file)
		}
	}
	if err != nil {
		return "", &Error{Call: "SubmitFiles", Arg: name, Err: err}
	}
	return s.submit("SubmitFiles", name, func(temporary, path string) error {
		return publishFolder(temporary, path, files, spoolFile)
	})
}

// submit makes an id and publishes a job of it.
func (s *Spool) submit(call, name string, publish func(temporary, path string) error) (id string, err error) {
	if s == nil {
		return "", spoolMissing(call)
	}
	self, err := owner.Self()
	if err == nil {
		err = checkJobName(name)
	}
	if err != nil {
		return "", &Error{Call: call, Arg: name, Err: err}
	}
	id = fmt.Sprintf("%019d-%d-%d-%s", time.Now().UnixNano(), self.Pid, submitted.Add(1), name)
	if err := publish(s.in(spoolTmp, self.Name(), id), s.in(spoolNew, spooltext.Entry{ID: id, Attempt: 1}.Waiting())); err != nil {
		return "", &Error{Call: call, Arg: name, Err: fileReason(s.in(spoolNew, id), err)}
	}
	return id, nil
}

// checkJobName returns an error for a name that cannot be part of a file's name.
func checkJobName(name string) error {
	const most = 64
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if n := len(name); n < 1 || n > most {
		return because(unix.EINVAL, "a name has 1 to %d characters", most)
	}
	for _, c := range name {
		if !strings.ContainsRune(allowed, c) {
			return because(unix.EINVAL, "a name is letters, digits and characters of \"._-\", not %q", c)
		}
	}
	return nil
}

// in returns the path of a file in one of the folders; its name is the parts.
func (s *Spool) in(folder string, parts ...string) string {
	return filepath.Join(s.path, folder, strings.Join(parts, spooltext.Separator))
}

// Remove deletes the folder with all jobs and results. Errors: EACCES, EBUSY.
func (s *Spool) Remove() error {
	if s == nil {
		return spoolMissing("Remove")
	}
	if err := os.RemoveAll(s.path); err != nil {
		return &Error{Call: "Remove", Arg: s.path, Err: err}
	}
	return nil
}

// spoolMissing is the error of a call on a nil spool.
func spoolMissing(call string) error {
	return &Error{Call: call, Err: because(unix.EINVAL, "the spool is nil; OpenSpool makes one")}
}
