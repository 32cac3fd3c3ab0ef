"""Two tables of runs side by side: `python3 compare.py ONE OTHER`. Ends with 1 where a run is missing or a test loss differs by
more than a tenth, which is what rounding grows to in a few epochs of a tiny network."""

import csv
import sys

KEY = ("dataset", "condition", "seed")
one, other = ({tuple(row[k] for k in KEY): row for row in csv.DictReader(open(path, newline=""))} for path in sys.argv[1:3])
worst = 0.0
for key in one:
    if key not in other or not one[key]["test_loss"] or not other[key]["test_loss"]:
        print("missing:", *key)
        worst = float("inf")
        continue
    a, b = (float(table[key]["test_loss"]) for table in (one, other))
    worst = max(worst, abs(a - b) / abs(a))
    print(*key, f"{a:.6f} {b:.6f} {abs(a - b) / abs(a):.2e}")
print(f"largest relative difference of a test loss: {worst:.2e}")
sys.exit(worst > 0.1)
