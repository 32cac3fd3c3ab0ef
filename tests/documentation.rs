//! What documents say: commands that their programs take, and links to files that are there.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the programs lie in the workspace")
}

/// The documents for people, without what is generated and what is a fixture.
fn documents() -> Vec<PathBuf> {
    let folders = ["", "docs", "python", "reports/bench", "reports/paper"];
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(root().join(folder)).ok())
        .flat_map(|entries| entries.map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    assert!(files.len() > 12, "{files:?}");
    files
}

/// The words of the `cargo xtask` commands in a document's blocks of shell, comments and redirections left out.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        match line {
            _ if line.starts_with("```") => inside = line == "```sh",
            _ if inside && line.starts_with("cargo xtask ") => {
                let words = shlex::split(line.split(" > ").next().unwrap()).expect("a command's quotes end");
                found.push(words[2..].to_vec());
            }
            _ => {}
        }
    }
    found
}

/// The program that `cargo xtask` starts for these words, and what it hands on.
fn program(words: &[String]) -> (PathBuf, Vec<String>) {
    let beside = |name: &str| Path::new(env!("CARGO_BIN_EXE_fig6")).with_file_name(name);
    let options: Vec<String> = words.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    match words[0].as_str() {
        "figure" if words[1] == "all" => (beside("figures"), options),
        "figure" => (beside(&format!("fig{}", words[1])), options),
        "run" => (beside("experiment"), [vec![words[1].clone()], options].concat()),
        "report" | "inspect" | "bench" => (beside(&words[0]), options),
        _ => (beside("xtask"), words.to_vec()),
    }
}

/// Whether a program takes these options: asked for help behind them, it reads them first.
fn refused(program: &Path, options: &[String]) -> Option<String> {
    let output = Command::new(program).args(options).arg("--help").current_dir(root()).output().expect("it starts");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn commands_are_ones_that_the_programs_take() {
    let mut tried = 0;
    for document in documents() {
        for words in commands(&std::fs::read_to_string(&document).unwrap()) {
            let (program, options) = program(&words);
            assert!(program.exists(), "{}: {words:?}: there is no {}", document.display(), program.display());
            let refused = refused(&program, &options);
            assert!(refused.is_none(), "{}: {words:?}: {}", document.display(), refused.unwrap());
            for file in words.iter().filter(|word| word.starts_with("experiments/")) {
                assert!(root().join(file).exists(), "{}: there is no {file}", document.display());
            }
            tried += 1;
        }
    }
    assert!(tried > 40, "only {tried} commands were found");
    // What is not taken would be noticed.
    let (program, _) = program(&["figure".to_owned(), "6".to_owned()]);
    for wrong in [["--scael", "demo"], ["--seeds", "some"]] {
        assert!(refused(&program, &wrong.map(str::to_owned)).is_some(), "{wrong:?}");
    }
}

#[test]
fn every_setting_is_in_the_manual() {
    let manual = std::fs::read_to_string(root().join("docs/experiments.md")).unwrap();
    for key in paths::Settings::KEYS {
        assert!(manual.contains(&format!("`{key}`")), "docs/experiments.md has no `{key}`");
    }
}

#[test]
fn links_lead_to_files() {
    let mut followed = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            assert!(document.with_file_name(path).exists(), "{}: there is no {path}", document.display());
            followed += 1;
        }
    }
    assert!(followed > 40, "only {followed} links were found");
}
