"""Shared memory and mapped files from cells: mappings, views of types of cells, faults that become errors, experiments."""
import os
import subprocess
import uuid

import pytest

from client import ok

READ_WRITE = "unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED"

# A file of two pages that is mapped, with a view of a type of the cell.
MAPPED = f"""
path := os.TempDir() + "/shared.dat"
fd, err := ipclab.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
ipclab.Ftruncate(fd, 8192)
m, err := ipclab.Map(fd, 0, 0, {READ_WRITE})
type Wheel struct {{ Brand [50]byte; Rating [2]byte }}
type Car struct {{ Wheels [4]Wheel; Make [50]byte; count int32; Km int64; Trips atomic.Int64 }}
var car *Car
var second []int32
err = errors.Join(err, m.View(0, &car), m.View(4096, &second))
err
"""


def failure(result):
    """The text of the error with which a cell ended."""
    assert result.error is not None, result.messages
    return result.error["evalue"]


@pytest.fixture
def mapped(kernel):
    """A kernel with a mapped file. The file's name is gone at the end."""
    assert ok(kernel.run(MAPPED)).value in (None, "<nil>")
    yield kernel
    ok(kernel.run("os.Remove(path); fd.Close()"))


def test_view_of_a_type_of_the_cell(mapped):
    result = ok(mapped.run("""
copy(car.Make[:], "Volvo")
copy(car.Wheels[1].Brand[:], "Nokian")
car.count++
car.Km = 7
atomic.AddInt64(&car.Km, 1)
car.Trips.Add(5)
data, _ := os.ReadFile(path)
fmt.Println(string(bytes.TrimRight(car.Make[:], "\\x00")), car.count, car.Km, car.Trips.Load())
fmt.Println(bytes.Index(data, []byte("Volvo")), bytes.Index(data, []byte("Nokian")), len(second), cap(second))
"""))
    assert result.stdout == "Volvo 1 8 5\n208 52 1024 1024\n"
    result = ok(mapped.run("""
type Count int64
type Grid [2][4]Count
var one *Count; var many []Count; var grid *Grid
err = errors.Join(m.View(4096, &one), m.View(4096, &many), m.View(4096, &grid))
*one += 3; many[1] = 9; grid[1][3] = 77
func (c *Car) Drive(km int64) { c.Km += km }
car.Drive(10)
fmt.Println(err, *one, many[:2], many[7], len(many), second[0], car.Km)
"""))
    assert result.stdout == "<nil> 3 [3 9] 77 512 3 18\n"


def test_views_are_refused(mapped):
    ok(mapped.run("type Node struct { V int; next *Node }; type Named struct { In struct { Names [3]string } }"))
    for variable, offset, words in (
        ("*Node", 0, ["field next is a pointer", "addresses mean nothing in another process", "(EINVAL)"]),
        ("*Named", 0, ["field In.Names[] is a string", "use an array of fixed length"]),
        ("*struct{ Mu sync.Mutex }", 0, ["field Mu is of package sync", "goroutines of one process"]),
        ("*Car", 4, ["must be at a multiple of 8; the next are 0 and 8"]),
        ("*Car", 8000, ["the mapping has 8192 bytes", "(ERANGE)"]),
        ("[]Car", 8192, ["the mapping has 8192 bytes", "(ERANGE)"]),
        ("int", 0, ["not of a value", "var p *T; m.View(0, &p)"]),
    ):
        value = ok(mapped.run(f"var v {variable}; m.View({offset}, &v)")).value
        for word in words:
            assert word in value, (variable, offset)


def test_atomic_updates_of_processes(mapped):
    """What Spawn and Fork make adds to the same number, from interpreted code."""
    result = ok(mapped.run("""
add := func() { for i := 0; i < 2000; i++ { atomic.AddInt64(&car.Km, 1); car.Trips.Add(2) } }
one, _ := ipclab.Spawn(add)
pid, _ := ipclab.Fork()
if pid == 0 {
	add()
	os.Exit(0)
}
one.Wait()
ipclab.WaitPid(pid)
fmt.Println(car.Km, car.Trips.Load())
"""))
    assert result.stdout == "4000 8000\n"


