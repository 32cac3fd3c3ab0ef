//! No two source files of a crate import each other: neither could be read, or moved, without the other.
//!
//! An import is any path to something that another file of the crate defines, in a `use` or in the code. A name that is
//! re-exported counts for the file that defines it. Re-exporting is no import: else every folder's root would be in a
//! circle with its files. Unit tests may import what they like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A path within a crate, from its root: of a module, or of an item in one.
type Names = Vec<String>;

#[test]
fn no_two_source_files_import_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    let mut crates = vec![root.join("xtask")];
    crates.extend(fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path()));
    crates.sort();
    let found: Vec<String> = crates.iter().flat_map(|folder| circles(&folder.join("src"))).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// What is written in one source file.
#[derive(Default)]
struct Source {
    /// Paths of `use` items and of the code, as written.
    imports: Vec<Names>,
    /// Paths of `pub use` items of any visibility, as written.
    reexports: Vec<Names>,
}

/// The pairs of files below `src` that import each other.
fn circles(src: &Path) -> Vec<String> {
    let files = files_in(src);
    let sources: BTreeMap<Names, Source> =
        files.iter().map(|(module, path)| (module.clone(), read(&fs::read_to_string(path).unwrap()))).collect();
    let imported: BTreeMap<&Names, BTreeSet<Names>> = sources
        .iter()
        .map(|(module, source)| {
            let paths = source.imports.iter().filter_map(|path| absolute(module, path, &sources));
            (module, paths.filter_map(|path| definer(path, &sources)).filter(|other| other != module).collect())
        })
        .collect();
    let mut found = Vec::new();
    for (one, others) in &imported {
        for other in others.iter().filter(|&other| *one < other && imported[other].contains(*one)) {
            found.push(format!("{} and {} import each other", files[*one].display(), files[other].display()));
        }
    }
    found
}

/// Every source file by its module. Files of a `tests` module are left out, and `bin`s are crates of their own.
fn files_in(src: &Path) -> BTreeMap<Names, PathBuf> {
    let mut files = BTreeMap::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(src).unwrap().with_extension("");
            let mut module: Names = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let is_root = module.len() == 1 && ["lib", "main"].contains(&module[0].as_str());
            if is_root || module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            let left_out = module.iter().any(|part| part == "tests" || part == "bin");
            if path.extension().is_some_and(|extension| extension == "rs") && !left_out {
                files.insert(module, path);
            }
        }
    }
    files
}

/// A path that is written in `module`, from the crate's root; `None` where it leads to another crate.
fn absolute(module: &Names, path: &Names, sources: &BTreeMap<Names, Source>) -> Option<Names> {
    let child = || [module.as_slice(), &path[..1]].concat();
    let (start, rest) = match path[0].as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (module.clone(), &path[1..]),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            (module[..module.len().checked_sub(ups)?].to_vec(), &path[ups..])
        }
        _ if sources.contains_key(&child()) => (child(), &path[1..]),
        _ => return None,
    };
    Some([start.as_slice(), rest].concat())
}

/// The module whose file defines what an absolute path leads to.
fn definer(mut path: Names, sources: &BTreeMap<Names, Source>) -> Option<Names> {
    // Each round follows one re-export; no chain of them is longer than there are files.
    for _ in 0..=sources.len() {
        let length = (0..=path.len()).rev().find(|&length| sources.contains_key(&path[..length]))?;
        let (module, rest) = (path[..length].to_vec(), &path[length..]);
        let reexported = rest.first().and_then(|name| {
            let original = sources[&module].reexports.iter().find(|original| original.last() == Some(name))?;
            absolute(&module, original, sources)
        });
        match reexported {
            Some(original) => path = [original.as_slice(), &rest[1..]].concat(),
            None => return Some(module),
        }
    }
    None
}

/// Reads what a file imports, its unit tests aside.
fn read(text: &str) -> Source {
    let tokens = without_tests(tokens(text));
    let mut source = Source::default();
    let mut at = 0;
    while at < tokens.len() {
        // `use<'a>` in a type says what it captures, and imports nothing.
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|next| next != "<") {
            let end = at + tokens[at..].iter().position(|token| token == ";").expect("a use ends");
            // Before it is `pub`, or the bracket that ends `pub(crate)`.
            let public = at > 0 && ["pub", ")"].contains(&tokens[at - 1].as_str());
            let mut paths = Vec::new();
            tree(&tokens[at + 1..end], &[], &mut paths);
            if public {
                source.reexports.extend(paths)
            } else {
                source.imports.extend(paths)
            }
            at = end;
        } else if is_name(&tokens[at]) && (at == 0 || tokens[at - 1] != "::") {
            let mut path = vec![tokens[at].clone()];
            while at + 2 < tokens.len() && tokens[at + 1] == "::" && is_name(&tokens[at + 2]) {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            if path.len() > 1 {
                source.imports.push(path);
            }
        }
        at += 1;
    }
    source
}

