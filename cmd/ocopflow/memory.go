package main

import (
	"os"
	"runtime/debug"
)

// saveCollections lets the heap grow to several times what is in use before it
// is collected, up to a limit behind which it is collected as often as ever: a
// server stays below 200 MB, and of the processor's time for a move a quarter
// went into collecting a heap of 30 MB. GOGC and GOMEMLIMIT go before this.
func saveCollections() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(140 << 20)
	}
}
