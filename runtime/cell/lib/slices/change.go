// Package slices is the source of the functions of package slices for cells,
// which instantiate it; see the package comment of lib.
package slices

// Insert is slices.Insert.
func Insert[S ~[]E, E any](s S, i int, v ...E) S {
	_ = s[i:]
	r := make(S, 0, len(s)+len(v))
	r = append(r, s[:i]...)
	r = append(r, v...)
	return append(r, s[i:]...)
}

// Delete is slices.Delete.
func Delete[S ~[]E, E any](s S, i, j int) S {
	_ = s[i:j:len(s)]
	if i == j {
		return s
	}
	old := len(s)
	s = append(s[:i], s[j:]...)
	clear(s[len(s):old])
	return s
}

// DeleteFunc is slices.DeleteFunc.
func DeleteFunc[S ~[]E, E any](s S, del func(E) bool) S {
	n := 0
	for _, v := range s {
		if !del(v) {
			s[n] = v
			n++
		}
	}
	clear(s[n:])
	return s[:n]
}

// Replace is slices.Replace.
func Replace[S ~[]E, E any](s S, i, j int, v ...E) S {
	_ = s[i:j]
	r := make(S, 0, len(s)-(j-i)+len(v))
	r = append(r, s[:i]...)
	r = append(r, v...)
	return append(r, s[j:]...)
}

// Clone is slices.Clone.
func Clone[S ~[]E, E any](s S) S { return append(s[:0:0], s...) }

// Compact is slices.Compact.
func Compact[S ~[]E, E comparable](s S) S {
	return CompactFunc(s, func(a, b E) bool { return a == b })
}

// CompactFunc is slices.CompactFunc.
func CompactFunc[S ~[]E, E any](s S, eq func(E, E) bool) S {
	if len(s) < 2 {
		return s
	}
	n := 1
	for _, v := range s[1:] {
		if !eq(s[n-1], v) {
			s[n] = v
			n++
		}
	}
	clear(s[n:])
	return s[:n]
}

// Grow is slices.Grow.
func Grow[S ~[]E, E any](s S, n int) S {
	if n < 0 {
		panic("cannot be negative")
	}
	if cap(s)-len(s) < n {
		r := make(S, len(s), len(s)+n)
		copy(r, s)
		return r
	}
	return s
}

// Clip is slices.Clip.
func Clip[S ~[]E, E any](s S) S { return s[:len(s):len(s)] }

// Reverse is slices.Reverse.
func Reverse[S ~[]E, E any](s S) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

// Concat is slices.Concat.
func Concat[S ~[]E, E any](lists ...S) S {
	n := 0
	for _, s := range lists {
		n += len(s)
	}
	if n == 0 {
		return nil
	}
	r := make(S, 0, n)
	for _, s := range lists {
		r = append(r, s...)
	}
	return r
}

// Repeat is slices.Repeat.
func Repeat[S ~[]E, E any](x S, count int) S {
	if count < 0 {
		panic("cannot be negative")
	}
	r := make(S, 0, len(x)*count)
	for range count {
		r = append(r, x...)
	}
	return r
}