def test_maps_in_a_forked_child(mapped):
    result = ok(mapped.run(f"""
pid, _ := ipclab.Fork()
if pid == 0 {{
	own, err := ipclab.Open(path, unix.O_RDWR)
	mine, err2 := ipclab.Map(own, 4096, 0, {READ_WRITE})
	var car2 *Car
	err3 := mine.View(0, &car2)
	car2.Km = 11
	fmt.Println(err, err2, err3, mine.Len(), mine.Sync(), mine.Unmap())
	fmt.Println(car2.Km)
}}
if pid > 0 {{
	_, status, _ := ipclab.Wait()
	var other *Car
	m.View(4096, &other)
	fmt.Println(status, other.Km)
}}
"""))
    assert result.stdout == "<nil> <nil> <nil> 4096 <nil> <nil>\nexited with status 2 11\n"
    assert "a mapping of 4096 bytes was there and has been unmapped" in result.stderr


def test_two_notebooks_meet_by_name(start):
    """Producer and consumer are processes that know nothing of each other but a name."""
    name = f"/ipclab-{uuid.uuid4().hex}"
    producer, consumer = start(), start()
    slot = f"""
m, err := ipclab.Map(fd, 0, 0, {READ_WRITE})
type Slot struct {{ Full uint32; Value int64 }}
var slot *Slot
err = m.View(128, &slot)
"""
    ok(producer.run(f'fd, err := ipclab.ShmOpen("{name}", unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600); ipclab.Ftruncate(fd, 4096)'))
    ok(consumer.run(f'fd, err := ipclab.ShmOpen("{name}", unix.O_RDWR); err'))
    ok(producer.run(slot))
    ok(consumer.run(slot))
    taking = consumer.execute("""
sum := int64(0)
for i := 0; i < 100; i++ {
	for atomic.LoadUint32(&slot.Full) == 0 { runtime.Gosched() }
	sum += slot.Value
	atomic.StoreUint32(&slot.Full, 0)
}
sum
""")
    ok(producer.run("""
for i := int64(1); i <= 100; i++ {
	for atomic.LoadUint32(&slot.Full) == 1 { runtime.Gosched() }
	slot.Value = i
	atomic.StoreUint32(&slot.Full, 1)
}
"""))
    assert ok(consumer.finish(taking)).value == "5050"
    assert "is there already" in ok(producer.run(f'_, err = ipclab.ShmOpen("{name}", unix.O_RDWR|unix.O_CREAT|unix.O_EXCL); err')).value
    ok(producer.run(f'ipclab.ShmUnlink("{name}")'))
    assert "(ENOENT)" in ok(consumer.run(f'_, err = ipclab.ShmOpen("{name}", unix.O_RDWR); err')).value
    assert not os.path.exists("/dev/shm" + name)


C_PRODUCER = r"""
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct { char make[50]; int16_t doors; int64_t km; float price; struct { uint8_t a; int32_t b; } parts[3]; } Car;

int main(int argc, char **argv) {
    int fd = open(argv[1], O_CREAT | O_TRUNC | O_RDWR, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0) return 1;
    Car *car = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (car == MAP_FAILED) return 2;
    strcpy(car->make, "Saab");
    car->doors = 3, car->km = 123456789012, car->price = 1.5f, car->parts[2].a = 7, car->parts[2].b = -8;
    return munmap(car, 4096);
}
"""


def test_a_program_in_c_is_the_producer(kernel, compiler, tmp_path):
    """A view has the layout that C has for fields of the same sizes."""
    (tmp_path / "producer.c").write_text(C_PRODUCER, encoding="utf-8")
    subprocess.run([compiler, "-o", tmp_path / "producer", tmp_path / "producer.c"], check=True, timeout=30)
    result = ok(kernel.run(f"""
path := "{tmp_path}/shared.dat"
program := exec.Command("{tmp_path}/producer", path)
err := program.Run()
fd, _ := ipclab.Open(path, unix.O_RDWR)
m, _ := ipclab.Map(fd, 0, 0, {READ_WRITE})
type Car struct {{
	Make  [50]byte
	Doors int16
	Km    int64
	Price float32
	Parts [3]struct {{ A uint8; B int32 }}
}}
var car *Car
err = errors.Join(err, m.View(0, &car))
fmt.Println(err, string(bytes.TrimRight(car.Make[:], "\\x00")), car.Doors, car.Km, car.Price, car.Parts[2].A, car.Parts[2].B)
"""))
    assert result.stdout == "<nil> Saab 3 123456789012 1.5 7 -8\n"


