//! Standard output and error that nobody reads, or that are no terminal.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::place::{Place, entries, reference, text};

/// A pipe whose reading end is closed.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn output_closed_early_does_not_end_a_training() {
    let place = Place::new();
    let mut child = place.command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The test program's own first lines have been read by then.
    let mut output = child.stdout.take().unwrap();
    let _ = output.read(&mut [0; 64]).unwrap();
    while entries(&place.store().join("leases")).is_empty() && entries(&place.store().join("stages")).is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop((output, child.stderr.take()));
    assert!(child.wait().unwrap().success());
    assert_eq!(&place.contents(), reference());
}

#[test]
fn no_program_fails_because_nobody_reads_it() {
    let place = Place::new();
    place.finish();
    let (store, out) = (place.store(), place.folder().join("report"));
    let runs = place.folder().join("reports/tiny/faults/runs.csv");
    let [store, out, runs] = [&store, &out, &runs].map(|path| path.to_str().unwrap());
    let inspect = env!("CARGO_BIN_EXE_inspect");
    let cases: [(&str, &[&str], i32); 7] = [
        (inspect, &["runs", "--store", store], 0),
        (inspect, &["clean", "--dry-run", "--store", store], 0),
        (inspect, &["runs", "--store", "absent"], 1),
        (inspect, &["--help"], 0),
        (env!("CARGO_BIN_EXE_report"), &["--runs", runs, "--out", out], 0),
        (env!("CARGO_BIN_EXE_report"), &["--runs", "absent.csv", "--out", out], 1),
        (env!("CARGO_BIN_EXE_fig6"), &["--plan", "--scale", "smoke", "--device", "cpu", "--store", store], 0),
    ];
    for (program, arguments, expected) in cases {
        let status = Command::new(program)
            .args(arguments)
            .current_dir(place.folder())
            .stdout(closed())
            .stderr(closed())
            .status()
            .unwrap();
        let name = Path::new(program).file_name().unwrap().to_string_lossy();
        assert_eq!(status.code(), Some(expected), "{name} {arguments:?}");
    }
}

/// What is printed is what was asked for: a file that is cut short must not look like one that is whole.
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let place = Place::new();
    place.finish();
    let (store, out) = (place.store(), place.folder().join("report"));
    let runs = place.folder().join("reports/tiny/faults/runs.csv");
    let [store, out, runs] = [&store, &out, &runs].map(|path| path.to_str().unwrap());
    let (inspect, fig6) = (env!("CARGO_BIN_EXE_inspect"), env!("CARGO_BIN_EXE_fig6"));
    let plan = ["--scale", "smoke", "--store", store];
    let cases: [(&str, Vec<&str>); 5] = [
        (inspect, vec!["runs", "--csv", "--store", store]),
        (env!("CARGO_BIN_EXE_report"), vec!["--runs", runs, "--out", out]),
        (fig6, [&plan[..], &["--plan", "--device", "cpu"]].concat()),
        (fig6, [&plan[..], &["--plan", "--format", "jsonl"]].concat()),
        (fig6, [&plan[..], &["--submit", "slurm", "--dry-run"]].concat()),
    ];
    for (program, arguments) in cases {
        let run = |stdout: Stdio| {
            Command::new(program).args(&arguments).current_dir(place.folder()).stdout(stdout).output().unwrap()
        };
        let full = run(std::fs::File::options().write(true).open("/dev/full").unwrap().into());
        let said = text(&full);
        assert_eq!(full.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("standard output cannot be written"), "{arguments:?}: {said}");
        let gone = run(closed());
        assert!(gone.status.success() && gone.stderr.is_empty(), "{arguments:?}: {}", text(&gone));
    }
}

#[test]
fn without_a_terminal_progress_is_plain_lines() {
    let place = Place::new();
    let output = place.run(&[]);
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains('\x1b'), "{said:?}");
    assert!(said.contains("4 stages to train") && said.contains("test loss"), "{said}");
    let quiet = Place::new().run(&["--quiet"]);
    assert!(quiet.status.success() && quiet.stderr.is_empty(), "{}", text(&quiet));
}
