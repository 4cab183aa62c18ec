package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"ipclab/ipclab/bounds"
	"ipclab/kernel/connection"
	"ipclab/kernel/history"
	"ipclab/kernel/server"
	"ipclab/kernel/supervisor"
	"ipclab/runtime/cell"
	"ipclab/runtime/exportdata"
)

// runKernel serves the client whose connection file is given until it asks for
// the end, and returns the exit status: 2 for a file that cannot be used.
func runKernel(connectionFile string) int {
	parent := os.Getppid()
	keepDescriptors()
	passDefaults()
	info, err := connection.Load(connectionFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ipclab kernel:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	s, err := newServer(info)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ipclab kernel:", err)
		return 1
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT)
	go func() {
		for range interrupts {
			s.Interrupt()
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go endWithParent(ctx, parent, cancel)
	s.Run(ctx)
	return 0
}

// keepDescriptors keeps from cells what this process happened to inherit: they
// should find the descriptors that they open, and 0 to 2. Linux before 5.11
// cannot do it in one call and is let off.
func keepDescriptors() { _ = unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) }

func newServer(info *connection.Info) (*server.Server, error) {
	importer, err := exportdata.NewImporter()
	if err != nil {
		return nil, err
	}
	folder := stateFolder()
	limits, wrong := bounds.Read(os.Getenv, bounds.Machine())
	return server.New(server.Options{
		Connection: info,
		Version:    version,
		Cells:      cell.NewSession(importer),
		History:    history.Open(filepath.Join(folder, "history.jsonl")),
		Log:        os.Stderr,
		Warning:    wrong,
		Supervise: func(leftovers string, state supervisor.State) (*supervisor.Supervisor, error) {
			return supervisor.New(supervisor.Options{
				Path:      "/proc/self/exe",
				Args:      []string{"ipclab", "runtime"},
				Mark:      uuid.NewString(),
				Leftovers: leftovers,
				TextLimit: textLimit(),
				KeptTexts: filepath.Join(folder, "output"),
				State:     state,
				Bounds:    limits,
			})
		},
	})
}

// stateFolder is where history is kept (XDG Base Directory Specification).
func stateFolder() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ipclab")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	return filepath.Join(home, ".local", "state", "ipclab")
}

// Bounds on the stream text of one cell, in bytes. A Jupyter server cuts a
// kernel off that sends more than 3 MB in 3 s; other clients take more.
const (
	textLimitServer = 2 << 20
	textLimitOther  = 16 << 20
)

// textLimit tells by the variable that a Jupyter server sets for its kernels.
func textLimit() int {
	if os.Getenv("JPY_SESSION_NAME") != "" {
		return textLimitServer
	}
	return textLimitOther
}

// endWithParent ends the kernel when the process that started it has gone and
// had said that it would (JPY_PARENT_PID, as jupyter_client sets it).
func endWithParent(ctx context.Context, parent int, end func()) {
	if os.Getenv("JPY_PARENT_PID") == "" {
		return
	}
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if os.Getppid() != parent {
				end()
				return
			}
		}
	}
}
