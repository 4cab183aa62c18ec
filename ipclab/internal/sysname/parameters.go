package sysname

import "strings"

// parameters says what the arguments of a call are. What only the kernel fills in is read after the call: kinds that
// begin with ">". Where a kind needs another argument, the length of a buffer for example, that is the next one.
var parameters = parse(`
accept          fd >sockaddr >lengthp
accept4         fd >sockaddr >lengthp sockflags
access          path accessmode
alarm           uint
bind            fd sockaddr length
arch_prctl      hex pointer
brk             pointer
chdir           path
chmod           path mode
chown           path int int
clock_gettime   clock >timespec
clock_nanosleep clock timerflags timespec >timespec
clone           cloneflags pointer pointer pointer pointer
clone3          cloneargs uint
close           fd
close_range     uint uint closeflags
connect         fd sockaddr length
copy_file_range fd pointer fd pointer uint uint
creat           path mode
dup             fd
dup2            fd int
dup3            fd int descriptorflags
epoll_create1   epollflags
epoll_ctl       fd epollop fd epollevent
epoll_pwait     fd pointer int int pointer uint
epoll_wait      fd pointer int int
eventfd2        uint eventflags
execve          path strings environment
execveat        dirfd path strings environment atflags
exit            int
exit_group      int
faccessat       dirfd path accessmode
faccessat2      dirfd path accessmode atflags
fallocate       fd hex int int
fchdir          fd
fchmod          fd mode
fchmodat        dirfd path mode
fchown          fd int int
fchownat        dirfd path int int atflags
fcntl           fd fcntlop fcntlarg
fdatasync       fd
flock           fd flockop
fork
fstat           fd pointer
fsync           fd
ftruncate       fd int
futex           pointer futexop uint pointer pointer hex
getcwd          >string uint
getdents64      fd pointer uint
getegid
geteuid
getgid
getpeername     fd >sockaddr >lengthp
getpgid         int
getpgrp
getpid
getppid
getpriority     int int
getrandom       pointer uint randomflags
getresgid       pointer pointer pointer
getresuid       pointer pointer pointer
getrlimit       resource pointer
getrusage       whose pointer
getsid          int
getsockname     fd >sockaddr >lengthp
getsockopt      fd socklevel sockoption >int32 >lengthp
gettid
gettimeofday    pointer pointer
getuid
inotify_add_watch fd path hex
inotify_init1   descriptorflags
inotify_rm_watch fd int
ioctl           fd hex pointer
kill            int signal
link            path path
linkat          dirfd path dirfd path atflags
listen          fd int
lseek           fd int whence
lstat           path pointer
madvise         pointer uint advice
memfd_create    path memfdflags
mkdir           path mode
mkdirat         dirfd path mode
mknod           path filemode hex
mknodat         dirfd path filemode hex
mlock           pointer uint
mmap            pointer uint protection mapflags mapfd offset
mprotect        pointer uint protection
mq_getsetattr   fd pointer pointer
mq_open         path openflags mode pointer
mq_timedreceive fd >buffer uint >uint32 timespec
mq_timedsend    fd buffer uint uint timespec
mq_unlink       path
mremap          pointer uint uint remapflags pointer
msgctl          int ipccommand pointer
msgget          ipckey ipcflags
msgrcv          int pointer uint int messageget
msgsnd          int pointer uint messageget
msync           pointer uint syncflags
munlock         pointer uint
munmap          pointer uint
nanosleep       timespec >timespec
newfstatat      dirfd path pointer atflags
open            path openflags openmode
openat          dirfd path openflags openmode
openat2         dirfd path pointer uint
pause
pidfd_open      int hex
pidfd_send_signal fd signal pointer uint
pipe            >fds
pipe2           >fds descriptorflags
poll            pollfds uint int
ppoll           pollfds uint timespec sigset uint
prctl           prctl hex hex hex hex
pread64         fd >buffer uint int
prlimit64       int resource pointer pointer
process_vm_readv int pointer uint pointer uint uint
pselect6        int pointer pointer pointer timespec pointer
pwrite64        fd buffer uint int
read            fd >buffer uint
readlink        path >buffer uint
readlinkat      dirfd path >buffer uint
readv           fd >vector int
recvfrom        fd >buffer uint messageflags >sockaddr >lengthp
recvmsg         fd >message messageflags
rename          path path
renameat        dirfd path dirfd path
renameat2       dirfd path dirfd path hex
restart_syscall
rmdir           path
rseq            pointer uint hex hex
rt_sigaction    signal action >action uint
rt_sigpending   >sigset uint
rt_sigprocmask  sigop sigset >sigset uint
rt_sigqueueinfo int signal pointer
rt_sigreturn
rt_sigsuspend   sigset uint
rt_sigtimedwait sigset pointer timespec uint
rt_tgsigqueueinfo int int signal pointer
sched_getaffinity int uint pointer
sched_getattr   int pointer uint uint
sched_setattr   int pointer uint
sched_setaffinity int uint pointer
sched_yield
semctl          int int ipccommand hex
semget          ipckey int ipcflags
semop           int semops uint
sendfile        fd fd pointer uint
sendmsg         fd message messageflags
sendto          fd buffer uint messageflags sockaddr length
set_robust_list pointer uint
set_tid_address pointer
semtimedop      int semops uint timespec
setitimer       itimer itimerval >itimerval
setpgid         int int
setsid
setsockopt      fd socklevel sockoption int32 length
shmat           int pointer attachflags
shmctl          int ipccommand pointer
shmdt           pointer
shmget          ipckey uint ipcflags
shutdown        fd shutdown
sigaltstack     pointer pointer
signalfd4       fd sigset uint descriptorflags
socket          sockfamily socktype int
socketpair      sockfamily socktype int >fds
splice          fd pointer fd pointer uint spliceflags
stat            path pointer
statx           dirfd path atflags hex pointer
symlink         path path
symlinkat       path dirfd path
tee             fd fd uint spliceflags
tgkill          int int signal
timerfd_create  clock descriptorflags
timerfd_settime fd timerflags itimerspec >itimerspec
tkill           int signal
truncate        path int
umask           mode
uname           pointer
unlink          path
unlinkat        dirfd path unlinkflags
vfork
vmsplice        fd vector int spliceflags
wait4           int >status waitflags pointer
waitid          waitwhich int pointer waitflags pointer
write           fd buffer uint
writev          fd vector int
`)

// gives says what the result of a call is where it is no plain number: a descriptor or an address.
var gives = map[string]string{
	"accept": "fd", "accept4": "fd", "creat": "fd", "dup": "fd", "dup2": "fd", "dup3": "fd", "epoll_create1": "fd", "eventfd2": "fd",
	"inotify_init1": "fd", "memfd_create": "fd", "mq_open": "fd", "open": "fd", "openat": "fd", "openat2": "fd", "pidfd_open": "fd",
	"signalfd4": "fd", "socket": "fd", "timerfd_create": "fd",
	"brk": "pointer", "mmap": "pointer", "mremap": "pointer", "shmat": "pointer",
}

// parse reads lines of a name and kinds.
func parse(text string) map[string][]string {
	table := map[string][]string{}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 0 {
			table[fields[0]] = fields[1:]
		}
	}
	return table
}
