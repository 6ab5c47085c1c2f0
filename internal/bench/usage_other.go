//go:build !linux

package bench

import "time"

// ownUsage is not known here.
func ownUsage() (time.Duration, int64) { return 0, 0 }

func serverProcessor(int) time.Duration { return 0 }

func serverWritten(int) int64 { return 0 }
