package ipclab_test

import (
	"fmt"

	"ipclab/ipclab"
)

func ExampleAtomicity() {
	t, err := ipclab.Atomicity(ipclab.AtomicityOptions{
		Sizes: []int{100, ipclab.PipeBuf, ipclab.PipeBuf + 1}, Writers: 3, Messages: 100,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Rows() {
		fmt.Println(r.Size, "bytes:", r.Messages, "messages, interleaved:", r.Interleaved > 0)
	}
	// Output:
	// 100 bytes: 300 messages, interleaved: false
	// 4096 bytes: 300 messages, interleaved: false
	// 4097 bytes: 300 messages, interleaved: true
}
