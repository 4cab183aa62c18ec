package ipclab_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ipclab/ipclab"
)

// The producer makes a file, maps it and writes to memory; the consumer, which knows nothing but the file's name, maps
// it and reads from memory.
func ExampleMap() {
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "shared.dat")

	producer, _ := ipclab.Spawn(func() {
		fd, _ := ipclab.Open(path, unix.O_CREAT|unix.O_TRUNC|unix.O_RDWR, 0o600)
		ipclab.Ftruncate(fd, 4096)
		m, err := ipclab.Map(fd, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			fmt.Println(err)
			return
		}
		fd.Close()
		copy(m.Bytes(), "Hello World")
		m.Unmap()
	})
	producer.Wait()
	fd, _ := ipclab.Open(path, unix.O_RDONLY)
	m, err := ipclab.Map(fd, 0, 0, unix.PROT_READ, unix.MAP_SHARED) // as long as the file is
	if err != nil {
		fmt.Println(err)
		return
	}
	fd.Close()
	fmt.Printf("%d bytes: %s\n", m.Len(), bytes.TrimRight(m.Bytes(), "\x00"))
	m.Unmap()
	// Output: 4096 bytes: Hello World
}

// What is written to a private mapping stays in this process: Linux copies a page when it is first written to.
func ExampleMap_private() {
	fd, _ := ipclab.MemfdCreate("original", unix.MFD_CLOEXEC)
	defer fd.Close()
	fmt.Fprint(fd, "original")
	private, _ := ipclab.Map(fd, 0, 0, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	defer private.Unmap()
	shared, _ := ipclab.Map(fd, 0, 0, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	defer shared.Unmap()
	copy(private.Bytes(), "my own copy")
	fmt.Printf("%s, %s\n", private.Bytes(), shared.Bytes())
	// Output: my own c, original
}

// A car with its wheels, all in one piece of memory: arrays in the place of pointers and strings.
func ExampleMapping_View() {
	type Wheel struct {
		Brand                 [50]byte
		TractionRating, Speed [2]byte
	}
	type Car struct {
		Wheels      [4]Wheel
		Make, Model [50]byte
		Kilometres  int64
	}
	m, _ := ipclab.MapAnonymous(4096)
	defer m.Unmap()
	var car *Car
	if err := m.View(0, &car); err != nil {
		fmt.Println(err)
		return
	}
	child, _ := ipclab.Spawn(func() {
		copy(car.Make[:], "Volvo")
		copy(car.Wheels[1].Brand[:], "Nokian")
		atomic.AddInt64(&car.Kilometres, 100)
	})
	child.Wait()
	fmt.Printf("%s, wheel 1 by %s, %d km\n", bytes.TrimRight(car.Make[:], "\x00"), bytes.TrimRight(car.Wheels[1].Brand[:], "\x00"), car.Kilometres)

	var owner *struct{ Name string }
	err := m.View(2048, &owner)
	fmt.Println(errors.Is(err, unix.EINVAL))
	// Output:
	// Volvo, wheel 1 by Nokian, 100 km
	// true
}

func ExampleMapping_Resize() {
	fd, _ := ipclab.MemfdCreate("growing", unix.MFD_CLOEXEC)
	defer fd.Close()
	ipclab.Ftruncate(fd, 4096)
	m, _ := ipclab.Map(fd, 0, 0, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	defer m.Unmap()
	copy(m.Bytes(), "first page")

	ipclab.Ftruncate(fd, 8192) // first the file, then the mapping
	fmt.Println(m.Resize(8192))
	copy(m.Bytes()[4096:], "second page")
	fmt.Println(m.Len(), string(m.Bytes()[:10]))
	// Output:
	// <nil>
	// 8192 first page
}

// A POSIX shared memory object is a name without a folder. Whoever knows it can map it.
func ExampleShmOpen() {
	name := fmt.Sprintf("/ipclab-example-%d", os.Getpid())
	fd, err := ipclab.ShmOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ipclab.ShmUnlink(name) // or it stays
	ipclab.Ftruncate(fd, 4096)
	fd.Close()
	child, _ := ipclab.Spawn(func() {
		fd, _ := ipclab.ShmOpen(name, unix.O_RDWR)
		m, _ := ipclab.Map(fd, 0, 0, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		m.Bytes()[0] = 42
	})
	child.Wait()
	data, _ := os.ReadFile("/dev/shm" + name)
	fmt.Println(len(data), data[0])
	// Output: 4096 42
}

// slot is what the programs below share: room for one number.
type slot struct {
	full  uint32 // 1 while a number is there that nobody has taken
	value int64
}

const lastNumber = 500

func init() {
	helpers["map producer"] = func() {
		fd, err := ipclab.Open(os.Args[1], unix.O_RDWR|unix.O_CREAT, 0o600)
		exitIf(err)
		exitIf(ipclab.Ftruncate(fd, 4096))
		m, err := ipclab.Map(fd, 0, 0, readWrite, unix.MAP_SHARED)
		exitIf(err)
		var s *slot
		exitIf(m.View(64, &s))
		for n := int64(1); n <= lastNumber; n++ {
			for atomic.LoadUint32(&s.full) == 1 {
				giveWay()
			}
			s.value = n
			atomic.StoreUint32(&s.full, 1)
		}
	}
	helpers["map consumer"] = func() {
		m := await(os.Args[1])
		var s *slot
		exitIf(m.View(64, &s))
		sum := int64(0)
		for range lastNumber {
			for atomic.LoadUint32(&s.full) == 0 {
				giveWay()
			}
			sum += s.value
			atomic.StoreUint32(&s.full, 0)
		}
		fmt.Println(sum)
	}
}

// giveWay lets the other program run, also where all processors are taken: each number would take two turns of all that runs
// otherwise.
func giveWay() { time.Sleep(50 * time.Microsecond) }

// await maps a file as soon as it is there and has its length.
func await(path string) *ipclab.Mapping {
	for {
		fd, err := ipclab.Open(path, unix.O_RDWR)
		if errors.Is(err, fs.ErrNotExist) {
			time.Sleep(time.Millisecond)
			continue
		}
		exitIf(err)
		m, err := ipclab.Map(fd, 0, 0, readWrite, unix.MAP_SHARED)
		fd.Close()
		if err == nil {
			return m
		}
	}
}

// exitIf ends a helper program that had an error.
func exitIf(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestUnrelatedPrograms starts two programs at the same time that know nothing of each other but the name of a file.
func TestUnrelatedPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shared.dat")
	program := func(name string, out *bytes.Buffer) *exec.Cmd {
		p := exec.CommandContext(t.Context(), "/proc/self/exe", path)
		p.Env = append(os.Environ(), helperVariable+"="+name)
		p.Stdout, p.Stderr = out, out
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		return p
	}
	var consumed, produced bytes.Buffer
	consumer := program("map consumer", &consumed)
	producer := program("map producer", &produced)
	within(t, func() {
		if err := errors.Join(producer.Wait(), consumer.Wait()); err != nil {
			t.Errorf("%v: %s%s", err, produced.String(), consumed.String())
		}
	})
	if want := fmt.Sprintln(lastNumber * (lastNumber + 1) / 2); consumed.String() != want {
		t.Errorf("the consumer printed %q, want %q", consumed.String(), want)
	}
}

// TestWriterDies: what a process has written to a shared mapping is there after it was killed, whether it had called
// Sync or not, for those that have the file mapped and for those that read it.
func TestWriterDies(t *testing.T) {
	path, fd := mappedFile(t, 4096)
	m := mapping(t, fd)
	writer := spawn(t, func() {
		copy(m.Bytes(), "half of a mess")
		unix.Kill(os.Getpid(), unix.SIGKILL)
		select {}
	})
	if status, err := writer.Wait(); err != nil || !status.Signaled() {
		t.Fatal(status, err)
	}
	data, err := os.ReadFile(path)
	if got := string(m.Bytes()[:14]); got != "half of a mess" || err != nil || string(data[:14]) != got {
		t.Errorf("mapped %q; read %q, %v", got, data[:14], err)
	}
}
