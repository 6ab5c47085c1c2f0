// Package archtest holds the import table of the layout: who may know whom.
// It has nothing but its test.
package archtest
