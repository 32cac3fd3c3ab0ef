"""Fails where two source files of a crate import each other: neither could be read, or moved, without the other."""

import pathlib
import re
import sys

USE = re.compile(r"(?<!pub )(?<!pub\(crate\) )(?<!pub\(super\) )\buse (crate|super|self)((?:::super)*)::([^;]+);")


def names(prefix: list[str], text: str):
    """Every path that `use prefix::text;` names."""
    text = text.strip()
    if "{" not in text:
        yield prefix + [part.strip().split(" as ")[0] for part in text.split("::") if part.strip()]
        return
    start = text.index("{")
    prefix = prefix + [part for part in text[:start].split("::") if part]
    depth, item = 0, ""
    for character in text[start + 1 : text.rindex("}")] + ",":
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            if item.strip():
                yield from names(prefix, item)
            item = ""
        else:
            item += character


def imports(module: str, text: str, modules: set[str]) -> set[str]:
    """The modules of the crate that a module's text imports from, its tests aside."""
    found = set()
    for base, ups, rest in USE.findall(text.partition("#[cfg(test)]")[0]):
        here = module.split("::")
        prefix = {"crate": [], "super": here[:-1], "self": here}[base]
        prefix = prefix[: len(prefix) - ups.count("super")]
        for path in names(prefix, rest):
            candidates = ("::".join(path[:length]) for length in range(len(path), 0, -1))
            found.add(next((name for name in candidates if name in modules), "lib"))
    return found - {module}


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    circles = []
    for source in sorted(root.glob("crates/*/src")):
        files = {"::".join(path.relative_to(source).with_suffix("").parts): path for path in source.rglob("*.rs")}
        graph = {module: imports(module, path.read_text(), set(files)) for module, path in files.items()}
        circles += [
            f"{source.parent.name}: {a} and {b} import each other"
            for a in graph
            for b in graph[a]
            if a < b and a in graph.get(b, ())
        ]
    print("\n".join(circles) or "No two source files import each other.")
    return bool(circles)


if __name__ == "__main__":
    sys.exit(main())
