package ipclab

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"

	"ipclab/ipclab/internal/render"
	"ipclab/ipclab/mime"
)

// A progressState is how far something is.
type progressState struct {
	what, noun, now     string
	total, done, before int
	begun               time.Time
}

// progressBar is the length of a bar in text.
const progressBar = 20

// bundle returns the state as text and as HTML, whose bar is announced by screen readers and follows the theme.
func (s *progressState) bundle(now time.Time) mime.Bundle {
	text := s.text(now)
	if s.total == 0 {
		return mime.Bundle{mime.Plain: text}
	}
	n := int(s.part() * progressBar)
	bar := strings.Repeat("█", n) + strings.Repeat("░", progressBar-n)
	return mime.Bundle{
		mime.Plain: fmt.Sprintf("%s %3.0f %%  %s", bar, math.Floor(s.part()*100), text),
		mime.HTML: fmt.Sprintf(`<label style="font-variant-numeric:tabular-nums"><progress max="%d" value="%d" style="width:16em;margin-right:1em;accent-color:#0072b2"></progress>%s</label>`,
			s.total, min(s.done, s.total), html.EscapeString(text)),
	}
}

// part is how much is done, from 0 to 1.
func (s *progressState) part() float64 { return min(1, float64(s.done)/float64(s.total)) }

// text says how far it is, how fast it goes, and when it will be over.
func (s *progressState) text(now time.Time) string {
	text := s.name() + s.count()
	if fresh := s.done - s.before; fresh > 0 {
		elapsed := now.Sub(s.begun)
		text += "; " + roundTime(elapsed).String() + s.rate(elapsed) + s.left(elapsed)
	}
	if s.now != "" {
		text += "; now " + render.Clean(s.now)
	}
	return text
}

// last is the line that stays.
func (s *progressState) last(now time.Time) string {
	elapsed := now.Sub(s.begun)
	if s.done < s.total {
		return fmt.Sprintf("%sstopped at %s after %v", s.name(), s.count(), roundTime(elapsed))
	}
	return fmt.Sprintf("%s%s in %v%s", s.name(), s.count(), roundTime(elapsed), s.rate(elapsed))
}

func (s *progressState) name() string {
	if s.what == "" {
		return ""
	}
	return render.Clean(s.what) + ": "
}

// count is "3 of 8 runs, 2 of them from before".
func (s *progressState) count() string {
	text := thousands(s.done)
	if s.total > 0 {
		text += " of " + thousands(s.total)
	}
	if s.noun != "" {
		text += " " + s.noun
	}
	if s.before > 0 {
		text += fmt.Sprintf(", %s of them from before", thousands(s.before))
	}
	return text
}

// rate is how many steps were done in a second, or how long one took; nothing if none was done.
func (s *progressState) rate(elapsed time.Duration) string {
	fresh := s.done - s.before
	switch {
	case fresh <= 0 || elapsed <= 0:
		return ""
	case elapsed > time.Duration(fresh)*time.Second:
		return ", " + roundTime(elapsed/time.Duration(fresh)).String() + " each"
	}
	rate := float64(fresh) / elapsed.Seconds()
	if rate >= 100 {
		return ", " + thousands(int(min(rate, 1e15))) + "/s"
	}
	return fmt.Sprintf(", %.2g/s", rate)
}

func thousands(n int) string { return render.Thousands(fmt.Sprint(n)) }

// leftMost is the longest time that is given as the time left.
const leftMost = 1000 * time.Hour

// left says how long the rest takes at the rate so far.
func (s *progressState) left(elapsed time.Duration) string {
	rest, fresh := s.total-s.done, s.done-s.before
	if rest <= 0 {
		return ""
	}
	d := float64(elapsed) * float64(rest) / float64(fresh)
	if d > float64(leftMost) {
		return ", more than 1000h left"
	}
	return fmt.Sprintf(", about %v left", roundTime(time.Duration(d)))
}

// roundTime keeps what a person wants to read.
func roundTime(d time.Duration) time.Duration {
	switch {
	case d > 10*time.Second:
		return d.Round(time.Second)
	case d > 100*time.Millisecond:
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}
