package ipclab

import (
	"errors"
	"html"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ipclab/ipclab/mime"
)

// screen records what is displayed; its calls are serial, as a kernel's are.
type screen struct {
	mu    sync.Mutex
	shown []mime.Display
	err   error
}

func (s *screen) Display(d mime.Display) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, d)
	return s.err
}
func (s *screen) Clear(bool) error { return nil }

func (s *screen) text(i int) string { return s.shown[i].Data[mime.Plain].(string) }

// onScreen runs f with a screen, and a clock that stands still but for sleeps.
func onScreen(t *testing.T, f func(*screen)) {
	t.Helper()
	s := &screen{}
	mime.SetSink(s)
	defer mime.SetSink(nil)
	synctest.Test(t, func(*testing.T) { f(s) })
}

func TestProgressText(t *testing.T) {
	for name, c := range map[string]struct {
		state      progressState
		elapsed    time.Duration
		text, last string
	}{
		"begun":       {progressState{what: "w", total: 10}, 0, "w: 0 of 10", "w: stopped at 0 of 10 after 0s"},
		"under way":   {progressState{what: "w", total: 10, done: 4, now: "n=5"}, 2 * time.Second, "w: 4 of 10; 2s, 2/s, about 3s left; now n=5", "w: stopped at 4 of 10 after 2s"},
		"slow":        {progressState{total: 3, done: 1}, time.Minute, "1 of 3; 1m0s, 1m0s each, about 2m0s left", "stopped at 1 of 3 after 1m0s"},
		"over":        {progressState{what: "w", total: 20000, done: 20000}, 2 * time.Second, "w: 20,000 of 20,000; 2s, 10,000/s", "w: 20,000 of 20,000 in 2s, 10,000/s"},
		"more":        {progressState{total: 2, done: 3}, time.Second, "3 of 2; 1s, 3/s", "3 of 2 in 1s, 3/s"},
		"no total":    {progressState{what: "w", noun: "bytes", done: 512}, time.Second, "w: 512 bytes; 1s, 512/s", "w: 512 bytes in 1s, 512/s"},
		"from before": {progressState{noun: "runs", total: 8, done: 4, before: 2}, 4 * time.Second, "4 of 8 runs, 2 of them from before; 4s, 2s each, about 8s left", "stopped at 4 of 8 runs, 2 of them from before after 4s"},
		"all before":  {progressState{noun: "runs", total: 2, done: 2, before: 2}, 0, "2 of 2 runs, 2 of them from before", "2 of 2 runs, 2 of them from before in 0s"},
		"odd letters": {progressState{what: "a\n\x1b[1m<b>", total: 1}, 0, `a \u001b[1m<b>: 0 of 1`, `a \u001b[1m<b>: stopped at 0 of 1 after 0s`},
		"for ever":    {progressState{total: 1 << 62, done: 1}, 100 * time.Hour, "1 of 4,611,686,018,427,387,904; 100h0m0s, 100h0m0s each, more than 1000h left", "stopped at 1 of 4,611,686,018,427,387,904 after 100h0m0s"},
	} {
		c.state.begun = time.Now()
		now := c.state.begun.Add(c.elapsed)
		if text, last := c.state.text(now), c.state.last(now); text != c.text || last != c.last {
			t.Errorf("%s: %q and %q; want %q and %q", name, text, last, c.text, c.last)
		}
		b := c.state.bundle(now)
		if plain := b[mime.Plain].(string); !strings.HasSuffix(plain, c.text) {
			t.Errorf("%s: plain text %q", name, plain)
		}
		if bar, ok := b[mime.HTML].(string); ok != (c.state.total > 0) || ok && (!strings.Contains(bar, html.EscapeString(c.text)) || strings.Contains(bar, "<b>")) {
			t.Errorf("%s: HTML %q", name, bar)
		}
	}
}

func TestProgressIsShownAtIntervals(t *testing.T) {
	onScreen(t, func(s *screen) {
		p := NewProgress("count", 1000)
		for range 1000 {
			p.Add(1)
			time.Sleep(time.Millisecond) // of the clock of the test: nobody waits
		}
		p.Done()
		p.Add(1)
		p.Done()
		if n := len(s.shown); n != 11 { // at 0, after each 100 ms, at the end
			t.Errorf("shown %d times", n)
		}
		for i, d := range s.shown {
			if d.ID == "" || d.ID != s.shown[0].ID || d.Update != (i > 0) {
				t.Errorf("display %d is %q, update %v", i, d.ID, d.Update)
			}
		}
		if first, last := s.text(0), s.text(len(s.shown)-1); !strings.HasSuffix(first, "count: 0 of 1000") || last != "count: 1000 of 1000 in 1s, 1000/s" {
			t.Errorf("from %q to %q", first, last)
		}
		if s.shown[len(s.shown)-1].Data[mime.HTML] != nil {
			t.Error("the bar stays")
		}
	})
}

func TestProgressOfSeveralGoroutines(t *testing.T) {
	onScreen(t, func(s *screen) {
		p := NewProgress("", 400)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 100 {
					p.Add(1)
				}
			})
		}
		all.Wait()
		p.Done()
		if last := s.text(len(s.shown) - 1); !strings.HasPrefix(last, "400 of 400") {
			t.Errorf("ends with %q", last)
		}
	})
}

func TestProgressThatPanics(t *testing.T) {
	onScreen(t, func(s *screen) {
		func() {
			defer func() { _ = recover() }()
			p := NewProgress("w", 3)
			defer p.Done()
			p.Set(2)
			p.Set(-1)
			p.Now("third")
			panic("as asked")
		}()
		if last := s.text(len(s.shown) - 1); last != "w: stopped at 0 of 3 after 0s" {
			t.Errorf("ends with %q", last)
		}
	})
}

func TestProgressThatCannotBeShown(t *testing.T) {
	onScreen(t, func(s *screen) {
		s.err = errors.New("gone")
		p := NewProgress("w", 1)
		p.Add(1)
		p.Done()
		var none *Progress
		none.Add(1)
		none.Set(1)
		none.Now("x")
		none.Done()
	})
}
