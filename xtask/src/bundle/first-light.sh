#!/bin/sh
# The first minutes with a GPU: does it compute what a CPU does, how fast, and then runs at the paper's scale, a seed at a time.
#   ./first-light [--device cuda:0] [--seconds 600] [--out DIR] [--quick]
# Each part has its share of the time and leaves its files in --out; a part that fails does not keep the next from running. The exit
# code is 1 where the device was not shown to compute what a CPU does.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
device=cuda:0 seconds=600 out=first-light-results quick=''
while [ $# -gt 0 ]; do
  case $1 in
    --device) device=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --quick) quick=yes; shift ;;
    *) printf 'error: unknown option %s\n' "$1" >&2; exit 2 ;;
  esac
done
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd)
# Weights stay here: tables, figures and logs are what is worth carrying home.
stores=$here/runs-first-light
begin=$(date +%s)
differs=0
left() { echo $((seconds - ($(date +%s) - begin))); }
part() { # NAME SECONDS COMMAND …: its output to a file, its end to a line
  name=$1 limit=$2
  shift 2
  printf '%s s left: %s\n' "$(left)" "$name"
  timeout --signal=INT --kill-after=15 "$limit" "$@" > "$out/$name.log" 2>&1
  code=$?
  printf '%s: exit code %s\n' "$name" "$code" | tee -a "$out/summary.txt"
  return $code
}
{
  date
  nvidia-smi 2>&1
  sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1
  nproc
} > "$out/machine.txt"

# 1. PyTorch's numbers, the CPU's results and the same bits twice; and the same figure on the CPU and on the device, side by side.
part gpu-check 150 "$here/run" gpu-check --device "$device" || differs=1
cat "$out/gpu-check.log"
smoke() { part "smoke-$1" 90 "$here/run" fig6 --scale smoke --datasets mnist --device "$2" --out "$out/$1" --store "$stores/$1"; }
smoke cpu cpu || differs=1
smoke device "$device" || differs=1
part compare 20 "${PYTHON:-python3}" "$here/compare.py" "$out/cpu/reports/smoke/fig6/runs.csv" "$out/device/reports/smoke/fig6/runs.csv" ||
  differs=1
cat "$out/compare.log"

# 2. Steps a second beside PyTorch's. One setting a call, which begins no round after half of its time and then writes what it has:
# what takes long is to start a Python and to set up, so that a call cut off would leave nothing.
bench_steps() { # NAME SECONDS OPTION …
  which=$1 limit=$2
  shift 2
  [ -z "$quick" ] || set -- "$@" --quick
  part "bench-$which" "$limit" "$here/run" bench steps --device "$device" --pairs 3 --seconds 0.5 --within $((limit / 2)) \
    --out "$out/bench/$which" "$@"
  # A peer that does not run is no reason to fail, and is to be seen.
  grep -h '^Left out' "$out/bench-$which.log" | tee -a "$out/summary.txt"
}
size='--widths 64 --batches 128' precisions='bf16 tf32'
[ -z "$quick" ] || size='' precisions=fp32
for stem in 7x7 3x3; do
  for precision in $precisions; do
    # shellcheck disable=SC2086
    bench_steps $stem-$precision $((seconds / 12)) --stems $stem $size --precisions $precision --jobs 4 --peers channels-last,captured
  done
done
precision=${precisions%% *}
# shellcheck disable=SC2086
bench_steps many $((seconds / 12)) --stems 7x7 $size --precisions $precision --jobs 16 --peers captured
# Compiling at most takes a minute or more.
# shellcheck disable=SC2086
bench_steps compiled $((seconds / 6)) --stems 7x7 $size --precisions $precision --jobs 1 --peers compiled

# 3. The paper's settings with torchvision's own first convolution, a seed after the other for as long as there is time.
scale=paper-7x7 dataset=cifar10
[ -z "$quick" ] || { scale=smoke dataset=mnist; }
seed=0
while [ "$(left)" -gt 45 ] && [ $seed -lt 10 ]; do
  [ -z "$quick" ] || [ $seed -lt 2 ] || break
  set -- fig6 --scale $scale --datasets $dataset --seeds "$seed..$((seed + 1))" --device "$device" \
    --out "$out/paper/seed-$seed" --store "$stores/paper"
  # What was finished when the time was up becomes tables all the same.
  part "seed-$seed" $(($(left) - 20)) "$here/run" "$@" || part "seed-$seed-collect" 20 "$here/run" "$@" --collect
  seed=$((seed + 1))
done
printf 'Done after %s s; what was found is in %s.\n' "$(($(date +%s) - begin))" "$out"
[ $differs = 0 ] || printf 'The device was not shown to compute what a CPU does: see gpu-check.log, smoke-*.log and compare.log there.\n' >&2
exit $differs
