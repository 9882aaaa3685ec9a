package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// residentPeak is the largest resident memory of this process so far, bytes: VmHWM of Linux. Elsewhere
// it is what the Go runtime has obtained from the system.
func residentPeak() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	if _, line, ok := strings.Cut(string(text), "VmHWM:"); ok {
		var kilobytes int64
		if _, err := fmt.Sscan(line, &kilobytes); err == nil {
			return kilobytes << 10
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
