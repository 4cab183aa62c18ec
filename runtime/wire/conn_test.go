package wire

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func pair(t *testing.T) (a, b *Conn) {
	t.Helper()
	x, y, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(x); unix.Close(y) })
	return NewConn(x), NewConn(y)
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestBodiesOfEverySizeArrive(t *testing.T) {
	for _, size := range []int{0, 1, inlineLimit - 200, inlineLimit + 1, 5 << 20} {
		a, b := pair(t)
		before := openDescriptors(t)
		want := Execute{ID: 7, Name: "cell1", Source: strings.Repeat("x", size)}
		if err := a.Send(KindExecute, want); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		f, err := b.Receive()
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		var got Execute
		if err := f.Decode(&got); err != nil || got != want || f.Kind != KindExecute {
			t.Errorf("%d bytes: got kind %d, error %v", size, f.Kind, err)
		}
		if after := openDescriptors(t); after != before {
			t.Errorf("%d bytes: %d descriptors open, %d before", size, after, before)
		}
	}
}

func TestAttachedDescriptorIsTheSameFile(t *testing.T) {
	for _, size := range []int{10, inlineLimit + 1} {
		a, b := pair(t)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Send(KindExecute, strings.Repeat("y", size), int(r.Fd())); err != nil {
			t.Fatal(err)
		}
		r.Close()
		f, err := b.Receive()
		if err != nil || len(f.Files) != 1 {
			t.Fatalf("error %v, %d files", err, len(f.Files))
		}
		io.WriteString(w, "through")
		w.Close()
		if got, _ := io.ReadAll(f.Files[0]); string(got) != "through" {
			t.Errorf("read %q", got)
		}
		f.Close()
	}
}

func TestSendAndWaitReturnsWhenTheReceiverCloses(t *testing.T) {
	a, b := pair(t)
	done := make(chan error)
	go func() { done <- a.SendAndWait(KindClear, Clear{Wait: true}) }()
	f, err := b.Receive()
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
		t.Error("returned before the receiver was done")
	default:
	}
	f.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestEndOfConversation(t *testing.T) {
	x, y, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(y)
	unix.Close(x)
	if _, err := NewConn(y).Receive(); err != io.EOF {
		t.Errorf("got %v, want EOF", err)
	}
}

func TestNothingToReceive(t *testing.T) {
	_, b := pair(t)
	if _, err := b.TryReceive(); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("got %v, want EAGAIN", err)
	}
}

func TestMalformedPacketLeavesTheConversationUsable(t *testing.T) {
	a, b := pair(t)
	before := openDescriptors(t)
	for _, packet := range [][]byte{
		{0},
		bytes.Repeat([]byte{0xff}, 100),
		{Version, 64, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{Version, 64, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0},
		{Version, 64, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0},
		make([]byte, headerSize+inlineLimit+1),
	} {
		if err := unix.Sendmsg(a.fd, packet, unix.UnixRights(0), nil, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Receive(); !errors.Is(err, ErrMalformed) {
			t.Errorf("packet of %d bytes: got %v, want ErrMalformed", len(packet), err)
		}
	}
	if err := a.Send(KindClear, Clear{}); err != nil {
		t.Fatal(err)
	}
	if f, err := b.Receive(); err != nil || f.Kind != KindClear {
		t.Errorf("after malformed packets: %v", err)
	}
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors open, %d before", after, before)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{Version, 64, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, '{', '}'})
	f.Add([]byte{Version, 64, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, packet []byte) {
		frame, err := parse(packet, nil)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("error %v does not wrap ErrMalformed", err)
			}
			return
		}
		if len(frame.Body) > len(packet) {
			t.Fatalf("body of %d bytes from a packet of %d", len(frame.Body), len(packet))
		}
		var d Display
		_ = frame.Decode(&d)
	})
}
