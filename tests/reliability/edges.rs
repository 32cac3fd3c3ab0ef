//! Numbers at the edge of what is allowed.

use std::fs;

use crate::place::{Place, text};
use crate::program::ABSENT_CLASS;

/// Runs with settings changed, and gives the exit code, what was printed, and the cells of a column of the table.
fn run(settings: &[&str], column: &str) -> (Option<i32>, String, Vec<String>) {
    let place = Place::new();
    let options: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    let output = place.run(&options);
    (output.status.code(), text(&output), cells(&place, column))
}

/// A column of the table of runs; nothing where there is no table.
fn cells(place: &Place, column: &str) -> Vec<String> {
    let Ok(table) = fs::read(place.folder().join("reports/tiny/faults/runs.csv")) else { return Vec::new() };
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
    reader.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

#[test]
fn settings_at_the_edge_work() {
    for settings in [
        &["lr=0"][..],
        &["batch_size=1000000000"],
        &["batch_size=2"],
        &["patience=0", "max_epochs=5"],
        &["max_epochs=1"],
        &["test_images=1"],
        &["train_images=3", "validation_fraction=0.4"],
        &["momentum=0", "weight_decay=0"],
        &["width=1"],
    ] {
        let (code, said, status) = run(settings, "status");
        assert_eq!((code, status), (Some(0), vec!["finished".to_owned(); 3]), "{settings:?}: {said}");
    }
}

#[test]
fn without_a_learning_rate_weights_stay_and_the_first_epoch_is_the_best() {
    let (_, said, best) = run(&["lr=0", "carry=\"last\"", "max_epochs=3"], "best_epoch");
    assert_eq!(best.len(), 3, "{said}");
    let (_, _, epochs) = run(&["max_epochs=1"], "epochs");
    assert_eq!(epochs, ["1", "1", "1"]);
    let (_, _, epochs) = run(&["patience=0", "max_epochs=50", "lr=0"], "epochs");
    assert!(epochs.iter().all(|epochs| epochs.parse::<usize>().unwrap() < 50), "{epochs:?}");
}

#[test]
fn a_run_that_diverges_is_a_result_with_a_name() {
    let (code, said, status) = run(&["lr=1e30"], "status");
    assert_eq!((code, status), (Some(1), vec!["diverged".to_owned(); 3]), "{said}");
    assert!(said.contains("3 of 3 runs diverged"), "{said}");
}

#[test]
fn one_image_is_refused_with_the_way_out() {
    for settings in [&["train_images=1"][..], &["train_images=2"]] {
        let (code, said, rows) = run(settings, "status");
        assert_eq!((code, rows.len()), (Some(1), 0), "{said}");
        assert!(said.contains("leave none to train on or none to validate on; ask for more images"), "{said}");
    }
}

#[test]
fn a_class_without_training_images_is_no_fault() {
    let place = Place::new();
    let output = place.command(&[]).env(ABSENT_CLASS, "3").output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(cells(&place, "status"), ["finished"; 3]);
}

#[test]
fn transformations_at_their_ends_work_and_the_standard_ones_are_none() {
    let place = Place::new();
    let conditions = [
        "[{ blur = 1.0, contrast = 1.0, shift = 0.0 }]",
        "[{ contrast = 0 }]",
        "[{ shift = 1 }]",
        "[{ blur = 1e-9 }]",
        "[{ blur = 1e-9, contrast = 0, shift = 1 }, {}]",
    ];
    let mut file = String::from(
        "name = \"faults\"\ntitle = \"Edges\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\nbaseline_seeds = 1\n\
         train_images = 60\ntest_images = 20\nwidth = 2\n[scale.tiny]\nstem = \"7x7\"\nbatch_size = 16\nmax_epochs = 1\n",
    );
    for (number, path) in conditions.iter().enumerate() {
        file += &format!("[[conditions]]\nlabel = \"{number}\"\npath = {path}\n");
    }
    file += "[[conditions]]\nlabel = \"one task\"\nfrom = { blur = 0.25 }\ntasks = 1\n";
    fs::write(place.folder().join("faults.toml"), file).unwrap();
    let output = place.run(&[]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(cells(&place, "status"), ["finished"; 7]);
    let stages = cells(&place, "stage");
    assert_eq!(stages[0], stages[1], "a condition without a transformation is the baseline");
    assert_eq!(stages[0], stages[6], "a path of one task is its target");
}
