package zmtp

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// These tests run on synctest's clock: it goes on when all goroutines wait, and
// then at once.

func testOutbox() *outbox {
	return newOutbox(&Options{QueueBytes: 3200, StallTimeout: 3 * time.Second})
}

func sized(n int) item { return messageItem([][]byte{make([]byte, n-9)}) }

func TestOutboxOrderAndBound(t *testing.T) {
	b := testOutbox()
	for i := range 3 {
		it := sized(1000)
		it.frames[0][0] = byte(i)
		if err := b.put(it); err != nil {
			t.Fatal(err)
		}
	}
	if done, _ := b.offer(sized(1000)); done {
		t.Error("one too many")
	}
	for i, it := range b.take(nil) {
		if it.frames[0][0] != byte(i) {
			t.Errorf("item %d comes in place %d", it.frames[0][0], i)
		}
	}
	b.sent(3000)
	if err := b.await(sized(1000)); err != nil {
		t.Error(err)
	}
	b.sent(1000)
	if err := b.put(sized(10_000)); err != nil { // alone, an item may exceed the bound
		t.Error(err)
	}
}

// TestTrial lets a peer take given numbers of bytes a second while a sender
// always has something more.
func TestTrial(t *testing.T) {
	for _, c := range []struct {
		name   string
		taken  []int64 // in each second
		passes bool
	}{
		{"nothing", []int64{0, 0, 0, 0}, false},
		{"a byte a second", []int64{1, 1, 1, 1, 1, 1, 1}, false},
		{"just enough", []int64{0, 0, 100, 50, 50, 0, 0, 100, 0}, true},
		{"first enough, then not", []int64{100, 0, 0, 50, 0, 0, 0}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := testOutbox()
				b.put(sized(3200))
				go func() {
					for b.put(sized(50)) == nil {
					}
				}()
				synctest.Wait()
				failed := false
				for _, n := range c.taken {
					time.Sleep(time.Second)
					b.sent(n)
					synctest.Wait()
					failed = failed || b.stalled()
				}
				if failed == c.passes {
					t.Errorf("failed: %v", failed)
				}
				b.close(ErrCutOff)
			})
		})
	}
}

// TestNoTrialWithoutWaiting: whoever keeps nobody waiting may take its time.
func TestNoTrialWithoutWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := testOutbox()
		b.put(sized(3000))
		time.Sleep(time.Hour)
		if b.stalled() {
			t.Error("stalled, though nobody waits")
		}
		ended := make(chan error, 1)
		go func() { ended <- b.put(sized(1000)) }()
		synctest.Wait()
		time.Sleep(b.o.StallTimeout - 1)
		if b.stalled() {
			t.Error("stalled before its time")
		}
		time.Sleep(time.Nanosecond)
		if !b.stalled() {
			t.Error("not stalled after its time")
		}
		b.close(ErrCutOff)
		if err := <-ended; err != ErrCutOff {
			t.Errorf("the sender got %v", err)
		}
	})
}

// TestTrialOfLargeMessage: a sender whose message needs the whole queue waits
// even when that is half empty, and the peer must go on reading.
func TestTrialOfLargeMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := testOutbox()
		b.put(sized(3200))
		ended := make(chan error, 1)
		go func() { ended <- b.put(sized(3200)) }()
		synctest.Wait()
		time.Sleep(2 * time.Second)
		b.sent(3000)
		time.Sleep(2 * time.Second)
		if b.stalled() {
			t.Error("stalled, though it took 3000 bytes two seconds ago")
		}
		time.Sleep(time.Second)
		if !b.stalled() {
			t.Error("not stalled, though it took nothing")
		}
		b.close(ErrCutOff)
		if err := <-ended; err != ErrCutOff {
			t.Errorf("the sender got %v", err)
		}
	})
}

// TestPatience: progress is looked at often, and a trial's end is not missed.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := testOutbox()
		if got, want := b.patience(), b.o.StallTimeout/10; got != want {
			t.Errorf("%v, want %v", got, want)
		}
		b.put(sized(3200))
		b.offer(sized(10)) // begins the trial
		time.Sleep(b.o.StallTimeout - 20*time.Millisecond)
		if got, want := b.patience(), 20*time.Millisecond; got != want {
			t.Errorf("just before the end: %v, want %v", got, want)
		}
		time.Sleep(time.Minute)
		if got, want := b.patience(), time.Millisecond; got != want {
			t.Errorf("after the end: %v, want %v", got, want)
		}
	})
}

// TestTrialsRunTogether: offers to several full outboxes start all trials.
func TestTrialsRunTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := []*outbox{testOutbox(), testOutbox(), testOutbox()}
		for _, b := range list {
			b.put(sized(3200))
			if done, _ := b.offer(sized(10)); done {
				t.Fatal("not full")
			}
		}
		time.Sleep(3 * time.Second)
		for _, b := range list {
			if !b.stalled() {
				t.Error("not stalled")
			}
		}
	})
}

func TestOutboxClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := testOutbox()
		b.put(sized(3200))
		results := make(chan error, 3)
		go func() { results <- b.put(sized(10)) }()
		go func() { results <- b.flush(context.Background()) }()
		synctest.Wait()
		b.close(ErrCutOff)
		b.close(ErrClosed) // the first reason stays
		got := []error{<-results, <-results}
		if !(got[0] == nil && got[1] == ErrCutOff || got[1] == nil && got[0] == ErrCutOff) {
			t.Errorf("put and flush got %v", got)
		}
		if items := b.take(nil); items != nil {
			t.Errorf("%d items after close", len(items))
		}
		if err := b.put(sized(10)); err != ErrCutOff {
			t.Errorf("put after close: %v", err)
		}
	})
}

func TestOutboxFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := testOutbox()
		b.put(sized(100))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := b.flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing sent: %v", err)
		}
		go func() {
			time.Sleep(time.Second)
			b.sent(60)
			b.sent(40)
		}()
		if err := b.flush(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
