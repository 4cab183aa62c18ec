package dyn

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// The functions of package fmt that print, for arguments of cells' types.

func all(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = Show(a)
	}
	return out
}

// BuiltinPrint is the predeclared function print.
func BuiltinPrint(a ...any) {
	var b strings.Builder
	for _, x := range a {
		fmt.Fprint(&b, Raw(x))
	}
	os.Stderr.WriteString(b.String())
}

// BuiltinPrintln is the predeclared function println.
func BuiltinPrintln(a ...any) {
	raw := make([]any, len(a))
	for i, x := range a {
		raw[i] = Raw(x)
	}
	os.Stderr.WriteString(fmt.Sprintln(raw...))
}

// Print is fmt.Print.
func Print(a ...any) (int, error) { return fmt.Print(spaced(a)...) }

// Println is fmt.Println.
func Println(a ...any) (int, error) { return fmt.Println(all(a)...) }

// Printf is fmt.Printf.
func Printf(format string, a ...any) (int, error) {
	format, a = named(format, a)
	return fmt.Printf(format, a...)
}

// Sprint is fmt.Sprint.
func Sprint(a ...any) string { return fmt.Sprint(spaced(a)...) }

// Sprintln is fmt.Sprintln.
func Sprintln(a ...any) string { return fmt.Sprintln(all(a)...) }

// Sprintf is fmt.Sprintf.
func Sprintf(format string, a ...any) string {
	format, a = named(format, a)
	return fmt.Sprintf(format, a...)
}

// Fprint is fmt.Fprint.
func Fprint(w io.Writer, a ...any) (int, error) { return fmt.Fprint(w, spaced(a)...) }

// Fprintln is fmt.Fprintln.
func Fprintln(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(w, all(a)...) }

// Fprintf is fmt.Fprintf.
func Fprintf(w io.Writer, format string, a ...any) (int, error) {
	format, a = named(format, a)
	return fmt.Fprintf(w, format, a...)
}

// Append is fmt.Append.
func Append(b []byte, a ...any) []byte { return fmt.Append(b, spaced(a)...) }

// Appendln is fmt.Appendln.
func Appendln(b []byte, a ...any) []byte { return fmt.Appendln(b, all(a)...) }

// Appendf is fmt.Appendf.
func Appendf(b []byte, format string, a ...any) []byte {
	format, a = named(format, a)
	return fmt.Appendf(b, format, a...)
}

// Errorf is fmt.Errorf.
func Errorf(format string, a ...any) error {
	format, a = named(format, a)
	return fmt.Errorf(format, a...)
}

// spaced prepares arguments for Print, which puts spaces between operands when
// neither is a string. A string type of a cell is one.
func spaced(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = Show(a)
		if t, v := dynamic(a); t != nil && reflect.ValueOf(v).Kind() == reflect.String {
			out[i] = fmt.Sprint(out[i])
		}
	}
	return out
}

// named prepares arguments for a format. The verb T, which fmt answers itself,
// becomes s with the type's name.
func named(format string, args []any) (string, []any) {
	out := all(args)
	if !strings.Contains(format, "T") || strings.Contains(format, "*") {
		return format, out
	}
	var b strings.Builder
	next, changed := 0, false
	for rest := format; rest != ""; {
		i := strings.IndexByte(rest, '%')
		if i < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		d := cutDirective(rest[i:], next)
		rest = rest[i+d.length:]
		if d.verb == '%' || d.verb == 0 {
			b.WriteString(d.text)
			continue
		}
		next = d.arg + 1
		arg := d.arg
		if d.verb == 'T' && arg < len(args) {
			out = append(out, printedType(args[arg]))
			arg, d.verb, changed = len(out)-1, 's', true
		}
		fmt.Fprintf(&b, "%%%s[%d]%c", d.flags, arg+1, d.verb)
	}
	if !changed {
		return format, out
	}
	return b.String(), out
}

// A directive is one of a format.
type directive struct {
	text   string
	length int
	flags  string // with width and precision
	arg    int    // which argument, from 0
	verb   rune   // 0 for one that is not whole
}

// cutDirective reads the directive that text begins with.
func cutDirective(text string, next int) directive {
	d := directive{arg: next}
	for i, c := range text[1:] {
		switch {
		case strings.ContainsRune("+-# 0123456789.", c):
			if d.length == 0 {
				d.flags += string(c)
			}
		case c == '[':
			end := strings.IndexByte(text, ']')
			if end < 0 {
				return directive{text: text, length: len(text)}
			}
			n, err := strconv.Atoi(text[i+2 : end])
			if err != nil {
				return directive{text: text, length: len(text)}
			}
			inner := cutDirective("%"+text[end+1:], n-1)
			inner.flags = d.flags + inner.flags
			inner.length += end
			inner.text = text[:min(inner.length, len(text))]
			return inner
		default:
			d.verb = c
			d.length = 1 + i + len(string(c))
			d.text = text[:d.length]
			return d
		}
	}
	return directive{text: text, length: len(text)}
}

// printedType is what the verb T prints.
func printedType(x any) string {
	if x == nil {
		return "<nil>"
	}
	return TypeName(x)
}
