//go:build !linux && !darwin && !windows

package health

import "errors"

// space is not known here.
func space(string) (Space, error) { return Space{}, errors.ErrUnsupported }
