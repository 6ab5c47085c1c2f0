package faulty

import (
	"ocopflow/internal/disk"
)

// Disk is a disk seen through the seam. Steps are named "make folder", "create
// file", "write file", "flush file", "close file", "rename file" and "flush folder".
func (s *Seam) Disk(d disk.Disk) disk.Disk { return faultyDisk{d, s} }

type faultyDisk struct {
	disk.Disk
	seam *Seam
}

// Make implements disk.Disk.
func (d faultyDisk) Make(folder string) error {
	return d.seam.around("make folder", ErrInjected, func() error { return d.Disk.Make(folder) })
}

// Create implements disk.Disk.
func (d faultyDisk) Create(folder, pattern string) (f disk.File, err error) {
	err = d.seam.around("create file", ErrInjected, func() (err error) { f, err = d.Disk.Create(folder, pattern); return err })
	if err != nil {
		return nil, err
	}
	return faultyFile{f, d.seam}, nil
}

// Rename implements disk.Disk.
func (d faultyDisk) Rename(from, to string) error {
	return d.seam.around("rename file", ErrInjected, func() error { return d.Disk.Rename(from, to) })
}

// Remove implements disk.Disk. The dead do not clear up.
func (d faultyDisk) Remove(name string) error {
	if d.seam.Dead() {
		return ErrInjected
	}
	return d.Disk.Remove(name)
}

// Flush implements disk.Disk.
func (d faultyDisk) Flush(folder string) error {
	return d.seam.around("flush folder", ErrInjected, func() error { return d.Disk.Flush(folder) })
}

type faultyFile struct {
	disk.File
	seam *Seam
}

// Write implements io.Writer.
func (f faultyFile) Write(b []byte) (n int, err error) {
	err = f.seam.around("write file", ErrInjected, func() (err error) { n, err = f.File.Write(b); return err })
	return n, err
}

// Sync implements disk.File.
func (f faultyFile) Sync() error { return f.seam.around("flush file", ErrInjected, f.File.Sync) }

// Close implements io.Closer.
func (f faultyFile) Close() error {
	if f.seam.Dead() {
		_ = f.File.Close() // the system closes what the dead held
	}
	return f.seam.around("close file", ErrInjected, f.File.Close)
}
