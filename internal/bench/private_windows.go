package bench

import (
	"context"
	"errors"
)

type private struct {
	url  string
	of   func(string) string
	pid  int
	stop func() error
}

func startPrivate(context.Context) (private, error) {
	return private{}, errors.New("no private server on Windows; name a database with --database")
}
