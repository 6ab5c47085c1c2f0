//go:build !linux && !darwin && !windows

package health

import "errors"

// SpaceOf is not known here.
func SpaceOf(string) (Space, error) { return Space{}, errors.ErrUnsupported }
