package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"ipclab/kernel/zmtp/zmtptest"
)

func reader(b []byte) *frameReader {
	return &frameReader{r: bufio.NewReader(bytes.NewReader(b)), maxFrames: 8, maxMessage: 1 << 20, budget: &budget{max: 2 << 20}}
}

func noCommand([]byte) error { return nil }

func TestFrameSizes(t *testing.T) {
	for _, size := range []int{0, 1, 255, 256, firstChunk - 1, firstChunk, firstChunk + 1, 3 * firstChunk, 1 << 20} {
		body := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		frames, err := reader(zmtptest.Message(body)).next(noCommand)
		if err != nil || len(frames) != 1 || string(frames[0]) != body {
			t.Errorf("size %d: %d frames, error %v", size, len(frames), err)
			continue
		}
		if cap(frames[0]) != size {
			t.Errorf("size %d: capacity %d", size, cap(frames[0]))
		}
	}
	// A short body under a long header is in order too.
	if frames, err := reader(append(zmtptest.LongHeader(0, 2), "ab"...)).next(noCommand); err != nil || join(frames) != "ab" {
		t.Errorf("got %q, error %v", frames, err)
	}
}

func TestFrameBounds(t *testing.T) {
	for name, b := range map[string][]byte{
		"frames":         bytes.Repeat(zmtptest.Frame(zmtptest.More, ""), 9),
		"one frame":      zmtptest.Message(strings.Repeat("x", 1<<20+1)),
		"sum":            zmtptest.Message(strings.Repeat("x", 1<<19), strings.Repeat("x", 1<<19), "x"),
		"sum overflows":  append(zmtptest.Frame(zmtptest.More, "xx"), zmtptest.LongHeader(0, 1<<64-1)...),
		"command":        zmtptest.Frame(zmtptest.Cmd, strings.Repeat("x", maxCommand+1)),
		"reserved flags": {8, 0},
	} {
		if _, err := reader(b).next(noCommand); !errors.Is(err, errProtocol) {
			t.Errorf("%s: error %v, want a protocol error", name, err)
		}
	}
	if frames, err := reader(zmtptest.Message(strings.Repeat("|", 7))).next(noCommand); err != nil || len(frames) != 1 {
		t.Errorf("within bounds: %v", err)
	}
}

func TestFrameEnds(t *testing.T) {
	whole := append(zmtptest.Command("PING", "\x00\x00"), zmtptest.Message("a", strings.Repeat("b", 300))...)
	if _, err := reader(nil).next(noCommand); err != io.EOF {
		t.Errorf("between messages: %v, want EOF", err)
	}
	for n := 1; n < len(whole); n++ {
		want := io.ErrUnexpectedEOF
		if n == 9 { // after the command
			want = io.EOF
		}
		if _, err := reader(whole[:n]).next(noCommand); err != want {
			t.Errorf("cut at %d: error %v, want %v", n, err, want)
		}
	}
}

func TestCommandErrorEndsReading(t *testing.T) {
	stop := errors.New("stop")
	_, err := reader(append(zmtptest.Command("X", ""), zmtptest.Message("m")...)).next(func([]byte) error { return stop })
	if err != stop {
		t.Errorf("error %v, want %v", err, stop)
	}
}

// TestMemoryFollowsData: a header that claims much costs no more than what was
// received.
func TestMemoryFollowsData(t *testing.T) {
	for _, received := range []int{0, 100, 1 << 20} {
		claim := append(zmtptest.LongHeader(0, 1<<40), make([]byte, received)...)
		fr := reader(claim)
		fr.maxMessage, fr.budget.max = 1<<41, 1<<41
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := fr.next(noCommand); err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if used, most := after.TotalAlloc-before.TotalAlloc, uint64(4*received+2*firstChunk); used > most {
			t.Errorf("%d bytes received, %d allocated, more than %d", received, used, most)
		}
	}
}

// TestBudget reads messages that are not complete beside each other.
func TestBudget(t *testing.T) {
	shared := &budget{max: 3 * firstChunk}
	read := func(b []byte) error {
		fr := reader(b)
		fr.budget = shared
		_, err := fr.next(noCommand)
		if fr.taken != 0 {
			t.Error("nothing was given back")
		}
		return err
	}
	large := strings.Repeat("x", 3*firstChunk)
	if err := read(zmtptest.Message(large)); err != nil {
		t.Errorf("alone: %v", err)
	}
	if !shared.take(2 * firstChunk) {
		t.Fatal("not given back")
	}
	small := large[:firstChunk]
	for name, c := range map[string]struct {
		message []byte
		want    error
	}{
		"large":           {zmtptest.Message(large), errBudget},
		"large by frames": {zmtptest.Message(small, small, small), errBudget},
		"fits":            {zmtptest.Message(small, small), nil},
		"small":           {zmtptest.Message(small), nil},
	} {
		if err := read(c.message); err != c.want {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	if used := shared.used.Load(); used != 2*firstChunk {
		t.Errorf("%d bytes are taken still", used-2*firstChunk)
	}
}

func TestGather(t *testing.T) {
	var g gather
	large := bytes.Repeat([]byte("L"), copyBelow)
	var want []byte
	for range 3 { // rounds reuse memory
		want = want[:0]
		for i := range 2000 {
			p := bytes.Repeat([]byte{byte(i)}, i%300)
			if i%500 == 0 {
				p = large
			}
			own := bytes.Clone(p)
			g.add(own)
			want = append(want, p...)
			if len(own) < copyBelow {
				clear(own) // small pieces were copied
			}
		}
		if got := bytes.Join(g.buffers(), nil); !bytes.Equal(got, want) {
			t.Fatal("gathered bytes differ")
		}
		if n := len(g.buffers()); n > 50 {
			t.Errorf("%d pieces", n)
		}
		g.reset()
	}
	// What a message of the protocol needs leaves in one piece.
	for _, p := range []string{"\x01\x03", "abc", "\x00\x04", "defg"} {
		g.add([]byte(p))
	}
	if b := g.buffers(); len(b) != 1 || string(b[0]) != "\x01\x03abc\x00\x04defg" {
		t.Errorf("got %q", b)
	}
}

func TestWireSize(t *testing.T) {
	for _, frames := range [][]string{{""}, {"a", strings.Repeat("b", 255), strings.Repeat("c", 256)}} {
		var list [][]byte
		for _, f := range frames {
			list = append(list, []byte(f))
		}
		if got, want := wireSize(list), int64(len(zmtptest.Message(frames...))); got != want {
			t.Errorf("%d frames: %d, want %d", len(frames), got, want)
		}
	}
	for _, data := range []string{"", strings.Repeat("d", 300)} {
		if got, want := commandItem("PONG", []byte(data)).size, int64(len(zmtptest.Command("PONG", data))); got != want {
			t.Errorf("PONG: %d, want %d", got, want)
		}
	}
}
