//! Tables in whose place other ones are written.

use std::fs;
use std::process::Command;

use crate::place::{Place, text};

#[test]
fn another_experiment_of_the_same_name_loses_nothing_of_the_first() {
    let place = Place::new();
    place.finish();
    let reports = place.folder().join("reports/tiny/faults");
    let runs = reports.join("runs.csv");
    let first = fs::read(&runs).unwrap();
    let report = || {
        let arguments = ["--runs", runs.to_str().unwrap(), "--out", reports.to_str().unwrap()];
        assert!(Command::new(env!("CARGO_BIN_EXE_report")).args(arguments).status().unwrap().success());
    };
    report();

    // The same again replaces nothing.
    place.finish();
    assert!(reports.join("report.md").exists() && !reports.join("earlier-1").exists());

    // More runs: their table takes the place of the other, whose reports would be taken for theirs.
    let said = text(&place.run(&["--seeds", "2"]));
    assert!(said.contains("are on an earlier runs.csv") && said.contains("earlier-1"), "{said}");
    assert!(!reports.join("report.md").exists() && reports.join("earlier-1/report.md").exists());
    let more = fs::read(&runs).unwrap();

    // Other runs.
    report();
    let output = place.run(&["--set", "lr=0.02"]);
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("5 of 5 runs are not among the 3 that take their place"), "{said}");
    for name in ["runs.csv", "summary.csv", "settings.json", "report.md", "tests.csv", "report.json"] {
        assert!(reports.join("earlier-2").join(name).exists(), "{name}");
    }
    assert_eq!(fs::read(reports.join("earlier-2/runs.csv")).unwrap(), more);
    assert!(!reports.join("report.md").exists() && reports.join("summary.csv").exists());

    // And back.
    let said = text(&place.run(&[]));
    assert!(said.contains("earlier-3"), "{said}");
    assert_eq!(fs::read(&runs).unwrap(), first);
}
