package bounds

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestGroupLimit(t *testing.T) {
	const none = math.MaxUint64
	for _, c := range []struct {
		name  string
		files map[string]string
		want  uint64
	}{
		{"no control groups", nil, none},
		{"version 2", map[string]string{
			"proc/self/cgroup":              "0::/user/jupyter\n",
			"sys/fs/cgroup/user/memory.max": "2000\n", "sys/fs/cgroup/user/jupyter/memory.max": "3000\n"}, 2000},
		{"version 2 without a limit", map[string]string{
			"proc/self/cgroup": "0::/user\n", "sys/fs/cgroup/user/memory.max": "max\n"}, none},
		{"version 2 in a container", map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "4000\n"}, 4000},
		{"version 1", map[string]string{
			"proc/self/cgroup": "4:memory:/a/b\n3:cpuset:/\n",
			"sys/fs/cgroup/memory/a/b/memory.limit_in_bytes":       "5000\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":           "9223372036854771712\n",
			"sys/fs/cgroup/memory/elsewhere/memory.limit_in_bytes": "1\n"}, 5000},
		{"version 1 in a container that knows its name outside", map[string]string{
			"proc/self/cgroup":                           "4:cpu,memory:/docker/0123\n0::/docker/0123\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "6000\n"}, 6000},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := fstest.MapFS{}
			for name, text := range c.files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := groupLimit(root); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
