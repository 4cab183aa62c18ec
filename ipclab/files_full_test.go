package ipclab_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// What the helper finds in its environment: the folder that is to be a small disk, and whether it has a mount namespace
// of its own. Without that it must not mount anything.
const (
	diskVariable  = "IPCLAB_TEST_DISK"
	mountVariable = "IPCLAB_TEST_MOUNT"
)

func init() { helpers["full disk"] = fullDisk }

// TestFullDisk runs fullDisk in a mount namespace of its own: the small disk goes away with it. Where namespaces are not
// allowed, a limit on the size of files takes the disk's place: a write fails then too, if with another errno.
func TestFullDisk(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ids := func(id int) []syscall.SysProcIDMap { return []syscall.SysProcIDMap{{HostID: id, Size: 1}} }
	var out []byte
	for _, attr := range []*syscall.SysProcAttr{
		{Cloneflags: unix.CLONE_NEWNS},
		{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWUSER, UidMappings: ids(os.Getuid()), GidMappings: ids(os.Getgid())},
		{},
	} {
		program := exec.Command(exe)
		program.Env = append(os.Environ(), helperVariable+"=full disk", diskVariable+"="+t.TempDir(), fmt.Sprintf("%s=%t", mountVariable, attr.Cloneflags != 0))
		program.SysProcAttr = attr
		if out, err = program.CombinedOutput(); err == nil && !strings.HasPrefix(string(out), "the small disk") {
			break
		}
	}
	const want = `
NewLockFile: no room, nothing left
taking over a stale lock: no room, nothing left
Submit: no room, nothing left
Done: no room, nothing left
Done with room again: <nil>
`
	if err != nil || string(out) != want[1:] {
		t.Errorf("%v\n%s", err, out)
	}
}

// roomlessDisk makes folder a file system without room, and returns what makes room.
func roomlessDisk(folder string) (room func()) {
	mayMount := os.Getenv(mountVariable) == "true"
	if mayMount && unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, "") == nil && unix.Mount("tmpfs", folder, "tmpfs", 0, "size=64k") == nil {
		return func() { os.Remove(filepath.Join(folder, "filler")) }
	}
	if mayMount {
		fmt.Println("the small disk could not be mounted")
	}
	signal.Ignore(unix.SIGXFSZ)
	return func() {
		unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
	}
}

// fillDisk leaves no room on the small disk.
func fillDisk(folder string) {
	os.WriteFile(filepath.Join(folder, "filler"), make([]byte, 1<<20), 0o600)
	unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 10, Max: unix.RLIM_INFINITY})
}

// fullDisk publishes files where there is no room, and says what came of it.
func fullDisk() {
	folder := os.Getenv(diskVariable)
	room := roomlessDisk(folder)
	report := func(what string, err error, left []string) {
		result := "no room, nothing left"
		if !errors.Is(err, unix.ENOSPC) && !errors.Is(err, unix.EFBIG) || len(left) > 0 {
			result = fmt.Sprint(err, left)
		}
		fmt.Printf("%s: %s\n", what, result)
	}
	glob := func(pattern string) []string {
		names, _ := filepath.Glob(filepath.Join(folder, pattern))
		return names
	}
	s, err := ipclab.OpenSpool(filepath.Join(folder, "spool"))
	if err != nil {
		fmt.Println(err)
	}
	id, _ := s.Submit("first", []byte("job"))
	j, _ := s.Claim()
	lock := filepath.Join(folder, "lock")
	p, _ := ipclab.Spawn(func() { ipclab.NewLockFile(lock + "-stale") })
	p.Wait()
	fillDisk(folder)

	_, err = ipclab.NewLockFile(lock)
	report("NewLockFile", err, glob("lock"))
	os.Truncate(lock+"-stale", 0) // or the owner's name would find room in the page that the file has
	fillDisk(folder)
	_, err = ipclab.NewLockFile(lock + "-stale")
	report("taking over a stale lock", err, glob("lock*"))
	_, err = s.Submit("second", []byte(strings.Repeat("x", 100)))
	report("Submit", err, append(glob("spool/tmp/*"), glob("spool/new/*")...))
	err = j.Done([]byte(strings.Repeat("x", 100)))
	report("Done", err, append(glob("spool/tmp/*"), glob("spool/done/*")...))
	room()
	err = j.Done([]byte("fine"))
	if result, e := s.Result(id); string(result) != "fine" || e != nil {
		err = errors.Join(err, e)
	}
	fmt.Println("Done with room again:", err)
}
