package zmtp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"ipclab/kernel/zmtp/zmtptest"
)

const (
	floodMessages = 100
	floodSize     = 1 << 20
)

// subscribe gives a raw subscriber to everything.
func subscribe(t *testing.T, b *Publisher, topic string) *zmtptest.Peer {
	t.Helper()
	c := zmtptest.DialAs(t, b.Endpoint(), "SUB", "")
	c.Send(zmtptest.Message("\x01" + topic))
	ctx, cancel := context.WithTimeout(context.Background(), zmtptest.Patience)
	defer cancel()
	if err := b.WaitSubscribed(ctx, topic); err != nil {
		t.Fatal(err)
	}
	return c
}

// flood publishes 100 MB under the topic and gives the longest time that one
// Publish took.
func flood(t *testing.T, b *Publisher, topic string) (longest time.Duration) {
	t.Helper()
	for i := range floodMessages {
		body := make([]byte, floodSize)
		binary.BigEndian.PutUint64(body, uint64(i))
		began := time.Now()
		if err := b.Publish([][]byte{[]byte(topic), body}); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(began))
	}
	return longest
}

// hearFlood receives with zmq4's SUB and reports the first gap.
func hearFlood(sub zmq4.Socket) error {
	for i := range floodMessages {
		m, err := sub.Recv()
		if err != nil {
			return err
		}
		if n := binary.BigEndian.Uint64(m.Frames[1]); n != uint64(i) || len(m.Frames[1]) != floodSize {
			return errors.New("message lost or cut")
		}
	}
	return nil
}

// TestDeafSubscribers floods three subscribers of which one reads. It must get
// everything, the others must be cut off, and both at the same time.
func TestDeafSubscribers(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc"} {
		t.Run(transport, func(t *testing.T) {
			r := newRig(t, transport, quick)
			healthy := r.connect(t, "healthy")
			if err := healthy.sub.SetOption(zmq4.OptionSubscribe, "flood"); err != nil {
				t.Fatal(err)
			}
			deaf := []*zmtptest.Peer{subscribe(t, r.pub, "flood/1"), subscribe(t, r.pub, "flood/1")}
			heard := make(chan error, 1)
			go func() { heard <- hearFlood(healthy.sub) }()

			longest := flood(t, r.pub, "flood/1")
			if err := <-heard; err != nil {
				t.Errorf("the healthy subscriber: %v", err)
			}
			if err := healthy.round(); err != nil {
				t.Errorf("the healthy client, afterwards: %v", err)
			}
			if most := 4 * quick.StallTimeout; longest > most { // 1 would do on an idle machine
				t.Errorf("publish took up to %v, more than %v", longest, most)
			}
			for _, d := range deaf {
				d.ExpectHangUp()
			}
			if err := r.connect(t, "fresh").round(); err != nil {
				t.Errorf("a fresh client: %v", err)
			}
		})
	}
}

// TestDrippingSubscriber has a subscriber read a little, often enough to make
// some progress all the time, but far too slowly.
func TestDrippingSubscriber(t *testing.T) {
	r := newRig(t, "ipc", quick)
	drip := subscribe(t, r.pub, "flood")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for b := make([]byte, 64); ; time.Sleep(10 * time.Millisecond) {
			if _, err := drip.Read(b); err != nil {
				return
			}
		}
	}()
	began := time.Now()
	flood(t, r.pub, "flood")
	if took := time.Since(began); took > 10*quick.StallTimeout {
		t.Errorf("the flood took %v", took)
	}
	await(t, "the dripping subscriber was cut off", func() bool { return !r.pub.Subscribed("flood") })
	drip.Close()
	<-ended
}

// TestSlowSubscriber reads slowly, but well above the least progress: it is not
// cut off, though it makes the publisher wait much longer than StallTimeout.
func TestSlowSubscriber(t *testing.T) {
	r := newRig(t, "ipc", Options{StallTimeout: 500 * time.Millisecond, QueueBytes: 1 << 20})
	slow := subscribe(t, r.pub, "flood")
	const n = floodMessages / 4
	body := make([]byte, floodSize)
	total := n * wireSize([][]byte{[]byte("flood"), body})
	got := make(chan int64, 1)
	go func() {
		left := total
		for left > 0 {
			k, err := io.CopyN(io.Discard, slow.In, min(left, 256<<10))
			if left -= k; err != nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		got <- total - left
	}()
	for range n {
		if err := r.pub.Publish([][]byte{[]byte("flood"), body}); err != nil {
			t.Fatal(err)
		}
	}
	if k := <-got; k != total {
		t.Errorf("cut off after %d of %d bytes", k, total)
	}
}

// TestFlushThenClose publishes more than sockets buffer and closes at once: with
// Flush, nothing may be lost.
func TestFlushThenClose(t *testing.T) {
	for _, transport := range []string{"tcp", "ipc"} {
		t.Run(transport, func(t *testing.T) {
			b, err := ListenPublisher(endpoint(t, transport), Options{QueueBytes: 64 << 20})
			if err != nil {
				t.Fatal(err)
			}
			c := subscribe(t, b, "")
			c.Send(bytes.Repeat(zmtptest.Message("\x02unread"), 100)) // closing with input unread resets TCP
			const n, size = 40, 1 << 20
			for range n {
				if err := b.Publish([][]byte{make([]byte, size)}); err != nil {
					t.Fatal(err)
				}
			}
			got := make(chan int64, 1)
			go func() {
				k, _ := io.Copy(io.Discard, c.In)
				got <- k
			}()
			ctx, cancel := context.WithTimeout(context.Background(), zmtptest.Patience)
			defer cancel()
			if err := b.Flush(ctx); err != nil {
				t.Error(err)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			if k, want := <-got, int64(n*(size+9)); k != want {
				t.Errorf("%d bytes arrived, want %d", k, want)
			}
		})
	}
}

// TestFlushIsBounded flushes to somebody who does not read.
func TestFlushIsBounded(t *testing.T) {
	b, err := ListenPublisher(endpoint(t, "tcp"), Options{QueueBytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	subscribe(t, b, "")
	if err := b.Publish([][]byte{make([]byte, 32<<20)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := b.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("flush: %v, want a deadline exceeded", err)
	}
}
