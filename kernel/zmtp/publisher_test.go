package zmtp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ipclab/kernel/zmtp/zmtptest"
)

func newPublisher(t *testing.T) *Publisher {
	t.Helper()
	b, err := ListenPublisher(endpoint(t, "tcp"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func event(t *testing.T, b *Publisher) string {
	t.Helper()
	select {
	case s := <-b.Subscriptions():
		return fmt.Sprintf("%d %q %v", s.Peer, s.Topic, s.Added)
	case <-time.After(zmtptest.Patience):
		t.Fatal("no event")
		return ""
	}
}

func expectEvents(t *testing.T, b *Publisher, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := event(t, b); got != w {
			t.Errorf("event %s, want %s", got, w)
		}
	}
}

// TestSubscriptions goes through a life of subscriptions in both forms that the
// protocol has for them, and compares events and what arrives.
func TestSubscriptions(t *testing.T) {
	b := newPublisher(t)
	for id, form := range []struct {
		name        string
		add, cancel func(topic string) []byte
	}{
		{"messages", func(s string) []byte { return zmtptest.Message("\x01" + s) }, func(s string) []byte { return zmtptest.Message("\x00" + s) }},
		{"commands", func(s string) []byte { return zmtptest.Command("SUBSCRIBE", s) }, func(s string) []byte { return zmtptest.Command("CANCEL", s) }},
	} {
		t.Run(form.name, func(t *testing.T) {
			c := zmtptest.DialAs(t, b.Endpoint(), "XSUB", "")
			peer := fmt.Sprint(id+1) + " "
			c.Send(zmtptest.Message("\x02not", "a subscription")) // passed over, like the next two
			c.Send(zmtptest.Message("\x01not", "one either"))
			c.Send(zmtptest.Message(""))
			c.Send(form.add("ab"))
			c.Send(form.add("ab")) // twice, so it needs two cancels
			c.Send(form.add("x"))
			expectEvents(t, b, peer+`"ab" true`, peer+`"x" true`)
			for _, topic := range []string{"a", "ab", "abc", "b", "xy", ""} {
				if err := b.Publish([][]byte{[]byte(topic), []byte("1")}); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range []string{"ab|1", "abc|1", "xy|1"} {
				if got := c.Recv(nil); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
			c.Send(form.cancel("ab"))
			c.Send(form.cancel("never"))
			c.Send(form.cancel("x"))
			expectEvents(t, b, peer+`"x" false`)
			if !b.Subscribed("ab") || b.Subscribed("x") || b.Subscribed("") {
				t.Error("one cancel too many or too few")
			}
			c.Send(form.cancel("ab"))
			c.Send(form.add(""))
			expectEvents(t, b, peer+`"ab" false`, peer+`"" true`)
			if !b.Subscribed("anything") {
				t.Error("not subscribed to everything")
			}
			c.Close()
			expectEvents(t, b, peer+`"" false`)
			if b.Subscribed("anything") {
				t.Error("subscribed still after it has gone")
			}
		})
	}
}

func TestSendTo(t *testing.T) {
	b := newPublisher(t)
	one, two := subscribe(t, b, "t"), zmtptest.DialAs(t, b.Endpoint(), "SUB", "")
	two.Send(zmtptest.Message("\x01t"))
	expectEvents(t, b, `1 "t" true`, `2 "t" true`)
	if err := b.SendTo(2, [][]byte{[]byte("t"), []byte("only you")}); err != nil {
		t.Error(err)
	}
	if err := b.Publish([][]byte{[]byte("t"), []byte("both")}); err != nil {
		t.Error(err)
	}
	if got := two.Recv(nil); got != "t|only you" {
		t.Errorf("two got %q", got)
	}
	if got := one.Recv(nil); got != "t|both" {
		t.Errorf("one got %q", got)
	}
	if err := b.SendTo(3, [][]byte{{}}); !errors.Is(err, ErrNoPeer) {
		t.Errorf("to nobody: %v", err)
	}
}

func TestWaitSubscribed(t *testing.T) {
	b := newPublisher(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := b.WaitSubscribed(ctx, "t"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody there: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.WaitSubscribed(context.Background(), "t") }()
	b.Close()
	if err := <-ended; err != ErrClosed {
		t.Errorf("closed: %v", err)
	}
	if err := b.Publish([][]byte{{}}); err != ErrClosed {
		t.Errorf("publish after Close: %v", err)
	}
	if err := b.Publish(nil); err == nil {
		t.Error("a message without frames was published")
	}
}
