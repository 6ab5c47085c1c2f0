//go:build !windows

package main

import "context"

// onlyHere are the commands of this system alone. Differs because systemd needs
// none.
//
//lint:ignore U1000 it is empty here, and holds commands on Windows
type onlyHere struct{}

func asService(func(context.Context) int) (code int, was bool) { return 0, false }
