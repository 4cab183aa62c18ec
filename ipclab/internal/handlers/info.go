package handlers

// An Info is siginfo_t as amd64 and arm64 have it: number, errno and code, then what the code says is there.
type Info struct {
	words [16]uint64
}

// NewInfo makes what rt_sigqueueinfo(2) wants of one that queues a value.
func NewInfo(sig, code, pid, uid, value int) *Info {
	i := &Info{}
	i.words[0] = uint64(uint32(sig))
	i.words[1] = uint64(uint32(code))
	i.words[2] = uint64(uint32(pid)) | uint64(uint32(uid))<<32
	i.words[3] = uint64(value)
	return i
}

// Signal returns si_signo.
func (i *Info) Signal() int { return i.number(0) }

// Code returns si_code.
func (i *Info) Code() int { return SentCode(i.number(2)) }

// SentCode returns the si_code with which a signal came to the process, of one that a thread may have passed on.
func SentCode(code int) int {
	const unused = 32 - 28 // bits of the mark
	if uint32(code)&^codeBits == codePassedOn {
		return int(int32(uint32(code)<<unused) >> unused)
	}
	return code
}

// Pid returns si_pid, for signals that a process sent; si_timerid for a timer's.
func (i *Info) Pid() int { return i.number(4) }

// UID returns si_uid, for signals that a process sent; si_overrun for a timer's.
func (i *Info) UID() int { return i.number(5) }

// Value returns si_value, for signals that were queued.
func (i *Info) Value() int { return int(i.words[3]) }

// Status returns si_status, for SIGCHLD.
func (i *Info) Status() int { return i.number(6) }

// number returns the 32-bit word at an index.
func (i *Info) number(at int) int { return int(int32(i.words[at/2] >> (32 * (at % 2)))) }