def test_beyond_the_end_of_the_file(mapped):
    beyond = "beyond the end of the mapped file (SIGBUS); was the file made long enough, or truncated?"
    ok(mapped.run("car.Km = 5; ipclab.Ftruncate(fd, 4096)"))
    assert beyond in failure(mapped.run("second[3]"))
    assert beyond in failure(mapped.run("second[3] = 1"))
    assert beyond in failure(mapped.run("atomic.AddInt32(&second[3], 1)"))
    assert beyond in failure(mapped.run("func() { second[3]++ }()"))
    result = ok(mapped.run("func try() (err error) { defer func() { err, _ = recover().(error) }(); second[3]++; return }; try()"))
    assert beyond in result.value
    assert beyond in ok(mapped.run('ipclab.Pipeline(ipclab.Function("touch", func() { second[3]++ }))')).stderr
    ok(mapped.run("numbers, cars := make(chan int32, 1), make(chan Car, 1); var whole *Car; m.View(4096, &whole)"))
    for send in ("numbers <- second[3]", "cars <- *whole", "select { case numbers <- second[3]: default: }",
                 "go func() { cars <- *whole }(); <-cars"):
        assert beyond in failure(mapped.run(send)), send
    assert beyond in failure(mapped.run("done := make(chan int); go func() { second[3]++ }(); <-done"))
    ok(mapped.run("reader, _ := ipclab.Map(fd, 0, 8192, unix.PROT_READ, unix.MAP_SHARED); os.Remove(path)"))
    assert beyond in failure(mapped.run("second[3]"))
    assert beyond in failure(mapped.run("fmt.Println(reader.Bytes()[4096])"))
    result = ok(mapped.run("child, _ := ipclab.Spawn(func() { second[3] = 1 }); child.Wait()"))
    assert "exited with status 2" in result.value
    assert beyond in result.stderr
    assert ok(mapped.run("ipclab.Ftruncate(fd, 8192); second[3]++; fmt.Println(second[3], car.Km)")).stdout == "1 5\n"
    assert "protection r--s, which does not permit the access (SIGSEGV)" in failure(mapped.run("reader.Bytes()[0] = 1"))


def test_use_after_unmap(mapped):
    gone = "a mapping of 8192 bytes was there and has been unmapped (SIGSEGV)"
    ok(mapped.run("car.Km = 5; m.Unmap()"))
    for use in ("car.Km", "car.Km = 1", "atomic.AddInt64(&car.Km, 1)", "second[0]", "copy(car.Make[:], \"x\")"):
        assert gone in failure(mapped.run(use)), use
    assert gone in ok(mapped.run("car")).value
    assert "it has been unmapped" in ok(mapped.run("m.View(0, &car)")).value
    assert "it has been unmapped" in ok(mapped.run("m")).value
    mapped.ask("inspect_request", {"code": "car", "cursor_pos": 1, "detail_level": 0})
    ok(mapped.run("%who"))
    assert ok(mapped.run(f"m, err = ipclab.Map(fd, 0, 0, {READ_WRITE}); m.View(0, &car); car.Km")).value == "5"


def test_a_mapping_that_grows(mapped):
    result = ok(mapped.run("""
car.Km = 5
err = errors.Join(ipclab.Ftruncate(fd, 1<<20), m.Resize(1<<20), m.View(1<<20-4096, &second), m.View(0, &car))
second[1023] = 1
car.Km++
fmt.Println(err, m.Len(), car.Km)
fmt.Println(m.Resize(4096), m.Len(), car.Km)
"""))
    assert result.stdout == "<nil> 1048576 6\n<nil> 4096 6\n"
    text = failure(mapped.run("second[1023]"))
    assert "a mapping was made 4096 bytes long there" in text or "was there until it was resized" in text


def test_rollback_and_undo_keep_shared_memory(mapped):
    """Variables go back to what they were; what is in the mapping may have been seen by others."""
    ok(mapped.run('kept := 1; import "syscall"'))
    assert "SIGKILL" in failure(mapped.run("car.Km = 5; kept = 2; syscall.Kill(os.Getpid(), 9)"))
    assert ok(mapped.run("fmt.Println(kept, car.Km)")).stdout == "1 5\n"
    ok(mapped.run("kept = 3; car.Km = 6; m.Unmap()"))
    ok(mapped.run("%undo"))
    assert ok(mapped.run("car.Km++; fmt.Println(kept, car.Km, m.Len())")).stdout == "1 7 8192\n"
    with open(os.path.join(os.environ["TMPDIR"], "shared.dat"), "rb") as file:
        assert len(file.read()) == 8192


