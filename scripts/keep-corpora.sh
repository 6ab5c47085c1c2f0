#!/usr/bin/env bash
# Keeps of what fuzzing found new ways with, at most so many inputs for each target
# and none that is large, beside the tests that run them each time. An input of the
# API is a number whose meaning changes with every route: those are not kept.
set -euo pipefail
most=${1:-60} largest=4k
cd "$(dirname "$0")/.."
go=$(command -v go || echo /usr/local/go/bin/go)
found=$("$go" env GOCACHE)/fuzz/$("$go" list -m)
[ -d "$found" ] || { echo "corpora: nothing was fuzzed here yet" >&2; exit 1; }
find "$found" -mindepth 1 -type d -name 'Fuzz*' ! -name FuzzAPI | sort | while read -r target; do
	place=${target#"$found"/}
	to=${place%/*}/testdata/fuzz/${place##*/}
	mkdir -p "$to"
	{ find "$to" -type f; find "$target" -type f -size -"$largest"; } | awk -F/ -v most="$most" '!seen[$NF]++ && n++ < most' | while read -r input; do
		[ -e "$to/${input##*/}" ] || cp "$input" "$to/"
	done
	echo "$to: $(find "$to" -type f | wc -l)"
done
