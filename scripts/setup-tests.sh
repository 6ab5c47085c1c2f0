#!/bin/sh
# Makes sure that the machine has what the tests need: Postgres' server, a C
# compiler for the race detector, a browser, a reader of PDF, an office program that opens
# papers (200 MB; ten seconds). As root it installs what is
# missing from Debian's packages; otherwise it stops at once and names it.
set -eu

missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v python3 >/dev/null 2>&1 || missing="$missing python3"
command -v gcc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-writer-nogui"
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium fonts-dejavu-core"

[ -z "$missing" ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need:$missing" >&2
    echo "On Debian: sudo apt-get install$missing" >&2
    exit 1
fi
echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# No cluster of the package's own is started: the tests bring theirs.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
# shellcheck disable=SC2086 # a list of package names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
