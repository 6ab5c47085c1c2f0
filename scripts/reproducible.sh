#!/usr/bin/env bash
# Builds the linux release twice, from copies of the tracked files in folders of
# different names and each with an empty build cache, and compares the checksums.
set -euo pipefail
version=$1 epoch=$2
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for n in one another/place; do
	mkdir -p "$work/$n" "$work/cache"
	git archive HEAD | tar -x -C "$work/$n"
	(cd "$work/$n" && GOCACHE="$work/cache/${n%%/*}" go run ./tools/release -version "$version" -epoch "$epoch" -only linux/amd64 -bare >&2)
	cp "$work/$n/dist/SHA256SUMS" "$work/${n%%/*}.sums"
	rm -rf "$work/cache/${n%%/*}"
done
cat "$work/one.sums"
if ! diff "$work/one.sums" "$work/another.sums"; then
	echo "reproducible: the two builds differ" >&2
	exit 1
fi
echo "reproducible: the two builds are the same, byte for byte"
