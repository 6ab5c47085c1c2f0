// Package workflows carries the procedures and campaigns that are shipped, so
// that one binary is all an office needs. Reading them is left to the packages
// workflow and campaign.
package workflows

import "embed"

// Files holds ocop-*.yaml and campaigns/*.yaml.
//
//go:embed *.yaml campaigns/*.yaml
var Files embed.FS
