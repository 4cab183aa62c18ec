package ipclab_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// Producer and consumer know nothing of each other but a name.
func ExampleCreateQueue() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := folder + "/queue"

	q, err := ipclab.CreateQueue(path, ipclab.QueueOptions{Slots: 5, Size: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer q.Detach()
	producer, _ := ipclab.Spawn(func() {
		q, err := ipclab.AttachQueue(path)
		if err != nil {
			fmt.Println(err)
			return
		}
		for i := range 100 {
			q.Put(fmt.Append(nil, "message ", i))
		}
		q.Close()
	})
	buffer := make([]byte, q.Size())
	count, last := 0, ""
	for {
		n, err := q.Get(buffer)
		if err == io.EOF {
			break
		}
		count, last = count+1, string(buffer[:n])
	}
	status, _ := producer.Wait()
	fmt.Println(count, "messages, the last:", last, "- producer", status)
	fmt.Println(ipclab.UnlinkQueue(path))
	_, err = ipclab.AttachQueue(path)
	fmt.Println(errors.Is(err, unix.ENOENT))
	// Output:
	// 100 messages, the last: message 99 - producer exited with status 0
	// <nil>
	// true
}

// Three processes put numbers, two add them up.
func ExampleNewQueue() {
	numbers, _ := ipclab.NewQueue(ipclab.QueueOptions{Slots: 4, Size: 8})
	sums, _ := ipclab.NewQueue(ipclab.QueueOptions{Size: 8})
	defer numbers.Detach()
	defer sums.Detach()
	var producers, consumers []*ipclab.Process
	for range 3 {
		p, _ := ipclab.Spawn(func() {
			for i := range 100 {
				numbers.PutInt64(int64(i))
			}
		})
		producers = append(producers, p)
	}
	for range 2 {
		p, _ := ipclab.Spawn(func() {
			sum := int64(0)
			for {
				n, err := numbers.GetInt64()
				if err == io.EOF {
					break
				}
				sum += n
			}
			sums.PutInt64(sum)
		})
		consumers = append(consumers, p)
	}
	for _, p := range producers {
		p.Wait()
	}
	numbers.Close()
	total := int64(0)
	for _, p := range consumers {
		sum, _ := sums.GetInt64()
		total += sum
		p.Wait()
	}
	fmt.Println(total)
	// Output: 14850
}

func ExampleQueue_PutWithin() {
	q, _ := ipclab.NewQueue(ipclab.QueueOptions{Slots: 1})
	defer q.Detach()
	q.Put([]byte("first"))
	err := q.PutWithin([]byte("second"), 10*time.Millisecond)
	fmt.Println(err)
	// Output: put: queue without a name: all 1 slots were taken for 10ms: connection timed out (ETIMEDOUT)
}

// A process is killed while it holds the lock. The next one finds that out and goes on.
func ExampleQueueCrashes() {
	t, err := ipclab.QueueCrashes()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Printf("killed in %s, when %s: %d left, lock taken over: %v\n", r.Operation, r.Moment, r.Messages, r.TakenOver)
	}
	// Output:
	// killed in put, when it has the lock: 1 left, lock taken over: true
	// killed in put, when half of the message is copied: 1 left, lock taken over: true
	// killed in put, when the message counts, the semaphores do not know yet: 2 left, lock taken over: true
	// killed in get, when it has the lock: 1 left, lock taken over: true
	// killed in get, when half of the message is copied: 1 left, lock taken over: true
	// killed in get, when the message counts, the semaphores do not know yet: 0 left, lock taken over: true
}

// The queue of the course: last in, first out, with an index from 1 to 5 in an array of 5.
func ExampleCourseQueue() {
	t, err := ipclab.CourseQueue()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Operation, r.Message, "at", r.Index, r.Inside, "- a queue:", r.Queue)
	}
	fmt.Println("behind the array:", t.Behind())
	// Output:
	// put 0 at 1 true - a queue: 0
	// put 1 at 2 true - a queue: 1
	// put 2 at 3 true - a queue: 2
	// put 3 at 4 true - a queue: 3
	// put 4 at 5 false - a queue: 4
	// take 4 at 5 false - a queue: 0
	// take 3 at 4 true - a queue: 1
	// take 2 at 3 true - a queue: 2
	// take 1 at 2 true - a queue: 3
	// take 0 at 1 true - a queue: 4
	// behind the array: 40000000000000000000
}

// One process sends a million numbers to another, in batches.
func ExampleNewRing() {
	r, _ := ipclab.NewRing(ipclab.QueueOptions{Slots: 4096, Size: 8})
	defer r.Detach()
	producer, _ := ipclab.Spawn(func() {
		batch := make([]byte, 100*8)
		for range 10_000 {
			r.PutBatch(batch)
		}
		r.Close()
	})
	batch := make([]byte, 1000*8)
	records := 0
	for {
		n, err := r.GetBatch(batch)
		if err == io.EOF {
			break
		}
		records += n
	}
	producer.Wait()
	fmt.Println(records)
	// Output: 1000000
}

func ExampleRing_PutInt64() {
	r, _ := ipclab.NewRing()
	defer r.Detach()
	producer, _ := ipclab.Spawn(func() {
		for i := range 1000 {
			r.PutInt64(int64(i))
		}
		r.Close()
	})
	sum := int64(0)
	for {
		n, err := r.GetInt64()
		if err == io.EOF {
			break
		}
		sum += n
	}
	producer.Wait()
	fmt.Println(sum)
	// Output: 499500
}

func ExampleQueueSpeed() {
	t, err := ipclab.QueueSpeed(ipclab.QueueSpeedOptions{Messages: 1000, Rounds: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		if r.Language == "Go" { // where there is a C compiler, there are rows for C too
			fmt.Println(r.Mechanism, len(r.Rounds), r.Each > 0, r.Best <= r.Each)
		}
	}
	// Output:
	// queue 3 true true
	// ring 3 true true
	// ring, batches of 64 3 true true
}
