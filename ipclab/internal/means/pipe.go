package means

import "golang.org/x/sys/unix"

const streamMost = 1 << 20 // bytes in a message, where the mechanism has no limit of its own

var pipes = []*Means{
	{
		Name: "pipe", Style: Raw, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a pipe for each direction: write(2), and read(2) until all is there",
		Open:  func(int) (Line, error) { return openPipes(newBytesEnd) },
	},
	{
		Name: "pipe", Style: Go, Least: 1, Most: streamMost, Copies: 2, OneWay: true,
		About: "bytes through a pipe for each direction: os.File.Write and io.ReadFull, with the runtime's poller",
		Open:  func(int) (Line, error) { return openPipes(newFileEnd) },
	},
}

func openPipes(end func(in, out int) (End, error)) (Line, error) {
	there, back, err := twice(func() (p [2]int, err error) {
		err = unix.Pipe2(p[:], unix.O_CLOEXEC)
		return p, err
	})
	if err != nil {
		return nil, err
	}
	return crossed(there, back, end), nil
}
