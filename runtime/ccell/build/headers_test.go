package build

import (
	"reflect"
	"testing"
)

func TestParseDependencies(t *testing.T) {
	for rule, want := range map[string][]string{
		"cell: /usr/include/stdio.h \\\n a.h":     {"/usr/include/stdio.h", "a.h"},
		"cell: - <stdin> with\\ space.h a$$b\\#c": {"with space.h", "a$b#c"},
		"cell:\n":    nil,
		"":           nil,
		"cell: a\\b": {"a\\b"},
	} {
		if got := parseDependencies(rule); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", rule, got, want)
		}
	}
}

func TestKind(t *testing.T) {
	for version, want := range map[string]struct {
		clang bool
		gcc   int
	}{
		"cc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc.\n":            {false, 12},
		"gcc (GCC) 15.1.1 20250521 (Red Hat 15.1.1-2)\nCopyright (C) 2025 Free Software Foundation, Inc.\n":    {false, 15},
		"gcc (Alpine 13.2.1_git20240309) 13.2.1 20240309\nCopyright (C) 2023 Free Software Foundation, Inc.\n": {false, 13},
		"Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\n":                                           {true, 0},
		"tcc version 0.9.27 (x86_64 Linux)\n":                                                                  {},
		"gcc\nFree Software Foundation":                                                                        {false, 1},
		"":                                                                                                     {},
	} {
		if clang, gcc := kind(version); clang != want.clang || gcc != want.gcc {
			t.Errorf("%q: clang %v, gcc %d", version, clang, gcc)
		}
	}
}
