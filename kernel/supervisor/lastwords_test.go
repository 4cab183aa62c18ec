package supervisor

import (
	"testing"
	"time"
)

func TestLastWords(t *testing.T) {
	for _, c := range []struct{ name, stderr, want string }{
		{"nothing", "", ""},
		{"no crash", "a\nb\nc\nd\n", "b\nc\nd"},
		{"panic", "noise\npanic: boom\n\ngoroutine 7 [running]:\nmain.f()\n", "panic: boom"},
		{"fatal error", "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select]:\n", "fatal error: all goroutines are asleep - deadlock!"},
		{"stack overflow", "runtime: goroutine stack exceeds 1000000000-byte limit\nruntime: sp=0x1 stack=[0x2]\nfatal error: stack overflow\n\nruntime stack:\n", "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow"},
		{"signal", "SIGSEGV: segmentation violation\nPC=0x49d2e1 m=0 sigcode=0\n\ngoroutine 0 gp=0x1d7 [idle]:\n", "SIGSEGV: segmentation violation"},
		{"not UTF-8", "\xff!", "\uFFFD!"},
	} {
		if got := lastWords([]byte(c.stderr)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestStacksAreDroppedFromStandardErrorOnly(t *testing.T) {
	report := "before\npanic: x\n\ngoroutine 1 [running]:\nf()\n"
	for name, want := range map[string]string{"stderr": "before\npanic: x\n", "stdout": report} {
		b := textBuffer{name: name, pending: []byte(report)}
		b.dropStacks()
		if string(b.pending) != want {
			t.Errorf("%s: %q, want %q", name, b.pending, want)
		}
	}
}

func TestAReportThatIsTheLastWordsIsNotShownTwice(t *testing.T) {
	const overflow = "runtime: goroutine stack exceeds 9-byte limit\nruntime: sp=0x1 stack=[0x2]\nfatal error: stack overflow\n\nruntime stack:\n"
	for _, c := range []struct{ name, shown, pending, want string }{
		{"alone", "", overflow, ""},
		{"after other text", "", "said\n" + overflow, "said\n"},
		{"after another report, which the last words are", "fatal error: of a child\n", "fatal error: late\n", "fatal error: late\n"},
		{"longer than last words", "", "fatal error: 1\n2\n3\n4\n", "fatal error: 1\n2\n3\n4\n"},
	} {
		var b textBuffer
		b.add("stderr", []byte(c.shown))
		b.flush(true)
		b.add("stderr", []byte(c.pending))
		b.dropStacks()
		if string(b.pending) != c.want {
			t.Errorf("%s: %q, want %q", c.name, b.pending, c.want)
		}
	}
}

func TestAFatalReportIsHeldBack(t *testing.T) {
	for text, want := range map[string]bool{
		"fatal error: x\n":              true,
		"said\nfatal error: x\n":        true,
		"not a fatal error: x\n":        false,
		"panic: x\n\ngoroutine 1 [x]\n": false,
	} {
		b := textBuffer{name: "stderr", pending: []byte(text), since: time.Now()}
		if wait, _ := b.due(); (wait > flushAfter) != want {
			t.Errorf("%q waits %v", text, wait)
		}
	}
}
