package cell

// A Completion says what may stand in the place of code[Start:End].
type Completion struct {
	Start, End int // byte offsets
	Matches    []Match
}

// A Match is one way to complete a name.
type Match struct {
	Text      string // what replaces code[Start:End]
	Type      string // function, variable, type, constant, module, keyword, field, method
	Signature string // type or signature, "" if there is nothing to say
}

// Complete finds the names that the text before cursor, a byte offset, may be
// going to be.
func (s *Session) Complete(code string, cursor int) Completion {
	return Completion{Start: cursor, End: cursor}
}

// Inspect describes the name at cursor, a byte offset.
func (s *Session) Inspect(code string, cursor int) (text string, found bool) { return "", false }
