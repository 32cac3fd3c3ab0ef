#!/bin/sh
# Joins the parts beside this script and unpacks them into a folder: ./unpack [DIR]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
to=${1:-.}
mkdir -p "$to"
cat "$here"/bundle.tar.xz.* | "${PYTHON:-python3}" -c 'import sys, tarfile
tarfile.open(fileobj=sys.stdin.buffer, mode="r|xz").extractall(sys.argv[1])' "$to"
printf 'Unpacked to %s/bundle.\n' "$to"
