//! Looking at what was trained: curves, event files, the live page, and measures that are asked for by a wrong name.

use std::fs;
use std::process::Command;

use crate::place::{Place, entries, text};

fn inspect(place: &Place, arguments: &[&str]) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_inspect"));
    program.args(arguments).arg("--store").arg(place.store()).current_dir(place.folder());
    let output = program.output().unwrap();
    (output.status.success(), text(&output))
}

#[test]
fn what_was_trained_can_be_looked_at_by_stage_by_table_and_in_tensorboard() {
    let place = Place::new();
    place.finish();
    let at = |name: &str| place.folder().join(name);
    let runs = "reports/tiny/faults/runs.csv";

    let (ok, said) = inspect(&place, &["curves", "--runs", runs, "--to", "all"]);
    assert!(ok && said.contains("all.png"), "{said}");
    let table = fs::read_to_string(at("all.csv")).unwrap();
    // Three runs of one, two and two tasks: a line for each epoch and one before the first.
    assert_eq!(table.lines().count(), 1 + 5 * 3);
    assert_eq!(table, fs::read_to_string(at("reports/tiny/faults/curves.csv")).unwrap());
    for ending in ["svg", "png", "pdf"] {
        assert!(fs::metadata(at(&format!("all.{ending}"))).unwrap().len() > 0);
    }

    let mut reader = csv::Reader::from_path(at(runs)).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "stage").unwrap();
    let stages: Vec<String> = reader.records().map(|record| record.unwrap()[column].to_owned()).collect();
    let (ok, said) = inspect(&place, &["curves", &stages[1], "--to", "one"]);
    assert!(ok, "{said}");
    assert_eq!(fs::read_to_string(at("one.csv")).unwrap().lines().count(), 1 + 2 * 3);
    let (ok, said) = inspect(&place, &["curves", "--runs", "faults.toml"]);
    assert!(!ok && said.contains("no column `condition`"), "{said}");

    let (ok, said) = inspect(&place, &["export", "--tensorboard", "events"]);
    assert!(ok && said.contains("3 runs") && said.contains("tensorboard --logdir"), "{said}");
    let paths = entries(&at("events/mnist"));
    assert_eq!(paths.len(), 3);
    for path in paths {
        let files = entries(&path.join("seed 0"));
        assert_eq!(files.len(), 1, "{}", path.display());
        assert!(files[0].file_name().unwrap().to_string_lossy().starts_with("events.out.tfevents."));
    }

    // By the experiment's conditions, whose labels they have then.
    let of = ["--experiment", "faults.toml"];
    let asked = |command: &[&'static str]| inspect(&place, &[command, &of[..]].concat());
    let (ok, said) = asked(&["norms"]);
    assert!(ok && said.contains("jump") && said.contains("weights L2"), "{said}");
    let (ok, said) = asked(&["measure", "--measure", "calibration"]);
    assert!(ok && said.contains("reset") && said.contains("temperature"), "{said}");
    let (ok, said) = asked(&["curves", "--to", "conditions"]);
    assert!(ok, "{said}");
    assert_eq!(table, fs::read_to_string(at("conditions.csv")).unwrap());
    let (ok, said) = asked(&["export", "--tensorboard", "labelled"]);
    assert!(ok, "{said}");
    let labels: Vec<_> =
        entries(&at("labelled/mnist")).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(labels, ["baseline", "jump", "reset"]);
    let (ok, said) = asked(&["norms", "--set", "lr=3e-3"]);
    assert!(!ok && said.contains("nothing of faults.toml with these settings is trained"), "{said}");
    let (ok, said) = inspect(&place, &["norms", "1a2b", "--scale", "tiny"]);
    assert!(!ok && said.contains("--experiment"), "{said}");

    let live = fs::read_to_string(at("reports/tiny/faults/live.html")).unwrap();
    assert!(live.contains("Everything is trained.") && !live.contains("http-equiv"), "{live}");
}

#[test]
fn a_measure_that_does_not_exist_is_refused_before_anything_is_trained() {
    let place = Place::new();
    let file = place.folder().join("faults.toml");
    let text_of = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("measures = [\"sharpnes\"]\n{text_of}")).unwrap();
    let output = place.run(&[]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("there is no measure `sharpnes`") && said.contains("sharpness@1"), "{said}");
    assert!(place.stages().is_empty());
}
