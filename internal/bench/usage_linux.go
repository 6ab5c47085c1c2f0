package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ownUsage is the processor time of this program and the bytes that it has
// handed to the system to write.
func ownUsage() (time.Duration, int64) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // zero when it cannot be had
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), written("self")
}

// serverWritten is the bytes that a server, without its children, has handed over.
func serverWritten(pid int) int64 { return written(strconv.Itoa(pid)) }

func written(process string) (bytes int64) {
	text, _ := os.ReadFile("/proc/" + process + "/io")
	for line := range strings.Lines(string(text)) {
		_, _ = fmt.Sscanf(line, "wchar: %d", &bytes)
	}
	return bytes
}

// serverProcessor is the processor time of a server and its children.
func serverProcessor(pid int) (sum time.Duration) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest) // from the third on: state, parent …
		if len(f) < 15 {
			continue
		}
		own := filepath.Base(filepath.Dir(file)) == strconv.Itoa(pid)
		if !own && f[1] != strconv.Itoa(pid) {
			continue
		}
		ticks := number(f[11]) + number(f[12])
		if own {
			ticks += number(f[13]) + number(f[14]) // of children that ended
		}
		sum += time.Duration(ticks) * tick
	}
	return sum
}

// tick is the unit of processor time in /proc, the same on every Linux that Go runs on.
const tick = 10 * time.Millisecond

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
