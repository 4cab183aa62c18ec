package means

import "golang.org/x/sys/unix"

var sysvs = []*Means{
	{
		Name: "sysvmq", Style: Raw, Least: 1, Most: queueMost, Copies: 4, OneWay: true,
		About: "a message in a System V message queue for each direction: copied behind its type, msgsnd(2), msgrcv(2), copied; nobody is told that the other has ended",
		Open:  func(size int) (Line, error) { return openSysV(&messageQueues{size: size}) },
	},
	{
		Name: "sysvsem", Style: Raw,
		About: "one added to a System V semaphore, without content: semop(2) by who sends and by who waits; nobody is told that the other has ended",
		Open:  func(int) (Line, error) { return openSysV(&semaphoreSet{}) },
	},
}

// A sysvLine is what is identified by numbers, in this namespace or in one of its own.
type sysvLine struct {
	objects   sysvObjects
	namespace *namespace // nil: the one of all
}

// sysvObjects are made by one process and used by others.
type sysvObjects interface {
	create() error
	remove() error
	end(Side) End
}

// openSysV makes objects in a namespace of their own, with which they go when nobody is in it any more, also when
// everybody is killed. Where that is not permitted, which it is to root, they are in the namespace of all: when this
// process is killed before Close, ipcs(1) shows what is left.
func openSysV(objects sysvObjects) (Line, error) {
	space, err := newNamespace(objects.create)
	if err == unix.EPERM || err == unix.ENOSYS {
		return openSysVHere(objects)
	}
	if err != nil {
		return nil, err
	}
	return &sysvLine{objects, space}, nil
}

// openSysVHere makes objects in the namespace of all.
func openSysVHere(objects sysvObjects) (Line, error) {
	if err := objects.create(); err != nil {
		return nil, err
	}
	return &sysvLine{objects, nil}, nil
}

// Join brings the thread to where the objects are.
func (l *sysvLine) Join(side Side) (End, error) {
	if l.namespace != nil {
		if err := l.namespace.enter(); err != nil {
			return nil, err
		}
	}
	return l.objects.end(side), nil
}

// Close removes the objects. Who uses them still has the error EIDRM if they are in the namespace of all.
func (l *sysvLine) Close() error {
	if l.namespace != nil {
		return l.namespace.close()
	}
	return l.objects.remove()
}
