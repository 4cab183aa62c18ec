// Package ipclab is what a cell sees: interprocess communication as the operating system offers it, made visible.
//
// Processes are made by Fork or Spawn, become other programs by Exec, get signals by Kill, alone or as a group, and are
// waited for by Wait.
//
// What they say to each other:
//   - Pipe, and Dup2 to redirect; Pipeline for many in a row; Mkfifo and Open where they are not related. Atomicity shows
//     what stays whole.
//   - Signals lists the signals. A child handles them by Sigaction, blocks them by Sigprocmask, waits for them by
//     Sigsuspend, Sigwaitinfo or Signalfd, and gets them from Kill, Sigqueue, Raise or an Alarm. LostSignals, Interruption
//     and AlarmRace show what goes wrong with them.
//   - Memory is shared by Map, of a file, of one without a name (MemfdCreate) or of a POSIX shared memory object (ShmOpen),
//     and by MapAnonymous; a View shows it as variables. FileAccess shows what a mapping spares and costs, LostUpdates and
//     TwoAddresses what it does not do.
//   - CreateQueue and CreateRing lay a queue into such a file.
//   - Files: Spool, PrintQueue, Cron, LockFile and the locks of FD; VMStat and its like read /proc.
//   - A door (DoorCreate, DoorCall) is a procedure of one process that others call.
//   - Socket and the calls of FD that go with it; Serve for many clients; TwoHosts for two networks.
//
// What exists at a moment is shown by Descriptors and Processes; what happened by a Trace or, call by call, by Strace; why
// nothing happens by WhyStuck; what it costs by RoundTrips. Results are tables and charts that a notebook shows and a paper
// can print. Experiment keeps the runs of a measurement beside the notebook, Compare tells whether two differ, and Check
// tells whether homework works.
//
// Names and behaviour are those of POSIX and of the Linux manual; a function's comment names the page. Errors are of
// type *Error and name the call, its argument and the errno. The package works in compiled programs as in cells. A
// compiled program that forks calls fork.Init of ipclab/runtime/fork once, at its start.
//
// It is not an abstraction over these mechanisms: a descriptor that stays open keeps a pipe open, a read that nobody
// answers blocks, and a child that nobody waits for stays a zombie.
//
// The hazard: a forked child is a copy of the whole program. It has the parent's variables, its goroutines and its
// descriptors, and it goes on after Fork just as the parent does.
package ipclab
