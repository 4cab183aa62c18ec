package means

// What follows is what a C program does for a message of each raw means, once everything is open: to send | to receive.
//
//	pipe, fifo,  write(fd, p, n), again for what is left | read(fd, p, n), again until all is there
//	stream, tcp
//	datagram,    send(fd, p, n, 0) | recv(fd, p, n, 0)
//	seqpacket
//	eventfd      write(fd, &number, 8) | read(fd, &number, 8)
//	sigqueue     sigqueue(pid, SIGRTMIN+5, value) | sigwaitinfo(&set, &info)
//	handler      kill(pid, SIGUSR1) | while (!caught) sigsuspend(&mask); caught--;
//	             with a handler that does caught++
//	mqueue       mq_send(queue, p, n, 0) | mq_receive(queue, p, n, NULL)
//	sysvmq       memcpy(m.text, p, n); msgsnd(id, &m, n, 0) | msgrcv(id, &m, n, 0, 0); memcpy(p, m.text, n)
//	sysvsem      semop(id, &add, 1) | semop(id, &take, 1)
//	file         pwrite(mine, record, n + 8, 0) | do pread(theirs, record, n + 8, 0) while (it is the old record);
//	             with files that each side has opened for itself, with O_NOATIME
//	semaphore    memcpy(shared, p, n); sem_post(&shared->sem) | sem_wait(&shared->sem); memcpy(p, shared, n)
//	futex        memcpy(shared, p, n); if (atomic_exchange(&shared->word, FILLED) == AWAITED) wake |
//	             unless (the word is FILLED) { it becomes AWAITED; sleep until it is FILLED; } memcpy; word = VACANT
//	spin-futex   as futex, after 2,000 looks at the word with a PAUSE between
//	spin         memcpy(shared, p, n); store_release(&word, FILLED) | until (the word is FILLED) PAUSE; memcpy; word = VACANT
//	ring         memcpy(slot, p, n); store_release(&put, put + 1) | until (put > taken) PAUSE; memcpy(p, slot, n); taken++
//	queue        see package queue
//
// Where Go is in the way of that, and what is done:
//
//   - unix.Syscall tells the scheduler of each call, which costs some 60 ns; RawSyscall does not.
//   - The threads of a process share a table of descriptors, and Linux then counts who uses a file in each call, some 20 ns.
//     A raw end that calls with descriptors takes a table of its own (see ownTable).
//   - A signal for a process goes to any thread that does not block it. Those of a raw end are for one thread:
//     rt_tgsigqueueinfo(2) in place of rt_sigqueueinfo(2), tgkill(2) in place of kill(2).
//   - A handler in Go runs long after the signal. The one here is three instructions of assembly.
//   - A store of package sync/atomic is also a barrier for later loads, which C asks for by itself. See package spin.
//   - A check of an End for Flusher costs as much as a message through memory. It is to be made once.
