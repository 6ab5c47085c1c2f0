// Package workflows carries the procedures, campaigns and calendars that are shipped, so
// that one binary is all an office needs. Reading them is left to the packages
// workflow, campaign and calendar.
package workflows

import "embed"

// Files holds ocop-*.yaml, support.yaml, complaint.yaml, campaigns/*.yaml and calendars/*.yaml and
// criteria/VERSION/*.yaml and papers/NAME.LANG.md and samples/samples.yaml and correspondence/registration.yaml.
//
//go:embed *.yaml campaigns/*.yaml calendars/*.yaml criteria/*/*.yaml papers/*.md samples/*.yaml correspondence/*.yaml warnings/*.yaml
var Files embed.FS

// Schema is the JSON Schema of procedure files, made from the types of package
// workflow.
//
//go:embed procedure.schema.json
var Schema []byte
