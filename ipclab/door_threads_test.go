package ipclab_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

func TestDoorThreads(t *testing.T) {
	const threads = 3
	var mu sync.Mutex
	busy, most := 0, 0
	release := make(chan bool)
	door := newDoor(t, func(_ any, _ []byte, _ []ipclab.DoorDesc) {
		mu.Lock()
		busy++
		most = max(most, busy)
		mu.Unlock()
		<-release
		mu.Lock()
		busy--
		mu.Unlock()
	}, 0)
	if err := ipclab.DoorSetParam(door, ipclab.DoorParamThreads, threads); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := ipclab.DoorCall(door, nil); err != nil {
				t.Error(err)
			}
		})
	}
	full := func() bool { mu.Lock(); defer mu.Unlock(); return busy == threads }
	within(t, func() {
		for !full() {
			runtime.Gosched()
		}
		err := ipclab.DoorCallWithin(door, nil, 30*time.Millisecond)
		isDoorError(t, "all are busy", err, unix.ETIMEDOUT, "no answer within 30ms")
		close(release)
		wg.Wait()
	})
	if most != threads {
		t.Errorf("%d calls at a time, want %d", most, threads)
	}
}

func TestDoorParameters(t *testing.T) {
	door, path := attachedDoor(t, doorEcho, ipclab.DoorRefuseDesc)
	client := openDoor(t, path)
	for _, p := range []struct {
		param ipclab.DoorParam
		value int
		errno unix.Errno
	}{
		{ipclab.DoorParamDataMax, 100, 0}, {ipclab.DoorParamDataMin, 10, 0}, {ipclab.DoorParamThreads, 4, 0}, {ipclab.DoorParamDescMax, 1, 0},
		{ipclab.DoorParamDataMax, 9, unix.EINVAL}, {ipclab.DoorParamDataMin, 101, unix.EINVAL}, {ipclab.DoorParamThreads, 0, unix.EINVAL},
		{ipclab.DoorParamDescMax, 253, unix.EINVAL}, {ipclab.DoorParamDescMax, -1, unix.EINVAL}, {99, 1, unix.EINVAL},
	} {
		err := ipclab.DoorSetParam(door, p.param, p.value)
		if p.errno != 0 {
			isDoorError(t, fmt.Sprint(p.param, p.value), err, p.errno, p.param.String())
		} else if got, err2 := ipclab.DoorGetParam(client, p.param); err != nil || err2 != nil || got != p.value {
			t.Errorf("%v: %d, %v, %v; want %d", p.param, got, err, err2, p.value)
		}
	}
	for size, fits := range map[int]bool{9: false, 10: true, 100: true, 101: false, 1 << 20: false} {
		err := ipclab.DoorCall(client, &ipclab.DoorArg{Data: make([]byte, size)})
		if (err == nil) != fits || !fits && !errors.Is(err, unix.ENOBUFS) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	arg := ipclab.DoorArg{Data: make([]byte, 10), Desc: []ipclab.DoorDesc{{FD: 0}}}
	isDoorError(t, "descriptor", ipclab.DoorCall(client, &arg), unix.ENOTSUP, "DoorRefuseDesc")
	other := newDoor(t, doorEcho, 0)
	ipclab.DoorSetParam(other, ipclab.DoorParamDescMax, 0)
	isDoorError(t, "descriptor", ipclab.DoorCall(other, &arg), unix.ENFILE, "fewer descriptors")
}
