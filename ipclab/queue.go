package ipclab

import (
	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/queue"
	"ipclab/ipclab/interrupts"
)

// A Queue is a bounded queue of messages in memory that processes map: first in, first out, for any number of producers
// and consumers. A semaphore counts the messages, another one the free slots, and a lock guards the rest; all three are
// words in the queue's memory on which processes wait by futex(2), as sem_t and pthread_mutex_t of the C library do. What
// each byte of the file means is written in the documentation of ipclab/ipclab/internal/queue.
//
//	q, err := ipclab.CreateQueue("/tmp/numbers")
//	p, err := ipclab.Spawn(func() {
//		for i := range 100 {
//			q.PutInt64(int64(i))
//		}
//		q.Close()
//	})
//	for {
//		n, err := q.GetInt64()
//		if err == io.EOF {
//			break
//		}
//		fmt.Println(n)
//	}
//	ipclab.UnlinkQueue("/tmp/numbers")
//
// A process that is not related attaches to the file by its name, with AttachQueue.
//
// Processes may be killed at any moment. A message counts as put when it has been copied whole, and as taken when it has
// been copied out, by one store each; so there are no half messages, none comes twice to who lives, and
//   - of a process killed in Put, the message is there or it is not;
//   - with a process killed in Get, the message that it was just taking is lost, or still there for the next.
//
// A process that finds the lock held for 5 ms looks whether its holder still exists, and takes it over if not; State says
// how often that has happened, and whose lock it was. So nobody waits for the dead. A holder that is merely stopped, as by
// SIGSTOP, is waited for.
//
// All methods may be called by many goroutines and processes at the same time. Put and Get allocate nothing, and make no
// system call unless somebody has to wait or to be woken. A wait ends when the cell is interrupted, and the queue stays
// what it was.
type Queue struct {
	engine *queue.Queue
	path   string // empty for a queue without a name
}

// QueueOptions are what CreateQueue and NewQueue may be told. The zero value is good.
type QueueOptions struct {
	Slots       int    // messages that it holds; 0 means 64; 1,048,576 at most
	Size        int    // the most bytes in a message; 0 means 64; 1 MiB at most
	Permissions uint32 // of the file, from which the umask takes bits away; 0 means 0o600
}

// What is usual for queues and rings.
const (
	slotsUsual       = 64
	ringSlotsUsual   = 1024
	messageUsual     = 64
	permissionsUsual = 0o600
)

// CreateQueue makes a file with an empty queue in it, and maps it. The file has its name only when it is whole, so nobody
// can attach to half a queue, and its room on the disk is taken at once. The name and the messages stay until
// UnlinkQueue, also when all processes have ended.
//
// Errors: EEXIST if the name is there already, ENOENT if its folder is not, EACCES, ENOSPC if the disk is full, EINVAL for
// options out of range (more than 1 GiB in all, among others). See mmap(2), open(2) under O_TMPFILE, and futex(7).
func CreateQueue(path string, options ...QueueOptions) (*Queue, error) {
	o, err := queueOptions(options, slotsUsual)
	if err != nil {
		return nil, &Error{Call: "CreateQueue", Arg: path, Err: err}
	}
	engine, err := queue.Create(path, o.Slots, o.Size, o.Permissions)
	if err != nil {
		return nil, &Error{Call: "CreateQueue", Arg: path, Err: queueFileReason(path, err)}
	}
	return newQueue(engine, path), nil
}

// NewQueue makes a queue without a name, in memory that children forked later share with this process. It is gone with the
// last of them. Permissions mean nothing for it. Errors: EINVAL for options out of range, ENOMEM. See memfd_create(2).
func NewQueue(options ...QueueOptions) (*Queue, error) {
	o, err := queueOptions(options, slotsUsual)
	if err != nil {
		return nil, &Error{Call: "NewQueue", Err: err}
	}
	engine, err := queue.New(o.Slots, o.Size)
	if err != nil {
		return nil, &Error{Call: "NewQueue", Err: queueFileReason("", err)}
	}
	return newQueue(engine, ""), nil
}

// AttachQueue maps a queue that CreateQueue has made, here or in another process. Nothing in the file is trusted: what it
// says about itself is checked, now and whenever it is used.
//
// Errors: ENOENT if there is no such file; EACCES if its permissions forbid to read or write it; EINVAL if it is no queue,
// is not whole, or is of another version or byte order; EOPNOTSUPP if it was made in another PID namespace, where process
// numbers mean other processes.
func AttachQueue(path string) (*Queue, error) {
	engine, err := queue.Attach(path)
	if err != nil {
		return nil, &Error{Call: "AttachQueue", Arg: path, Err: queueFileReason(path, err)}
	}
	return newQueue(engine, path), nil
}

// UnlinkQueue removes the name of a queue or a ring. Processes that have it mapped go on using it; the memory is given
// back when the last of them has detached or ended. Errors: ENOENT if there is no such file; EINVAL if it is neither queue
// nor ring: other files are not removed; EACCES. See unlink(2).
func UnlinkQueue(path string) error {
	if err := queue.Remove(path); err != nil {
		return &Error{Call: "UnlinkQueue", Arg: path, Err: queueFileReason(path, err)}
	}
	return nil
}

// newQueue makes a queue whose waits end when the cell is interrupted.
func newQueue(engine *queue.Queue, path string) *Queue {
	engine.Interrupted = interrupts.Check
	return &Queue{engine: engine, path: path}
}

// queueOptions puts in what is usual. What is out of range, the machinery finds.
func queueOptions(options []QueueOptions, slots int) (QueueOptions, error) {
	if len(options) > 1 {
		return QueueOptions{}, because(unix.EINVAL, "options given %d times", len(options))
	}
	var o QueueOptions
	if len(options) == 1 {
		o = options[0]
	}
	o.Slots, o.Size = orUsual(o.Slots, slots), orUsual(o.Size, messageUsual)
	if o.Permissions == 0 {
		o.Permissions = permissionsUsual
	}
	const most = 0o777
	if o.Permissions > most {
		return o, because(unix.EINVAL, "permissions %#o: want at most %#o, in octal: 0o600, not 600", o.Permissions, most)
	}
	return o, nil
}

// Detach unmaps the queue from this process; other processes keep it. Calls that wait in this process return EBADF, and
// so do later ones. To detach twice does nothing. Errors: ENOMEM. See munmap(2).
func (q *Queue) Detach() error {
	if q.absent() {
		return q.failed("detach", errNoQueue)
	}
	if err := q.engine.Detach(); err != nil {
		return q.failed("detach", err)
	}
	return nil
}

// Close lets nobody put any more, in any process, for good. What is in the queue can still be taken; after that, Get
// returns io.EOF. Who waits in Put gets EPIPE. To close twice does nothing. It does not detach. Errors: EBADF if this
// process has detached.
func (q *Queue) Close() error {
	if q.absent() {
		return q.failed("close", errNoQueue)
	}
	if err := q.engine.Close(); err != nil {
		return q.failed("close", err)
	}
	return nil
}

// Size returns the most bytes that a message may have; 0 for a nil queue.
func (q *Queue) Size() int {
	if q.absent() {
		return 0
	}
	return q.engine.Size()
}

// Slots returns how many messages the queue holds; 0 for a nil queue.
func (q *Queue) Slots() int {
	if q.absent() {
		return 0
	}
	return q.engine.Slots()
}

// absent reports whether there is no queue behind q.
func (q *Queue) absent() bool { return q == nil || q.engine == nil }
