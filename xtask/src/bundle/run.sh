#!/bin/sh
# Starts a program in bin/ with the libtorch of this machine; README.md says more.
set -eu
version=@VERSION@
glibc=@GLIBC@
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

[ $# -gt 0 ] || fail "usage: $0 PROGRAM [OPTIONS …]; the programs are $(ls "$here/bin" | tr '\n' ' ')"
program=$1
shift
[ -x "$here/bin/$program" ] || fail "there is no program $program; there are $(ls "$here/bin" | tr '\n' ' ')"

[ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] || fail "these programs are for Linux on x86-64, and this is $(uname -s) on $(uname -m)"
have=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/^glibc //')
[ -n "$have" ] || fail "these programs need glibc $glibc or later, and this system has another C library"
[ "$(printf '%s\n%s\n' "$glibc" "$have" | sort -V | head -n 1)" = "$glibc" ] ||
  fail "these programs need glibc $glibc or later, and this system has $have; make the bundle on a system that is no newer"

if [ -n "${LIBTORCH:-}" ]; then
  torch=$LIBTORCH
  where="LIBTORCH is $torch"
  found=$(sed -n "s/^__version__ = '\([0-9.]*\).*/\1/p" "$torch/version.py" 2>/dev/null || true)
  if [ -z "$found" ] && [ -f "$torch/include/torch/headeronly/version.h" ]; then
    part() { sed -n "s/^#define TORCH_VERSION_$1 //p" "$torch/include/torch/headeronly/version.h"; }
    found=$(part MAJOR).$(part MINOR).$(part PATCH)
  fi
else
  python=${PYTHON:-python3}
  command -v "$python" > /dev/null ||
    fail "there is no $python; name a Python with torch $version by PYTHON=…, or a libtorch $version by LIBTORCH=…"
  # Importing torch takes seconds and may fail for want of drivers, so it is only looked up.
  torch=$("$python" -c 'import importlib.util as u
s = u.find_spec("torch")
print(s.submodule_search_locations[0] if s else "")')
  [ -n "$torch" ] ||
    fail "$python has no torch; install torch==$version there, name another Python by PYTHON=…, or a libtorch $version by LIBTORCH=…"
  where="the torch of $python is $torch"
  found=$("$python" -c 'import importlib.metadata as m; print(m.version("torch").split("+")[0])')
fi
[ -f "$torch/lib/libtorch_cpu.so" ] || fail "$where, and there is no lib/libtorch_cpu.so in it"
[ "$found" = "$version" ] || fail "$where, which is ${found:-of an unknown version}; torch $version is needed"

LD_LIBRARY_PATH=$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
NEGPRE_HOME=${NEGPRE_HOME:-$here}
export LD_LIBRARY_PATH NEGPRE_HOME
exec "$here/bin/$program" "$@"
