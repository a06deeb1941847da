//go:build !linux && !darwin

package doctor

import "errors"

// freeDisk is not known on other systems.
func freeDisk(string) (uint64, error) { return 0, errors.ErrUnsupported }
