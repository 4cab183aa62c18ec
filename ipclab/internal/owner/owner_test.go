package owner

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSelfIsAlive(t *testing.T) {
	o, err := Self()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(o.Name())
	if err != nil || back != o || o.Pid != os.Getpid() || o.State() != Alive {
		t.Errorf("%+v is read back as %+v, %v, and is %v", o, back, err, o.State())
	}
}

func TestState(t *testing.T) {
	self, err := Self()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*Owner)
		want   State
	}{
		{"itself", func(o *Owner) {}, Alive},
		{"number used again", func(o *Owner) { o.Start-- }, Gone},
		{"no such process", func(o *Owner) { o.Pid = 1 << 30 }, Gone},
		{"before the machine was started again", func(o *Owner) { o.Boot = "0" }, Gone},
		{"another machine", func(o *Owner) { o.Host = "elsewhere"; o.Boot = "0" }, Unknown},
		{"another pid namespace", func(o *Owner) { o.Namespace = 1; o.Pid = 1 << 30 }, Unknown},
	} {
		o := self
		c.change(&o)
		if got := o.State(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestZombieIsGone(t *testing.T) {
	p := exec.Command("cat")
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer p.Wait()
	o := of(t, p.Process.Pid)
	fd, err := o.Watch()
	if err != nil || o.State() != Alive {
		t.Fatalf("%v, %v", o.State(), err)
	}
	defer unix.Close(fd)
	in.Close()
	n, err := -1, error(unix.EINTR)
	for err == unix.EINTR { // the Go runtime has handlers, and poll does not go on after one
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 20_000)
	}
	if n != 1 || err != nil {
		t.Fatalf("poll: %d, %v", n, err)
	}
	if o.State() != Gone {
		t.Errorf("a zombie is %v", o.State())
	}
	if fd, err := o.Watch(); !errors.Is(err, unix.ESRCH) {
		t.Errorf("a zombie can be watched: %d, %v", fd, err)
	}
}

// of returns process pid as an owner.
func of(t *testing.T, pid int) Owner {
	t.Helper()
	o, err := Of(pid)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestParseRefuses(t *testing.T) {
	for _, name := range []string{"", "812", "812-1-2-b", "0-1-2-b-h", "-1-1-2-b-h", "+1-1-2-b-h", "01-1-2-b-h", "1-x-2-b-h", "1-1-2--h", "1-1-2-b-a/b"} {
		if o, err := Parse(name); !errors.Is(err, ErrFormat) {
			t.Errorf("%q is read as %+v, %v", name, o, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("812-70231-4026531836-0123abcd-host.example")
	f.Fuzz(func(t *testing.T, name string) {
		if o, err := Parse(name); err == nil && o.Name() != name {
			t.Errorf("%q is read as %+v", name, o)
		}
	})
}
