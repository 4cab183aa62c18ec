// Package queue is a bounded queue and a ring in memory that processes map: a file with a name, or a memfd that forked
// children share. It is the machinery of ipclab.Queue and ipclab.Ring, and knows nothing of notebooks.
//
// # The file of a queue
//
// All numbers are little endian. A file of another byte order is refused.
//
//	offset  bytes
//	     0   8   "ipclab-q"
//	     8   4   version: 1
//	    12   4   byte order: 0x01020304
//	    16   4   slots: how many messages it holds, 1 to 1,048,576
//	    20   4   size: the most bytes in a message, 1 to 1,048,576
//	    24   8   size of the file: 192 + slots * stride, at most 1 GiB
//	    32   8   inode of the PID namespace whose process numbers the lock has
//	    40  24   0
//	    64   8   lock: 0, or in bits 0-30 the number of the process that holds it, in bit 31 whether others wait for it,
//	             and in bits 32-63 when that process started, in clock ticks since boot
//	    72   8   put: how many messages have been put, ever
//	    80   8   taken: how many of them have been taken
//	    88   4   closed: 0, or 1 if no more may be put
//	    92   4   recovered: how often the lock was taken over from a process that had died
//	    96  12   semaphore of messages: value, waiters, wakes, of 4 bytes each
//	   108   4   number of the process from which the lock was last taken over
//	   112  12   semaphore of free slots: value, waiters, wakes
//	   124  68   0
//	   192       the slots, stride bytes each: 8 + size, rounded up to 8
//
//	slot    0   4   length of the message
//	        4   4   0
//	        8       the message
//
// Message i, counted from 0, is in slot i modulo slots.
//
// # How it works
//
// Everything from offset 72 on is changed under the lock alone. To put a message is: reserve slot put modulo slots, which
// is free; copy the message into it; commit it, by adding 1 to put, in one store. To take one is the same with taken. A
// process may be killed anywhere: before the commit nothing has happened, after it all has. So whoever takes over its
// lock has nothing to undo, and sets the semaphores to what put and taken say.
//
// A semaphore's value can be read without the lock, to see whether it is worth while to take it. Who finds 0 adds itself
// to waiters, under the lock, and waits on the futex wakes until that changes. Who makes the value rise takes one off
// waiters, adds 1 to wakes and wakes one process. A wake that is lost, because a process was killed before it woke
// another or after it had been woken, is made good by the waiters themselves, who look again every 100 ms.
//
// # The file of a ring
//
//	  0  64   as above, with "ipclab-r"; the file's size is 384 + slots * size, slots is a power of two
//	128   8   put: how many records have been put, written by the producer alone
//	136   8   the producer, in the form of the lock's holder, 0 if there is none
//	144   4   bit 0: the consumer waits on this futex; bit 1: no more may be put
//	256   8   taken: how many records may be overwritten, written by the consumer alone
//	264   8   the consumer
//	272   4   bit 0: the producer waits on this futex
//	384       the slots, size bytes each
//
// # What is trusted
//
// Nothing in the file is: slots and size are checked once, when it is opened, and kept in this process's own memory; put
// and taken are compared with them at each use, and so is a message's length. A file that is cut while it is mapped makes
// an error of the access. What a process that may write to the file can do is to lose or forge messages.
package queue
