package draw

import wasmcache "cache.ocopflow.invalid"

// The library that lays pictures out has started before this runs: it is imported
// here.
func init() { wasmcache.Started() }
