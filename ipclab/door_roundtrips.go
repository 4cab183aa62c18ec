package ipclab

import (
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab/internal/rawcall"
)

// DoorRoundTrips measures what a door call costs: n calls of a door whose procedure returns its argument, and beside it n
// round trips of a message of the same size over the packet socket that a door is made of. Client and server are
// processes of their own; see RoundTripsOf. The second figure is that of a C program, the first has in it what makes a
// call of a message: finding the connection, a server thread, credentials, DoorReturn.
//
// Errors: those of RoundTrips, and EINVAL for a size above 64 KiB, where data travel in another way.
func DoorRoundTrips(n int, options ...RoundTripOptions) (Latencies, error) {
	size := sizeUsual
	if len(options) == 1 && options[0].Size != 0 {
		size = options[0].Size
	}
	const most = 64 << 10
	if size < 1 || size > most {
		return nil, &Error{Call: "DoorRoundTrips", Arg: "size", Err: because(unix.EINVAL, "%d bytes: want 1 to %d", size, most)}
	}
	if len(options) == 0 {
		options = []RoundTripOptions{{Size: size}}
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, &Error{Call: "socketpair", Err: err}
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	door, err := RoundTripsOf("door", n, doorTrip(pair[0], size), doorAnswers(pair[1]), options...)
	if err != nil {
		return nil, err
	}
	socket, err := RoundTripsOf("packet socket", n, doorPacketTrip(pair[0], size), doorPacketAnswer(pair[1], size), options...)
	if err != nil {
		return nil, err
	}
	return Latencies{door, socket}, nil
}

// doorTrip makes a call. The door comes over a socket before the first.
func doorTrip(socket, size int) func() error {
	door := FD(-1)
	arg, room := make([]byte, size), make([]byte, size)
	return func() error {
		if door < 0 {
			fd, err := receiveDoor(socket)
			if err != nil {
				return err
			}
			door = fd
		}
		return DoorCall(door, &DoorArg{Data: arg, RBuf: room})
	}
}

// doorAnswers waits until one more call was answered. It does not have itself woken by each: that would be measured too.
func doorAnswers(socket int) func() error {
	const look = time.Millisecond
	door, answered, waited := FD(-1), atomic.Int64{}, int64(0)
	procedure := func(_ any, arg []byte, _ []DoorDesc) {
		answered.Add(1)
		DoorReturn(arg)
	}
	return func() (err error) {
		if door < 0 {
			if door, err = DoorCreate(procedure, nil, 0); err != nil {
				return err
			}
			if err := unix.Sendmsg(socket, []byte{0}, unix.UnixRights(int(door)), nil, 0); err != nil {
				return &Error{Call: "sendmsg", Err: err}
			}
		}
		for waited++; answered.Load() < waited; time.Sleep(look) {
		}
		return nil
	}
}

// receiveDoor takes the descriptor that comes over a socket.
func receiveDoor(socket int) (FD, error) {
	beside := make([]byte, unix.CmsgSpace(4))
	var n int
	_, err := retry(func() (int, error) {
		var err error
		_, n, _, _, err = unix.Recvmsg(socket, make([]byte, 1), beside, unix.MSG_CMSG_CLOEXEC)
		return 0, err
	})
	if err != nil {
		return -1, &Error{Call: "recvmsg", Err: err}
	}
	parts, err := unix.ParseSocketControlMessage(beside[:n])
	if err != nil || len(parts) != 1 {
		return -1, &Error{Call: "recvmsg", Err: because(unix.EBADMSG, "no descriptor came")}
	}
	fds, err := unix.ParseUnixRights(&parts[0])
	if err != nil || len(fds) != 1 {
		return -1, &Error{Call: "recvmsg", Err: because(unix.EBADMSG, "no descriptor came")}
	}
	return FD(fds[0]), nil
}

// doorPacketTrip sends a packet and waits for the answer.
func doorPacketTrip(socket, size int) func() error {
	p := make([]byte, size)
	return func() error {
		if err := rawcall.WriteFull(socket, p); err != nil {
			return &Error{Call: "write", Err: err}
		}
		return rawcall.ReadFull(socket, p)
	}
}

// doorPacketAnswer waits for a packet and sends it back.
func doorPacketAnswer(socket, size int) func() error {
	p := make([]byte, size)
	return func() error {
		if err := rawcall.ReadFull(socket, p); err != nil {
			return err
		}
		return rawcall.WriteFull(socket, p)
	}
}
