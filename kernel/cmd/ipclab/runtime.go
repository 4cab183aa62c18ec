package main

import "ipclab/runtime/process"

// runRuntime evaluates cells; only a kernel starts it.
func runRuntime() int { return process.Main() }
