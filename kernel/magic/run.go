package magic

import (
	"errors"
	"fmt"
	"strings"

	"ipclab/ipclab"
)

// help is %help.
func help(k Kernel, args []string) error {
	switch len(args) {
	case 0:
		t := ipclab.NewTable("magic", "what it does")
		for _, m := range all() {
			t.Row(m.Usage, m.Short)
		}
		k.Show(t.Note("%help NAME says more about one; for Go names write fmt.Println? or press Shift-Tab."))
		return nil
	case 1:
		m, ok := findNamed(args[0])
		if !ok {
			return unknown(args[0])
		}
		k.Print(m.describe())
		return nil
	}
	return errors.New("%help takes one name at most")
}

// describe is the help for a magic.
func (m Magic) describe() string { return m.Usage + ": " + m.Short + "\n\n" + m.Long }

// who is %who.
func who(k Kernel, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%%who takes no arguments, but there is %q", strings.Join(args, " "))
	}
	definitions := k.Definitions()
	if len(definitions) == 0 {
		k.Print("Nothing is defined.\n")
		return nil
	}
	t := ipclab.NewTable("name", "kind", "type").Limit(0)
	for _, d := range definitions {
		t.Row(d.Name, d.Kind, d.Type)
	}
	k.Show(t)
	return nil
}

// reset is %reset.
func reset(k Kernel, args []string) error {
	for _, a := range args {
		if a != "-f" {
			return fmt.Errorf("%%reset takes no arguments, but there is %q", a)
		}
	}
	if err := k.Reset(); err != nil {
		return err
	}
	k.Print("All variables, functions, types and imports are forgotten. A new runtime process runs the next cell.\n")
	return nil
}

// undo is %undo.
func undo(k Kernel, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%%undo takes no arguments, but there is %q", strings.Join(args, " "))
	}
	note, err := k.Undo()
	if err != nil {
		return err
	}
	k.Print("The last cell is taken back. %who lists what is defined.\n" + note)
	return nil
}
