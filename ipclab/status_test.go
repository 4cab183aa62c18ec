package ipclab

import "testing"

func TestStatusWords(t *testing.T) {
	const core = 0x80 // WCOREFLAG
	for _, c := range []struct {
		status Status
		text   string
		core   bool
	}{
		{Status{wait: 0}, "exited with status 0", false},
		{Status{wait: 255 << 8}, "exited with status 255", false},
		{Status{wait: 9}, "killed by SIGKILL", false},
		{Status{wait: 11 | core}, "killed by SIGSEGV (core dumped)", true},
		{Status{wait: 37}, "killed by SIGRTMIN+3", false},
		{Status{wait: 19<<8 | 0x7f}, "stopped by SIGSTOP", false},
		{Status{wait: 0xffff}, "continued", false},
	} {
		if got := c.status.String(); got != c.text || c.status.CoreDump() != c.core {
			t.Errorf("%q, core %v; want %q, core %v", got, c.status.CoreDump(), c.text, c.core)
		}
	}
}
