package supervisor_test

import (
	"testing"
	"time"

	"ipclab/kernel/supervisor"
)

// A slow client takes nothing until it is released.
type slow struct {
	*recorder
	begun, released chan struct{}
}

func (s slow) Stream(name, text string) {
	select {
	case s.begun <- struct{}{}:
	default:
	}
	<-s.released
	s.recorder.Stream(name, text)
}

// whatSlowTakes is longer than it takes to tell a deadlock, or to kill a cell that takes no notice of an interrupt.
const whatSlowTakes = 2500 * time.Millisecond

// A cell that has ended, but of which the client has not taken all that it put out, is asleep, and heeds no interrupt.
func TestACellHasEndedWhoseClientIsSlow(t *testing.T) {
	for name, meanwhile := range map[string]func(*supervisor.Supervisor){
		"waits":       func(*supervisor.Supervisor) {},
		"interrupted": (*supervisor.Supervisor).Interrupt,
	} {
		t.Run(name, func(t *testing.T) {
			l := start(t)
			before := l.run(`fmt.Print(os.Getpid())`).text("stdout")
			client := slow{newRecorder(), make(chan struct{}, 1), make(chan struct{})}
			c := l.cell(`fmt.Println("written")`, client.recorder)
			c.Output = client
			go func() {
				<-client.begun
				meanwhile(l.Supervisor)
				time.Sleep(whatSlowTakes)
				close(client.released)
			}()
			d, err := l.execute(c)
			if err != nil || d.Name == "deadlock" || client.text("stdout") != "written\n" {
				t.Errorf("%+v, %v; output %q", d, err, client.all())
			}
			if after := l.run(`fmt.Print(os.Getpid())`).text("stdout"); after != before {
				t.Errorf("process %s has taken the place of %s", after, before)
			}
		})
	}
}
