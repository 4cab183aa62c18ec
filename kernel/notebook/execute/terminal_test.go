package execute

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo terminal (pty(7)): what is written to user, the
// program reads as if it had been typed.
func openTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(os.NewSyscallError("ioctl TIOCSPTLCK", err))
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(os.NewSyscallError("ioctl TIOCGPTN", err))
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return user, program
}

// typist types a line as soon as its prompt is printed, and notes whether the
// terminal showed it.
type typist struct {
	*rig
	user, program *os.File
	lines         map[string]string // by prompt
	shown         map[string]bool
}

func newTypist(t *testing.T, lines map[string]string) *typist {
	y := &typist{rig: newRig(t, "good"), lines: lines, shown: map[string]bool{}}
	y.user, y.program = openTerminal(t)
	y.options.Out = y
	y.options.Terminal = NewTerminal(y.program, y)
	if y.options.Terminal == nil {
		t.Fatal("a pseudo terminal is not taken for a terminal")
	}
	t.Cleanup(y.options.Terminal.Close)
	return y
}

func (y *typist) Write(p []byte) (int, error) {
	if line, ok := y.lines[string(p)]; ok {
		y.shown[string(p)] = y.echoes()
		if _, err := y.user.WriteString(line); err != nil {
			y.t.Error(err)
		}
	}
	return y.out.Write(p)
}

func (y *typist) echoes() bool {
	state, err := unix.IoctlGetTermios(int(y.program.Fd()), unix.TCGETS)
	if err != nil {
		y.t.Error(os.NewSyscallError("ioctl TCGETS", err))
		return false
	}
	return state.Lflag&unix.ECHO != 0
}

func TestUserAnswersCells(t *testing.T) {
	y := newTypist(t, map[string]string{"name?": "Ada\n", "word?": "secret\n", "more?": "\x04"})
	out, n := y.mustRun(code("out a|b\nask name?\nask-secret word?"), code("ask more?"))
	// Questions and outputs come through different connections.
	expectAll(t, out, "name?", "word?", "answer secret", "more?")
	expectAll(t, outputsOf(t, n, 0), `["a\n","banswer Ada\n","answer secret\n"]`)
	expectAll(t, outputsOf(t, n, 1), `"answer \u0004\n"`)
	if !y.shown["name?"] || y.shown["word?"] || !y.echoes() {
		t.Errorf("echo by prompt: %v, in the end: %v", y.shown, y.echoes())
	}
}

// A question that its cell gave up does not eat the line for the next one.
func TestQuestionThatIsGivenUp(t *testing.T) {
	y := newTypist(t, map[string]string{"second?": "yes\n"})
	y.options.CellTimeout, y.options.AllowErrors = brief, true
	_, _, err := y.run(t.Context(), code("ask-secret first?"))
	if err == nil || !strings.HasPrefix(err.Error(), "cell 1 of 1: interrupted") || !y.echoes() {
		t.Fatalf("got %v, echo %v", err, y.echoes())
	}
	y.options.CellTimeout = 0
	_, n := y.mustRun(code("ask second?"))
	expectAll(t, outputsOf(t, n, 0), `"answer yes\n"`)
}

func TestPipesAreNoTerminals(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if NewTerminal(r, nil) != nil {
		t.Error("a pipe is taken for a terminal")
	}
	out, _ := newRig(t, "good").mustRun(code("stdin-allowed"))
	expectAll(t, out, "false")
}
