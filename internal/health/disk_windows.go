package health

import "golang.org/x/sys/windows"

// SpaceOf the disk on which a folder lies.
func SpaceOf(dir string) (s Space, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return s, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &s.Free, &s.Total, nil)
	return s, err
}
