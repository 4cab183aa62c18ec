package netlink

import "bytes"

// attributeHeader is the size of an attribute's length and kind.
const attributeHeader = 4

// aligned rounds a length up to where the next message or attribute begins.
func aligned(n int) int { return (n + 3) &^ 3 }

// Attribute returns an attribute whose value is the parts, one after the other: other attributes, for a nested one.
func Attribute(kind uint16, parts ...[]byte) []byte {
	value := bytes.Join(parts, nil)
	out := make([]byte, attributeHeader, aligned(attributeHeader+len(value)))
	order.PutUint16(out, uint16(attributeHeader+len(value)))
	order.PutUint16(out[2:], kind)
	out = append(out, value...)
	return out[:cap(out)]
}

// Text returns an attribute whose value is a C string.
func Text(kind uint16, text string) []byte { return Attribute(kind, append([]byte(text), 0)) }

// Number returns an attribute whose value is a number of 32 bits.
func Number(kind uint16, n uint32) []byte { return Attribute(kind, order.AppendUint32(nil, n)) }

// Long returns an attribute whose value is a number of 64 bits.
func Long(kind uint16, n uint64) []byte { return Attribute(kind, order.AppendUint64(nil, n)) }

// Attributes returns the values of attributes by their kinds. What is cut off is left out.
func Attributes(data []byte) map[uint16][]byte {
	const flags = 0xc000 // nested, network byte order
	out := map[uint16][]byte{}
	for len(data) >= attributeHeader {
		length := int(order.Uint16(data))
		if length < attributeHeader || length > len(data) {
			break
		}
		out[order.Uint16(data[2:])&^flags] = data[attributeHeader:length]
		data = data[min(aligned(length), len(data)):]
	}
	return out
}

// cString returns the text before the first zero byte.
func cString(b []byte) string {
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}
