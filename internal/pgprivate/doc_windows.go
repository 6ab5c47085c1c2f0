// Package pgprivate runs a Postgres of our own on Unix; on Windows it has
// nothing, because tests and benchmarks do not run there.
package pgprivate
