package server

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"ipclab/kernel/connection"
	"ipclab/kernel/history"
	"ipclab/kernel/message"
	"ipclab/kernel/supervisor"
	"ipclab/kernel/zmtp"
	"ipclab/runtime/cell"
)

// Options are what a server needs from outside.
type Options struct {
	Connection *connection.Info
	Version    string // of the kernel, for kernel_info
	Cells      *cell.Session
	History    *history.Store
	Warning    error     // what the user is to know at the first cell, nil for nothing
	Log        io.Writer // one line for each thing that is refused or fails
	// Supervise starts the supervisor once the sockets are bound. Leftovers is
	// what a runtime process should remove should the kernel be killed; state goes
	// back with it.
	Supervise func(leftovers string, state supervisor.State) (*supervisor.Supervisor, error)
}

// A Server serves the clients of one kernel.
type Server struct {
	options    Options
	session    *message.Session
	codec      *message.Codec
	sockets    sockets
	supervisor *supervisor.Supervisor
	logMu      sync.Mutex

	// Used by the shell goroutine alone.
	count    int              // execution count
	greeted  bool             // the first request has waited for a subscriber
	failed   time.Time        // of the last cell that failed, when its reply was about to be sent
	warmed   bool             // warmUp has begun, or is not needed
	unsaved  *history.Entry   // a cell that is not in the history yet
	timed    int              // how many cells were run with %%time
	traced   int              // how many with %%strace
	programs int              // how many were C
	changed  bool             // a cell may have defined something since the last copy of the runtime process
	repeat   *supervisor.Cell // that cell, if it is enough to run it again

	requests   *requests      // what the shell goroutine is to do
	running    runningCell    // what it does, if that is a cell
	warm       sync.WaitGroup // the first cell waits for the end of warmUp
	input      inputs
	interrupts interruption
	started    time.Time
	shutdown   chan struct{} // closed when a client has asked for the end
	once       sync.Once     // closes shutdown
}

// sockets are the five channels.
type sockets struct {
	shell, control, stdin *zmtp.Router
	iopub                 *zmtp.Publisher
	heartbeat             *zmtp.Heartbeat
}

// New binds the sockets and starts the supervisor.
func New(o Options) (*Server, error) {
	s := &Server{
		options:  o,
		session:  message.NewSession("ipclab"),
		codec:    message.NewCodec(o.Connection.Key),
		requests: newRequests(),
		shutdown: make(chan struct{}),
		started:  time.Now(),
	}
	if err := s.bind(); err != nil {
		s.sockets.close()
		return nil, err
	}
	var err error
	if s.supervisor, err = o.Supervise(s.sockets.leftovers(), definitions{o.Cells}); err != nil {
		s.sockets.close()
		return nil, err
	}
	return s, nil
}

func (s *Server) bind() (err error) {
	o := zmtp.Options{Log: s.logf}
	at := s.options.Connection.Endpoint
	if s.sockets.heartbeat, err = zmtp.ListenHeartbeat(at(connection.Heartbeat), o); err != nil {
		return fmt.Errorf("heartbeat channel: %w", err)
	}
	if s.sockets.iopub, err = zmtp.ListenPublisher(at(connection.IOPub), o); err != nil {
		return fmt.Errorf("iopub channel: %w", err)
	}
	for channel, socket := range map[connection.Channel]**zmtp.Router{
		connection.Shell: &s.sockets.shell, connection.Control: &s.sockets.control, connection.Stdin: &s.sockets.stdin,
	} {
		if *socket, err = zmtp.ListenRouter(at(channel), o); err != nil {
			return fmt.Errorf("%s channel: %w", channel, err)
		}
	}
	return nil
}

// all lists the sockets that are open.
func (s *sockets) all() []*zmtp.Socket {
	var open []*zmtp.Socket
	for _, r := range []*zmtp.Router{s.shell, s.control, s.stdin} {
		if r != nil {
			open = append(open, &r.Socket)
		}
	}
	if s.iopub != nil {
		open = append(open, &s.iopub.Socket)
	}
	if s.heartbeat != nil {
		open = append(open, &s.heartbeat.Socket)
	}
	return open
}

func (s *sockets) close() {
	for _, socket := range s.all() {
		socket.Close()
	}
}

// leftovers lists the files of ipc sockets in the form of
// process.LeftoversVariable.
func (s *sockets) leftovers() string {
	var list []string
	for _, socket := range s.all() {
		for _, f := range socket.Files() {
			list = append(list, fmt.Sprintf("%s:%d:%d", f.Path, f.Dev, f.Ino))
		}
	}
	return strings.Join(list, "\n")
}

// lingerLimit bounds how long the last messages may take to reach clients.
const lingerLimit = time.Second

// Run serves until a client asks for the end or ctx ends. Then nothing is left
// of the kernel but the process that called it.
func (s *Server) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.welcome(ctx)
	go s.serveStdin(ctx)
	defer s.warm.Wait()
	var serving sync.WaitGroup
	serving.Go(func() { s.serve(ctx, s.sockets.control, s.handleControl) })
	serving.Go(func() { s.receiveShell(ctx) })
	serving.Go(func() { s.serveShell(ctx) })
	select {
	case <-ctx.Done():
	case <-s.shutdown:
	}
	s.supervisor.Close()
	cancel()
	serving.Wait()
	s.linger()
	s.sockets.close()
}

// linger waits until clients that read have got everything.
func (s *Server) linger() {
	ctx, cancel := context.WithTimeout(context.Background(), lingerLimit)
	defer cancel()
	for _, socket := range s.sockets.all() {
		_ = socket.Finish(ctx)
	}
}

// Interrupt stops the running cell, as an interrupt request does.
func (s *Server) Interrupt() {
	s.interrupts.ask() // first: see supervisor.Cell.Interrupted
	s.supervisor.Interrupt()
}

func (s *Server) logf(format string, args ...any) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	fmt.Fprintf(s.options.Log, "ipclab kernel: "+format+"\n", args...)
}
