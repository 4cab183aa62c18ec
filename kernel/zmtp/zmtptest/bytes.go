package zmtptest

import "encoding/binary"

// Flags of a frame.
const (
	More = 1
	Long = 2
	Cmd  = 4
)

// Greeting gives the greeting of a peer that speaks ZMTP 3.0 without security.
func Greeting() []byte {
	g := make([]byte, 64)
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

// Ready gives the READY command.
func Ready(socketType, identity string) []byte {
	return Command("READY", Property("Socket-Type", socketType)+Property("Identity", identity))
}

// Property gives a property of READY.
func Property(name, value string) string {
	b := append([]byte{byte(len(name))}, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return string(append(b, value...))
}

// Frame gives a frame with these flags, in the long form if it must be.
func Frame(flags byte, body string) []byte {
	if len(body) <= 255 && flags&Long == 0 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	return append(LongHeader(flags, uint64(len(body))), body...)
}

// LongHeader gives the header of a frame that claims size bytes.
func LongHeader(flags byte, size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | Long}, size)
}

// Message gives a message.
func Message(frames ...string) (b []byte) {
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = More
		}
		b = append(b, Frame(flags, f)...)
	}
	return b
}

// Command gives a command; its name has less than 256 bytes.
func Command(name, data string) []byte {
	return Frame(Cmd, string(append([]byte{byte(len(name))}, name...))+data)
}
