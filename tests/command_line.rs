//! What the programs say to a person, and their exit codes. Nothing here trains or needs a dataset.

use std::path::Path;
use std::process::{Command, Output};

const FIG1: &str = env!("CARGO_BIN_EXE_fig1");
const FIG6: &str = env!("CARGO_BIN_EXE_fig6");
const FIG7: &str = env!("CARGO_BIN_EXE_fig7");
const EXPERIMENT: &str = env!("CARGO_BIN_EXE_experiment");
const INSPECT: &str = env!("CARGO_BIN_EXE_inspect");

fn run(program: &str, arguments: &[&str], folder: &Path) -> (i32, String) {
    // Every path is given, so that no test touches the checkout's store.
    let Output { status, stdout, stderr } =
        Command::new(program).args(arguments).current_dir(folder).output().expect("the program starts");
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    (status.code().expect("the program ends by itself"), text)
}

#[test]
fn a_wrong_command_line_exits_with_2_and_says_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &[&str]); 9] = [
        (&["--datasets", "cifar"], &["cifar10", "fashion-mnist", "mnist", "svhn"]),
        (&["--scale", "huge"], &["smoke", "demo", "lite", "paper"]),
        (&["--set", "rate=1"], &["rate", "lr", "width"]),
        (&["--set", "lr=-1"], &["0 or more"]),
        (&["--set", "patience=soon"], &["whole number"]),
        (&["--seeds", "none"], &["3..6"]),
        (&["--precision", "fp8"], &["auto", "fp32", "bf16"]),
        (&["--device", "tpu"], &["auto", "cpu", "cuda:N"]),
        (&["--jobs", "0"], &["1..=1024"]),
    ];
    for (arguments, parts) in cases {
        let (code, text) = run(FIG6, arguments, folder.path());
        assert_eq!(code, 2, "{arguments:?}: {text}");
        for part in parts {
            assert!(text.contains(part), "{arguments:?}: `{part}` is not in: {text}");
        }
    }
}

#[test]
fn a_concept_figure_refuses_what_is_not_there_before_it_fetches_anything() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &[&str], &[&str]); 3] = [
        (FIG7, &["--datasets", "cifar"], &["cifar10", "fashion-mnist", "mnist", "svhn"]),
        (FIG7, &["--datasets", "svhn,mnist", "--index", "20000"], &["MNIST", "10000 test images", "--index 20000"]),
        (FIG1, &["--index", "10000"], &["CIFAR-10", "10000 test images"]),
    ];
    for (program, arguments, parts) in cases {
        let (code, text) = run(program, &[arguments, &["--data", ".", "--out", "."]].concat(), folder.path());
        assert_eq!(code, 2, "{arguments:?}: {text}");
        for part in parts {
            assert!(text.contains(part), "{arguments:?}: `{part}` is not in: {text}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_experiment_file_is_shown_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(
        &file,
        "name = \"mine\"\ntitle = \"Mine\"\n[[conditions]]\nlabel = \"a\"\npath = [{ blurr = 0.5 }]\n",
    )
    .unwrap();
    for (program, arguments) in [(EXPERIMENT, &["mine.toml"][..]), (FIG6, &["--experiment", "mine.toml"][..])] {
        let (code, text) = run(program, arguments, folder.path());
        assert_eq!(code, 2, "{text}");
        for part in ["mine.toml", "line 5", "blurr", "contrast"] {
            assert!(text.contains(part), "`{part}` is not in: {text}");
        }
    }
    let (code, text) = run(EXPERIMENT, &["absent.toml"], folder.path());
    assert_eq!(code, 2);
    assert!(text.contains("absent.toml"), "{text}");
}

#[test]
fn a_plan_counts_stages_and_trains_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(FIG6, &["--plan", "--scale", "smoke", "--store", "none", "--device", "cpu"], folder.path());
    assert_eq!(code, 0, "{text}");
    // Two seeds, each with a baseline, two first tasks and four second ones, instead of 1 + 4·2.
    for part in ["10 runs of 18 tasks", "Stages to train: 14", "saves 4", "Done: 0 of 14", "would take about"] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    assert!(!folder.path().join("none").exists());
}

#[test]
fn plot_only_draws_from_the_table_alone() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--plot-only", "--scale", "smoke", "--out", "."];
    let (code, text) = run(FIG6, &arguments, folder.path());
    assert_eq!(code, 1);
    assert!(text.contains("runs.csv") && text.contains("without --plot-only"), "{text}");

    let reports = folder.path().join("reports/smoke/fig6");
    std::fs::create_dir_all(&reports).unwrap();
    let mut table = "dataset,condition,seed,status,test_loss\nmnist,baseline,0,finished,1.2\n".to_owned();
    for (number, label) in ["[No, No]", "[No, Yes]", "[Yes, No]", "[Yes, Yes]"].iter().enumerate() {
        table += &format!("mnist,\"{label}\",0,finished,1.{number}\nmnist,\"{label}\",1,diverged,\n");
    }
    std::fs::write(reports.join("runs.csv"), table).unwrap();
    let (code, text) = run(FIG6, &arguments, folder.path());
    assert_eq!(code, 0, "{text}");
    let svg = std::fs::read_to_string(folder.path().join("figures/smoke/fig6.svg")).unwrap();
    assert!(svg.contains("[No, Yes]") && svg.contains("MNIST"));
    assert!(folder.path().join("figures/smoke/fig6.png").exists());
}

#[test]
fn help_names_every_option() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(FIG6, &["--help"], folder.path());
    assert_eq!(code, 0);
    for option in [
        "--scale",
        "--datasets",
        "--seeds",
        "--device",
        "--precision",
        "--jobs",
        "--store",
        "--out",
        "--experiment",
        "--set",
        "--plan",
        "--plot-only",
        "--quiet",
        "--format",
        "--submit",
        "--dry-run",
        "--slurm-config",
        "--collect",
        "--stage",
    ] {
        assert!(text.contains(option), "{option}");
    }
}

#[test]
fn inspecting_nothing_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(INSPECT, &["runs", "--store", "absent"], folder.path());
    assert_eq!(code, 1);
    assert!(text.contains("absent") && text.contains("nothing was trained"), "{text}");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let (code, text) = run(INSPECT, &["export", "12ab", "--to", "x", "--store", "empty"], folder.path());
    assert_eq!(code, 1);
    assert!(text.contains("no finished stage begins with `12ab`"), "{text}");
}
