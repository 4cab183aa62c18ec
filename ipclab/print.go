package ipclab

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/spooltext"
)

// A PrintQueue is a spool of print jobs, after the model of CUPS: a job is a control file, which describes it, and data
// files with what is to be printed. Their names follow from the job's number: c00042 is the control file of job 42,
// d00042-001 its first document. In this queue they lie in one folder for each job, so that all of them appear by one
// rename, and are claimed, recovered and removed together. See Spool for what is kept through crashes.
//
// Programs that know the names need nothing else: the control file is lines "name: value".
type PrintQueue struct{ spool *Spool }

// A PrintJob is what a control file says.
type PrintJob struct {
	Number    int    // of the job; Add chooses it
	User      string // whose job it is
	Title     string
	Copies    int // 0 is 1
	Documents int // data files; Add counts them
}

// OpenPrintQueue returns the print queue in a folder, and makes it if it is not there. Errors: those of OpenSpool.
func OpenPrintQueue(path string) (*PrintQueue, error) {
	s, err := OpenSpool(path)
	if err != nil {
		return nil, err
	}
	return &PrintQueue{spool: s}, nil
}

// Spool returns the spool in which the jobs are: for its table, to remove it, to recover jobs.
func (q *PrintQueue) Spool() *Spool {
	if q == nil {
		return nil
	}
	return q.spool
}

// Add puts a job into the queue, with the contents of one or more documents, and returns its number, and its id in the
// spool, with which Spool.ResultWithin waits for it. Errors: EINVAL for no documents, more than 999, or less than 0 copies;
// those of Spool.Submit.
func (q *PrintQueue) Add(job PrintJob, documents ...[]byte) (number int, id string, err error) {
	if q == nil {
		return 0, "", printQueueMissing("Add")
	}
	const most = 999 // numbers of documents have three digits
	switch n := len(documents); {
	case n < 1 || n > most:
		err = because(unix.EINVAL, "%d documents: want 1 to %d", n, most)
	case job.Copies < 0:
		err = because(unix.EINVAL, "%d copies", job.Copies)
	default:
		job.Number, err = q.number()
	}
	if err != nil {
		return 0, "", &Error{Call: "Add", Arg: job.Title, Err: err}
	}
	job.Copies, job.Documents = max(job.Copies, 1), len(documents)
	files := map[string][]byte{controlName(job.Number): []byte(spooltext.Control(job).String())}
	for i, d := range documents {
		files[documentName(job.Number, i+1)] = d
	}
	id, err = q.spool.SubmitFiles(controlName(job.Number), files)
	return job.Number, id, err
}

// number returns the next number of a job. It is counted in a file, which is read and written under its lock. A number
// whose job then cannot be added is passed over.
func (q *PrintQueue) number() (int, error) {
	fd, err := Open(filepath.Join(q.spool.path, "number"), unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, spoolFile)
	if err != nil {
		return 0, err
	}
	defer fd.Close()
	if err := fd.Flock(unix.LOCK_EX); err != nil {
		return 0, err
	}
	const digits = 32
	text := make([]byte, digits)
	n, err := retry(func() (int, error) { return unix.Pread(int(fd), text, 0) })
	if err != nil {
		return 0, err
	}
	last, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil && n > 0 || last < 0 {
		return 0, because(unix.EINVAL, "file number holds %q, which is none", text[:n])
	}
	line := []byte(strconv.Itoa(last+1) + "\n")
	if m, err := retry(func() (int, error) { return unix.Pwrite(int(fd), line, 0) }); err != nil {
		return 0, fileReason(q.spool.path+"/number", err)
	} else if m < len(line) {
		return 0, unix.ENOSPC
	}
	return last + 1, nil
}

// controlName returns the name of a control file.
func controlName(number int) string { return fmt.Sprintf("c%05d", number) }

// documentName returns the name of a data file.
func documentName(number, document int) string { return fmt.Sprintf("d%05d-%03d", number, document) }

// Print takes jobs and gives them to f with their documents, one after the other, until none has come for as long as the
// limit, and returns how many it took: it is the daemon that serves a printer. A job for which f returns an error is kept
// among the failed ones, as is one whose files are not as they should be. If the daemon dies in the middle of a job, the
// next one prints it from the beginning. Errors: those of Spool.Work.
func (q *PrintQueue) Print(limit time.Duration, f func(job PrintJob, documents [][]byte) error) (n int, err error) {
	if q == nil {
		return 0, printQueueMissing("Print")
	}
	if f == nil {
		return 0, &Error{Call: "Print", Arg: q.spool.path, Err: because(unix.EINVAL, "the function is nil")}
	}
	return q.spool.Work(limit, func(j *Job) ([]byte, error) {
		control, err := j.File(j.Name())
		if err != nil {
			return nil, err
		}
		parsed, err := spooltext.ParseControl(string(control))
		if err != nil {
			return nil, fmt.Errorf("the control file: %w", err)
		}
		job := PrintJob(parsed)
		var documents [][]byte
		for i := range job.Documents {
			d, err := j.File(documentName(job.Number, i+1))
			if err != nil {
				return nil, err
			}
			documents = append(documents, d)
		}
		return control, f(job, documents)
	})
}

// printQueueMissing is the error of a call on a nil queue.
func printQueueMissing(call string) error {
	return &Error{Call: call, Err: because(unix.EINVAL, "the print queue is nil; OpenPrintQueue makes one")}
}