/// Every path of the tree of a `use`, under the names as defined. Paths that begin with `::` lead to other crates.
fn tree(tokens: &[String], prefix: &[String], paths: &mut Vec<Names>) {
    if tokens.first().is_some_and(|token| token == "::") {
        return;
    }
    let mut path = prefix.to_vec();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "::" => {}
            "as" => break,
            "{" => {
                let (mut depth, mut start) = (0, at + 1);
                for (end, token) in tokens.iter().enumerate().skip(at) {
                    depth += i32::from(token == "{") - i32::from(token == "}");
                    if (depth == 1 && token == ",") || depth == 0 {
                        if start < end {
                            tree(&tokens[start..end], &path, paths);
                        }
                        start = end + 1;
                    }
                }
                return;
            }
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
    }
    paths.push(path);
}

/// Leaves out what `#[cfg(test)]` stands before: up to its semicolon, or to the end of its block.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at..].iter().take(TEST.len()).eq(TEST.iter()) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0;
        for token in &tokens[at..] {
            at += 1;
            depth += i32::from(token == "{") - i32::from(token == "}");
            if depth == 0 && (token == ";" || token == "}") {
                break;
            }
        }
    }
    kept
}

/// A file's names, `::` and single marks, without comments and literals.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(inner) = rest.strip_prefix("/*") {
            inner.find("*/").map_or(rest.len(), |end| end + 4)
        } else if let Some(length) = raw_string(rest).or_else(|| quoted(rest, '"')).or_else(|| character(rest)) {
            length
        } else if is_name(rest) {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The length of the raw string that a text begins with.
fn raw_string(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let content = inner[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    Some(text.len() - content.len() + content.find(&close)? + close.len())
}

/// The length of the literal between two `mark`s that a text begins with.
fn quoted(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    let content = text.strip_prefix(mark)?;
    let end = content.find(|c| {
        let ends = c == mark && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(end + 2 * mark.len_utf8())
}

/// The length of the character literal that a text begins with; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let mut characters = text.strip_prefix('\'')?.chars();
    let (first, second) = (characters.next()?, characters.next()?);
    if first == '\\' || second == '\'' { quoted(text, '\'') } else { None }
}

/// The circles of a crate that is made of these files.
fn circles_of(files: &[(&str, &str)]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    circles(folder.path()).len()
}

#[test]
fn circles_are_found_however_they_are_written() {
    let a = ("a.rs", "use crate::b::B; pub struct A;");
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b;"), a, ("b.rs", "pub struct B(crate::a::A);")]), 1);
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b;"), a, ("b.rs", "use super::{x, a::{self, A}};")]), 1);
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b; pub use a::A;"), a, ("b.rs", "use crate::A;")]), 1);
    assert_eq!(circles_of(&[("lib.rs", "mod a; pub struct E; fn f() { a::f() }"), ("a.rs", "use crate::E;")]), 1);
    assert_eq!(circles_of(&[("p.rs", "mod c; struct E; use c::f;"), ("p/c.rs", "use super::E;"), ("lib.rs", "")]), 1);
}

#[test]
fn what_is_no_circle_is_not_found() {
    let a = ("a.rs", "use crate::b::B; pub struct A;");
    let tests = "pub struct B; #[cfg(test)] mod tests { use crate::a::A; fn f() { if x {} } }";
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b;"), a, ("b.rs", tests)]), 0);
    let words =
        "// crate::a::A\n/* crate::a::A */ const X: &str = \"\\\" crate::a::A\"; const Y: &str = r#\"crate::a::A\"#;";
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b;"), a, ("b.rs", words)]), 0);
    assert_eq!(circles_of(&[("p.rs", "mod c; pub use c::f; struct E;"), ("p/c.rs", "use super::E;")]), 0);
    let other_crate = "mod c; struct E; use ::c::f;";
    assert_eq!(circles_of(&[("p.rs", other_crate), ("p/c.rs", "use super::E;")]), 0);
}