@pytest.mark.parametrize("end", ["unix.Kill(os.Getpid(), unix.SIGKILL)", "%undo"])
def test_no_cell_is_repeated_that_writes_to_a_mapping(mapped, end):
    """Cells that only assign are run again after a rollback, where nobody but variables can tell."""
    ok(mapped.run("calm := 1; calm++"))
    ok(mapped.run("car.Km++"))
    ok(mapped.run("second[2]++; car.count = car.count + 1; calm++"))
    if end == "%undo":
        ok(mapped.run("calm++"))
    mapped.run(end)
    assert ok(mapped.run("fmt.Println(car.Km, second[2], car.count, calm)")).stdout == "1 1 1 3\n"


def test_no_cell_is_repeated_that_writes_to_other_mapped_memory(kernel):
    ok(kernel.run("b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)"))
    ok(kernel.run("b[7]++"))
    kernel.run("unix.Kill(os.Getpid(), unix.SIGKILL)")
    assert ok(kernel.run("b[7]")).value == "1"


def test_full_disk(kernel):
    """On a file system of 16 pages that a child mounts for itself, where it may."""
    result = ok(kernel.run(f"""
child, _ := ipclab.Spawn(func() {{
	folder := os.TempDir()
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {{ fmt.Println(err); return }}
	unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, "")
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size=65536"); err != nil {{ fmt.Println(err); return }}
	fd, _ := ipclab.Open(folder+"/file", unix.O_RDWR|unix.O_CREAT, 0o600)
	ipclab.Ftruncate(fd, 1<<20)
	m, _ := ipclab.Map(fd, 0, 0, {READ_WRITE})
	fmt.Println("fallocate:", unix.Fallocate(int(fd), 0, 0, 1<<20))
	b := m.Bytes()
	for i := 0; i < len(b); i += 4096 {{ b[i] = 1 }}
}})
child.Wait()
"""))
    if os.geteuid() != 0:
        assert result.stdout == "operation not permitted\n"
        return
    assert result.stdout == "fallocate: no space left on device\n"
    assert "the file has no memory or disk for that page (SIGBUS); is the disk full?" in result.stderr
    assert "exited with status 2" in result.value


def test_experiments(kernel):
    result = ok(kernel.run("""
updates, err := ipclab.LostUpdates()
for _, r := range updates.Rows() { fmt.Println(r.Method, r.Lost > 0) }
updates
"""))
    first, rest = result.stdout.split("\n", 1)
    assert first.startswith("load, store ")  # loses more or fewer, as chance has it
    assert rest == "spin lock false\ncompare and swap false\natomic add false\n"
    assert "Several processes add 1" in result.value
    result = ok(kernel.run("""
addresses, err := ipclab.TwoAddresses()
for _, r := range addresses.Rows() { fmt.Println(r.Found, r.Inside, r.Fault, r.AtOffset) }
addresses
"""))
    assert result.stdout == "5000 true false 5000\n5000 false false 5000\n0 false true 5000\n"
    assert "nothing: SIGSEGV" in result.value
    result = ok(kernel.run("""
access, err := ipclab.FileAccess()
for _, r := range access.Rows() { fmt.Println(r.By, r.Calls > 2, r.MinorFaults > 60) }
access
"""))
    assert result.stdout == "".join(f"{call} true false\nmmap(2) false true\n" for call in ("write(2)", "pwrite(2)", "read(2)", "pread(2)"))
    assert "minor faults" in result.value


@pytest.mark.parametrize("experiment", [
    "ipclab.LostUpdates(ipclab.LostUpdatesOptions{Updates: 20_000_000, Yield: 1, Limit: time.Minute})",
    "ipclab.FileAccess(ipclab.FileAccessOptions{Size: 256 << 20})",
])
def test_interrupted_experiments_leave_nothing(kernel, experiment):
    request = kernel.execute(f'fmt.Println("begun"); {experiment}')
    kernel.await_text(request, "begun")
    kernel.ask("interrupt_request", channel="control")
    result = kernel.finish(request)
    assert result.reply["status"] == "error" or "(EINTR)" in result.value
    result = ok(kernel.run("""
maps, _ := os.ReadFile("/proc/self/maps")
fmt.Println(bytes.Contains(maps, []byte("ipclab-map-")))
fmt.Println(ipclab.Wait())
"""))
    assert result.stdout.startswith("false\n") and "(ECHILD)" in result.stdout
