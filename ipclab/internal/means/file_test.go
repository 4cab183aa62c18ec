package means

import (
	"bytes"
	"testing"
)

// A message of which a part is still that of the one before has another checksum, wherever the border is.
func TestChecksumTellsHalfAMessage(t *testing.T) {
	for _, size := range []int{1, 7, 8, 9, 64, 127, 128, 129, 4096} {
		before, after := bytes.Repeat([]byte{1}, size), bytes.Repeat([]byte{2}, size)
		want := checksum(after)
		for border := range size {
			mixed := append(bytes.Clone(after[:border]), before[border:]...)
			if checksum(mixed) == want {
				t.Errorf("%d bytes, %d of them new, have the checksum of all new ones", size, border)
			}
		}
	}
}
