//! What the programs give to schedulers. Nothing here trains, needs a dataset or needs Slurm; tests/slurm does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FIG6: &str = env!("CARGO_BIN_EXE_fig6");
const EXPERIMENT: &str = env!("CARGO_BIN_EXE_experiment");
const FIGURES: &str = env!("CARGO_BIN_EXE_figures");
const INSPECT: &str = env!("CARGO_BIN_EXE_inspect");

/// Runs a program with `bin` before everything else on the PATH: exit code, standard output, standard error.
fn run(program: &str, arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("the program ends by itself"), text(output.stdout), text(output.stderr))
}

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("it's \"50%\" $HOME ").tempdir().unwrap()
}

/// Programs that stand in for Slurm's on the PATH.
fn programs(folder: &Path) {
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    for (name, lines) in
        [("sbatch", "echo \"$@\" >> asked; echo 7"), ("squeue", "true"), ("scontrol", "echo 'MaxArraySize = 4'")]
    {
        fs::write(bin.join(name), format!("#!/bin/bash\n{lines}\n")).unwrap();
        fs::set_permissions(bin.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_dry_run_prints_scripts_from_file_and_command_line_and_leaves_nothing() {
    let folder = folder();
    programs(folder.path());
    fs::write(folder.path().join("slurm.toml"), "[slurm]\npartition = \"gpu\"\ntime = \"1:00:00\"\n").unwrap();
    let arguments =
        ["--scale", "smoke", "--store", "my store", "--submit", "slurm", "--dry-run", "--partition", "long"];
    let (code, text, errors) = run(FIG6, &arguments, folder.path());
    assert_eq!(code, 0, "{errors}");
    for line in [
        "#SBATCH --partition=\"long\"",
        "#SBATCH --time=\"1:00:00\"",
        "#SBATCH --cpus-per-task=\"1\"",
        // Six stages have no parent, and the site's arrays hold four.
        "#SBATCH --array=\"0-3\"",
        "#SBATCH --array=\"0-1\"",
        "# array_3=$(sbatch --parsable --dependency=aftercorr:$array_1 array-3.sh)",
    ] {
        assert!(text.lines().any(|l| l == line), "`{line}` is not a line of:\n{text}");
    }
    // What a shell makes of the scripts' commands is what was meant.
    let root = folder.path().canonicalize().unwrap();
    let worker = text.lines().find(|line| line.contains("--stage")).unwrap().replace("\"$stage\" &", "");
    let words = shlex::split(&worker).unwrap();
    assert_eq!(words[1..3], ["--store", root.join("my store").to_str().unwrap()]);
    assert_eq!(words.last().unwrap(), "--stage");
    let collect = shlex::split(text.lines().last().unwrap()).unwrap();
    assert_eq!(collect[2..11], arguments);
    assert_eq!(collect[11..13], ["--collect", "--as-submitted"]);
    assert!(collect[13].ends_with("/1/experiment.toml"));
    assert!(!folder.path().join("my store").exists() && !folder.path().join("asked").exists());
}

#[test]
fn wrong_settings_exit_with_2_and_say_where() {
    let folder = folder();
    programs(folder.path());
    fs::write(folder.path().join("mine.toml"), "[slurm]\npartitions = \"gpu\"\n").unwrap();
    let with = |more: &[&'static str]| {
        [&["--scale", "smoke", "--store", "s", "--submit", "slurm", "--dry-run"], more].concat()
    };
    for (more, parts) in [
        (with(&["--slurm-config", "mine.toml"]), ["mine.toml", "line 2", "partition"]),
        (with(&["--slurm-config", "absent.toml"]), ["absent.toml", "No such file", ""]),
        (with(&["--account", "a\nb"]), ["account", "line break", ""]),
        (with(&["--plan"]), ["--plan", "cannot be used with", "--submit"]),
        (vec!["--dry-run"], ["--submit", "required", ""]),
        (vec!["--stage", "12"], ["12", "32 hexadecimal digits", ""]),
    ] {
        let (code, _, errors) = run(FIG6, &more, folder.path());
        assert_eq!(code, 2, "{more:?}: {errors}");
        for part in parts {
            assert!(errors.contains(part), "{more:?}: `{part}` is not in: {errors}");
        }
    }
}

#[test]
fn a_plan_in_lines_has_parents_before_children_and_commands_that_know_their_stage() {
    let folder = folder();
    let arguments = ["--scale", "smoke", "--store", "my store", "--plan", "--format", "jsonl"];
    let (code, text, errors) = run(FIG6, &arguments, folder.path());
    assert_eq!(code, 0, "{errors}");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 14);
    let mut seen = Vec::new();
    for line in &lines {
        let parents = line["parents"].as_array().unwrap();
        assert_eq!(parents.len() as u64, line["depth"].as_u64().unwrap().min(1));
        assert!(parents.iter().all(|parent| seen.contains(parent)));
        seen.push(line["stage"].clone());
        assert_eq!(line["done"], false);
        let command: Vec<&str> =
            line["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert!(PathBuf::from(command[0]).is_absolute());
        assert_eq!(command[command.len() - 2..], ["--stage", line["stage"].as_str().unwrap()]);
    }
    // The stage is known by its identity alone: the worker gets as far as looking for a device that is not there.
    let id = lines[13]["stage"].as_str().unwrap();
    let (code, _, errors) =
        run(EXPERIMENT, &["--stage", id, "--store", "my store", "--device", "cuda:99"], folder.path());
    assert_eq!(code, 2);
    assert!(errors.contains("cuda:99"), "{errors}");
    let (code, _, errors) = run(FIG6, &["--stage", &"0".repeat(32), "--store", "my store"], folder.path());
    assert_eq!(code, 1);
    assert!(errors.contains("does not say what stage 0000") && errors.contains("--plan --format jsonl"), "{errors}");
}

#[test]
fn all_figures_are_handed_over_one_by_one_and_a_job_of_theirs_is_one_of_them() {
    let folder = folder();
    programs(folder.path());
    let common = ["--scale", "smoke", "--store", "s", "--out", ".", "--data", "none"];
    let (code, text, errors) =
        run(FIGURES, &[&common[..], &["--submit", "slurm", "--dry-run"]].concat(), folder.path());
    assert_eq!(code, 0, "{errors}");
    assert_eq!(text.matches("--collect --as-submitted").count(), 8, "{text}");
    assert!(!folder.path().join("figures").exists() && !folder.path().join("s").exists());

    // What the jobs are given: a copy of one experiment to collect, or a stage. Neither draws a concept figure, which needs data.
    let copy = concat!(env!("CARGO_MANIFEST_DIR"), "/../experiments/fig6.toml");
    let arguments = [&common[..], &["--submit", "slurm", "--collect", "--as-submitted", copy]].concat();
    let (code, _, errors) = run(FIGURES, &arguments, folder.path());
    assert_eq!(code, 1);
    assert_eq!(errors.matches("has no result: ").count(), 14, "{errors}");
    let id = "0".repeat(32);
    let (code, _, errors) = run(FIGURES, &[&common[..], &["--stage", &id]].concat(), folder.path());
    assert_eq!(code, 1);
    assert_eq!(errors.matches("does not say what stage 0000").count(), 1, "{errors}");
    assert!(!folder.path().join("none").exists(), "{errors}");
}

#[test]
fn collecting_from_an_empty_store_names_what_is_missing() {
    let folder = folder();
    let arguments = ["--scale", "smoke", "--store", "s", "--out", ".", "--collect"];
    let (code, _, errors) = run(FIG6, &arguments, folder.path());
    assert_eq!(code, 1);
    assert_eq!(errors.matches("has no result: mnist · ").count(), 14, "{errors}");
    assert!(!folder.path().join("s").exists() && !folder.path().join("reports").exists());
}

#[test]
fn watching_nothing_says_so() {
    let folder = folder();
    fs::create_dir(folder.path().join("s")).unwrap();
    let (code, _, errors) = run(INSPECT, &["runs", "--watch", "--store", "s"], folder.path());
    assert_eq!(code, 1);
    assert!(errors.contains("nothing was submitted from the store s"), "{errors}");
    let (code, _, errors) = run(INSPECT, &["runs", "--interval", "3", "--store", "s"], folder.path());
    assert_eq!(code, 2);
    assert!(errors.contains("--watch"), "{errors}");
}
