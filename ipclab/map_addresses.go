package ipclab

import (
	"fmt"
	"slices"

	"ipclab/ipclab/mime"
)

// A TwoAddressesTable says where one file was mapped, and what an address and an offset that are stored in it lead to.
type TwoAddressesTable struct{ rows []TwoAddressesRow }

// A TwoAddressesRow is one mapping of the file.
type TwoAddressesRow struct {
	Process  string  // whose mapping it is
	Mapped   uintptr // the address at which the mapping begins there
	Pointer  uintptr // the address that is stored in the file
	Inside   bool    // whether that address is in this mapping
	Fault    bool    // whether nothing is at that address, so that an access ends in SIGSEGV
	Found    int64   // what is at that address, if something is
	Offset   int64   // the offset that is stored in the file
	AtOffset int64   // what is at that offset of this mapping
}

// TwoAddresses shows why nothing that holds an address belongs in a mapped file. It maps one file twice in this process,
// and once more in another one that has neither of these mappings. Through the first mapping it stores the number 5000,
// the number's address and the number's offset from the beginning of the mapping. In each mapping it then follows the
// address and the offset: the offset always leads to 5000; the address leads to the first mapping, and in the other
// process nowhere.
//
// The file is in memory (MemfdCreate). No process, file or mapping is left. Errors: EINTR if it is interrupted, and those
// of MemfdCreate, Map and Fork.
func TwoAddresses() (*TwoAddressesTable, error) {
	run := &addressesRun{}
	rows, err := run.run()
	if err != nil {
		return nil, &Error{Call: "TwoAddresses", Err: err}
	}
	return &TwoAddressesTable{rows: rows}, nil
}

// Rows returns a row for each mapping, as tidy data.
func (t *TwoAddressesTable) Rows() []TwoAddressesRow {
	if t == nil {
		return nil
	}
	return slices.Clone(t.rows)
}

// Table returns the rows as a table.
func (t *TwoAddressesTable) Table() *Table {
	table := NewTable("process", "mapped at", "stored address", "leads to", "stored offset", "leads to").
		Caption("One file, mapped at several addresses")
	for _, r := range t.Rows() {
		table.Row(r.Process, fmt.Sprintf("%#x", r.Mapped), fmt.Sprintf("%#x", r.Pointer), r.leads(), r.Offset, fmt.Sprint(r.AtOffset))
	}
	return table.Note("An address means something only in the process that had the file mapped there.").
		Note("In a process that has other memory at that address, it would lead to that, without an error.")
}

// leads says where the stored address leads.
func (r TwoAddressesRow) leads() string {
	switch {
	case r.Fault:
		return "nothing: SIGSEGV"
	case r.Inside:
		return fmt.Sprintf("%d, in this mapping", r.Found)
	}
	return fmt.Sprintf("%d, in another mapping", r.Found)
}

// String returns the table as text.
func (t *TwoAddressesTable) String() string { return t.Table().String() }

// MIMEBundle returns the table in all its representations.
func (t *TwoAddressesTable) MIMEBundle() mime.Bundle { return t.Table().MIMEBundle() }
