package build

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// headersSuffix ends the names of the lists of headers.
const headersSuffix = ".headers"

// headers reads the list of headers that a program had when it was compiled last.
func (c *Cache) headers(key string) ([]string, bool) {
	path := filepath.Join(c.Folder, key+headersSuffix)
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now)
	return strings.FieldsFunc(string(content), func(r rune) bool { return r == '\n' }), true
}

// setHeaders writes the list, at once for those who read it.
func (c *Cache) setHeaders(key string, list []string) error {
	f, err := os.CreateTemp(c.Folder, newPrefix)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, strings.Join(list, "\n"))
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.Folder, key+headersSuffix))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// withHeaders is the key of a program together with the content of its headers.
func withHeaders(key string, list []string) string {
	h := sha256.New()
	fmt.Fprintln(h, key)
	for _, path := range list {
		fmt.Fprintf(h, "%q %s\n", path, contentOf(path))
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:keyBytes])
}

// contentOf stands for the content of a file, or for that there is none.
func contentOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "none"
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "none"
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// changedSince tells whether a header was written after a moment.
func changedSince(list []string, t time.Time) bool {
	for _, path := range list {
		if info, err := os.Stat(path); err != nil || !info.ModTime().Before(t) {
			return true
		}
	}
	return false
}

// parseDependencies reads the rule of make that compilers write with -MD. In it a
// backslash quotes a space or a #, a dollar sign itself, and continues a line.
func parseDependencies(rule string) (list []string) {
	_, rule, _ = strings.Cut(rule, ":")
	rule = strings.ReplaceAll(rule, "\\\n", " ")
	var b strings.Builder
	end := func() {
		if name := b.String(); name != "" && name != "-" && name != "<stdin>" {
			list = append(list, name)
		}
		b.Reset()
	}
	for i := 0; i < len(rule); i++ {
		switch c := rule[i]; {
		case c == '\\' && i+1 < len(rule) && strings.IndexByte(` #\`, rule[i+1]) >= 0, c == '$' && strings.HasPrefix(rule[i+1:], "$"):
			i++
			b.WriteByte(rule[i])
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			end()
		default:
			b.WriteByte(c)
		}
	}
	end()
	return list
}
