package magic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ipclab/runtime/ccell"
	"ipclab/runtime/cell"
)

// cWord is the magic for programs in C.
const cWord = "%%c"

// An option may stand in the line of a magic.
type option struct {
	word  string
	short string
}

// cMagic describes %%c.
func cMagic() Magic {
	return Magic{
		Word: cWord, Usage: "%%c [NAME] [OPTIONS] [FLAGS]", translateLine: translateC,
		Short: "compile the rest of the cell as a C program, and run it",
		Long: "NAME       what the program is called, in messages and as its argument 0; \"cell\" if it has none\n" +
			"-args \"A B\" arguments for the program, split as a shell does: -args \"'one argument' another\"\n" +
			"-limit 10s end the program when it runs longer; also 1m30s, 500ms, or seconds as a bare number\n" +
			"-o NAME    do not run the program but keep it: Go cells, shell commands and C programs then start it by\n" +
			"           its name, as in ipclab.Program(\"NAME\"), until the kernel ends or %reset. A NAME with a slash,\n" +
			"           ./NAME, is a file like any other.\n" +
			"-buffered  let standard output be fully buffered, as it is for a pipe in C; without it the program\n" +
			"           writes line by line, as to a terminal. Kept programs always are as C has it.\n" +
			"--help     this text\n" +
			"FLAGS      all others are for the compiler, files with a slash or an ending such as .c or .o too:\n" +
			"           -std=c17 -O2 -D N=5 -lm -fsanitize=address ./helper.c. It gets -Wall -g -pthread before them.\n" +
			"           With a file, %%c ./x.c, there need be nothing below the line.\n\n" +
			"The compiler is cc, or what the environment variable CC names. What it says is at the lines of the cell;\n" +
			"warnings do not keep the program from running. A program is compiled once, and found again by its source,\n" +
			"flags, headers and compiler. It is a child of the runtime process and has its working folder, environment,\n" +
			"standard input, output and error. An exit status other than 0, or a signal, is an error of the cell.\n",
		options: []option{
			{"-args", "arguments for the program"}, {"-limit", "end the program when it runs longer"},
			{"-o", "keep the program under a name"}, {"-buffered", "leave standard output fully buffered"}, {"--help", "describe %%c"},
		},
	}
}

// translateC translates %%c.
func translateC(before int, args, text string) (Cell, error) {
	text = strings.TrimPrefix(text, "\n")
	r, err := ccell.ParseLine(args)
	switch {
	case errors.Is(err, ccell.ErrHelp):
		return Cell{About: cMagic().describe()}, nil
	case err != nil:
		return Cell{}, fmt.Errorf("%s: %w; %s --help says more", cWord, err, cWord)
	case strings.TrimSpace(text) != "":
		r.Text = text
	case len(r.Sources()) == 0:
		return Cell{}, fmt.Errorf("there is no program below the line of %s, and no file such as ./x.c in it", cWord)
	}
	r.Line = before + 2
	return Cell{C: r}, nil
}

// RunC makes an empty lowered cell run a program in C. The interpreter takes the name of
// an import once only, so number must be another one at each call.
func RunC(p *cell.Program, r ccell.Request, number int) {
	r.Cell = p.Name
	p.Entry = "cˑrun"
	p.Source = fmt.Sprintf("package main; import hostˑc%[1]d \"ipclab/host\"\nfunc cˑrun() {\n hostˑc%[1]d.C(%s) }\n", number, strconv.Quote(r.Encode()))
}

// completeOption finds the options that begin as the last word of a magic's line does.
func completeOption(m Magic, typed string) (list []cell.Match) {
	for _, o := range m.options {
		if strings.HasPrefix(typed, "-") && strings.HasPrefix(o.word, typed) {
			list = append(list, cell.Match{Text: o.word, Type: "magic", Signature: o.short})
		}
	}
	return list
}

// openC tells whether something in a text of C is not closed yet: a brace, a bracket or a
// comment. Strings and characters end with their line at the latest.
func openC(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "//"):
			i += lineLength(text[i:])
		case strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				return true
			}
			i += 2 + end + 1
		case c == '"' || c == '\'':
			i += quoted(text[i:])
		case strings.IndexByte("({[", c) >= 0:
			depth++
		case strings.IndexByte(")}]", c) >= 0:
			depth--
		}
	}
	return depth > 0
}

// quoted is where the string or character ends at which a text begins.
func quoted(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0], '\n':
			return i
		}
	}
	return len(text)
}
