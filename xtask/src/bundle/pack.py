"""Packs a folder into parts of a compressed archive: `python3 pack.py FOLDER TO BYTES`.

The programs are nearly the same libraries several times over: a dictionary that reaches from one to the next packs them as one.
"""

import lzma
import os
import sys
import tarfile

folder, to, part_bytes = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Parts:
    """A file that goes on in the next one where it is full."""

    def __init__(self):
        self.number, self.left, self.file = 0, 0, None

    def write(self, data):
        view = memoryview(data)
        while view:
            if not self.left:
                self.close()
                self.file = open(os.path.join(to, f"bundle.tar.xz.{self.number:03}"), "wb")
                self.number, self.left = self.number + 1, part_bytes
            taken = view[: self.left]
            self.file.write(taken)
            self.left -= len(taken)
            view = view[len(taken) :]
        return len(data)

    def close(self):
        if self.file:
            self.file.close()


parts = Parts()
filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 26}]
with lzma.LZMAFile(parts, "wb", filters=filters) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
    archive.add(folder, arcname=os.path.basename(folder))
parts.close()
print(parts.number)
