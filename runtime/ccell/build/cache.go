package build

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/scratch"
	"ipclab/runtime/ccell"
)

// A Cache is a folder with compiled programs.
type Cache struct {
	Folder string
	Most   int64 // bytes that it may hold; more for as long as programs are in use
}

// size bounds the user's cache.
const size = 64 << 20

// Open opens the user's cache, in the first folder that can be used.
func Open() (*Cache, error) {
	var first error
	for _, folder := range ccell.Folders() {
		err := usable(folder)
		if err == nil {
			return &Cache{Folder: folder, Most: size}, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, fmt.Errorf("there is no folder for compiled programs: %w; the environment variable XDG_CACHE_HOME names another place", first)
}

// usable makes a folder, and looks whether it is this user's and can be written.
func usable(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(folder, &st); err != nil {
		return os.NewSyscallError("lstat", err)
	}
	if int(st.Uid) != os.Geteuid() || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return fmt.Errorf("%s belongs to somebody else: %w", folder, fs.ErrPermission)
	}
	return os.NewSyscallError("access "+folder, unix.Access(folder, unix.W_OK|unix.X_OK))
}

// newPrefix begins the names of what is not whole.
const newPrefix = "new-"

// temporary makes a folder for something new. If this process is killed, the next compilation removes it.
func (c *Cache) temporary() (string, error) { return scratch.New(c.Folder, newPrefix+"c") }

// said is the file messages of an entry.
type said struct {
	Size int64 // of the program: one that was cut off by a crash is no program
	Text string
}

// messagesFile is its name. No program has one that begins with a dot.
const messagesFile = ".messages"

// entry finds a whole entry. To find it counts as a use.
func (c *Cache) entry(key, name string) (path, text string, ok bool) {
	folder := filepath.Join(c.Folder, key)
	content, err := os.ReadFile(filepath.Join(folder, messagesFile))
	var s said
	if err != nil || json.Unmarshal(content, &s) != nil {
		return "", "", false
	}
	path = filepath.Join(folder, name)
	info, err := os.Stat(path)
	if err != nil || info.Size() != s.Size {
		return "", "", false
	}
	now := time.Now()
	_ = os.Chtimes(folder, now, now) // it may be gone; the program is missed when it is started
	return path, s.Text, true
}

// enter makes an entry of a folder with a new program. If there is one of that key by
// now, that serves. The folder is gone afterwards.
func (c *Cache) enter(folder, key, name, text string) (path string, err error) {
	info, err := os.Stat(filepath.Join(folder, name))
	if err != nil {
		return "", fmt.Errorf("the compiler has made no program: %w", err)
	}
	content, err := json.Marshal(said{info.Size(), text})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(folder, messagesFile), content, 0o600); err != nil {
		return "", err
	}
	target := filepath.Join(c.Folder, key)
	for {
		err := os.Rename(folder, target)
		if err == nil {
			return filepath.Join(target, name), nil
		}
		if path, _, ok := c.entry(key, name); ok {
			return path, nil
		}
		if !c.discard(target) { // it is not whole, and did not go either
			return "", fmt.Errorf("keep the compiled program: %w", err)
		}
	}
}

// discard removes an entry: at once for those who look for it. It reports whether it was
// there.
func (c *Cache) discard(path string) bool {
	away := filepath.Join(c.Folder, newPrefix+rand.Text())
	if os.Rename(path, away) != nil {
		return false
	}
	_ = os.RemoveAll(away) // what stays is removed with what is not whole
	return true
}
