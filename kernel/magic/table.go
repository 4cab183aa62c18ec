package magic

import (
	"strings"

	"ipclab/ipclab/mime"
	"ipclab/runtime/cell"
)

// A Kernel is what line magics act on.
type Kernel interface {
	// Definitions lists what the cells have defined.
	Definitions() []cell.Definition
	// Reset starts a new runtime process, in which nothing is defined.
	Reset() error
	// Undo takes the last cell back and says what did not come back, if anything.
	Undo() (note string, err error)
	// Print puts text on the cell's standard output.
	Print(text string)
	// Show displays a value.
	Show(mime.Displayable)
}

// A Magic is one command of the kernel.
type Magic struct {
	Word  string // as one writes it: "%who", "%%sh" or "!"
	Usage string // the word with its arguments
	Short string // what it does, in one line
	Long  string // more about it, in whole lines; may be empty

	run func(k Kernel, args []string) error // of a line magic
	// translate is that of a cell magic. It is given how many lines are before
	// the magic's own, and what is below it, with as many empty lines in front as
	// the lines left out.
	translate func(before int, rest string) (Cell, error)
	// translateLine is that of a cell magic with arguments. text is what is below its
	// line, with the end of that line in front, if it has one.
	translateLine func(before int, args, text string) (Cell, error)
	options       []option // that may stand in its line
	wraps         bool     // what is below it is a cell of its own
}

// all lists the magics in the order of %help. A line magic has run, a cell
// magic has translate or translateLine; shell commands have neither, see parseLines.
func all() []Magic {
	return []Magic{
		{
			Word: "%help", Usage: "%help [NAME]", run: help,
			Short: "list the magics, or describe one",
			Long:  "The same: ?%NAME and %NAME?. For Go names write fmt.Println? or press Shift-Tab.\n",
		},
		{
			Word: "%who", Usage: "%who", run: who,
			Short: "list what the cells have defined, with types",
			Long:  "Variables, constants, functions and types, in alphabetical order. Imports are not listed.\n",
		},
		{
			Word: "%undo", Usage: "%undo", run: undo,
			Short: "take the last cell back",
			Long: "Variables, functions, types and imports, the working folder and the environment are as they were before the\n" +
				"last cell that ran. What it did to files, to shared memory and to other processes stays. Files that were open\n" +
				"are open again, at the same place; pipes and sockets are closed, and processes that cells have started have\n" +
				"ended. A cell that ended the runtime process has been taken back already.\n",
		},
		{
			Word: "%reset", Usage: "%reset", run: reset,
			Short: "forget everything that the cells have defined",
			Long: "Ends the runtime process and all processes that cells have started, and starts a new one.\n" +
				"The numbers of the cells go on. -f, which IPython has, is accepted.\n",
		},
		{
			Word: "%%time", Usage: "%%time", wraps: true, translate: around("%%time", func(c *Cell) *bool { return &c.Timed }),
			Short: "run the rest of the cell and print the time it took",
			Long: "Prints wall time, and user and system CPU time: those of the runtime process and of the children\n" +
				"that it has waited for. The check of the cell before it runs is not included.\n" +
				"The rest of the cell is Go, shell commands among it, or %%sh or %%c.\n",
		},
		straceMagic(),
		{
			Word: "%%sh", Usage: "%%sh", translate: script,
			Short: "run the rest of the cell by /bin/sh",
			Long: "The shell is a child of the runtime process and has its working folder, environment, standard input,\n" +
				"output and error. An exit status other than 0 is an error of the cell.\n",
		},
		cMagic(),
		{
			Word: "!", Usage: "!COMMAND",
			Short: "run one line by /bin/sh, anywhere between a cell's statements",
			Long: "Runs in its turn among the Go statements of the cell's top level, as %%sh does. An exit status other\n" +
				"than 0 is an error, and the rest of the cell does not run; \"!command || true\" goes on.\n" +
				"A backslash at the end of the line continues it. The value of a Go expression that begins with ! is\n" +
				"had by (!ok).\n",
		},
	}
}

// find finds a magic by its word.
func find(word string) (Magic, bool) {
	for _, m := range all() {
		if m.Word == word {
			return m, true
		}
	}
	return Magic{}, false
}

// findNamed finds a magic by its word or its name alone.
func findNamed(word string) (Magic, bool) {
	if m, ok := find(word); ok {
		return m, true
	}
	for _, m := range all() {
		if m.name() == name(word) {
			return m, true
		}
	}
	return Magic{}, false
}

// name is the word without its signs.
func (m Magic) name() string { return name(m.Word) }

func name(word string) string { return strings.TrimLeft(word, "%") }

// isCell tells the magics that take a whole cell.
func (m Magic) isCell() bool { return m.translate != nil || m.translateLine != nil }
