package server

import (
	"context"
	"testing"
	"time"

	"ipclab/kernel/message"
)

func request(content string) pending {
	return pending{&message.Message{Content: []byte(content)}, time.Now()}
}

func TestRequestsKeepTheirOrder(t *testing.T) {
	q, ctx := newRequests(), t.Context()
	for _, c := range []string{"1", "2", "3"} {
		q.put(ctx, request(c))
	}
	for _, want := range []string{"1", "2", "3"} {
		if p, ok := q.take(ctx); !ok || string(p.Content) != want {
			t.Errorf("took %q, %v; want %q", p.Content, ok, want)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, ok := q.take(ended); ok {
		t.Error("took a request from an empty queue")
	}
}

// TestRequestsAreBounded holds that a client which floods waits, that it goes on
// when there is room, and that the end does not find it waiting.
func TestRequestsAreBounded(t *testing.T) {
	q := newRequests()
	ctx, cancel := context.WithCancel(t.Context())
	large := request(string(make([]byte, requestsLimit)))
	put := make(chan int, 2)
	go func() {
		q.put(ctx, large)
		put <- 1
		q.put(ctx, large)
		put <- 2
	}()
	if _, ok := q.take(ctx); !ok {
		t.Fatal("nothing to take")
	}
	if n := <-put; n != 1 {
		t.Errorf("put %d first", n)
	}
	for !q.full() {
		<-q.ready
	}
	if len(put) != 0 {
		t.Error("the second was put although the queue was full")
	}
	cancel()
	<-put
}
