//! A disk that is full, at every kind of write.
//!
//! A limit on the size of files stands in for the disk: every write beyond it fails, as on a full disk, for any user.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output};

use crate::place::{Place, reference, text};

/// Runs a command whose files may not grow beyond so many blocks of 512 bytes.
fn limited(command: &Command, blocks: usize) -> Output {
    let mut shell = Command::new("sh");
    // Ignored, so that a write beyond the limit fails instead of ending the process.
    shell.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", &blocks.to_string()]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        shell.env(name, value.expect("no variable is removed"));
    }
    shell.output().unwrap()
}

/// Which part of the store or of the results an error message is about.
fn part(message: &str) -> Option<&'static str> {
    [
        "store.json",
        "/plans/",
        "/leases/",
        "/checkpoints/",
        "/staging/",
        "runs.csv",
        "summary.csv",
        "faults.svg",
        "faults.png",
    ]
    .into_iter()
    .find(|part| message.contains(part))
}

#[test]
fn a_full_disk_is_said_at_every_kind_of_write_and_costs_nothing_finished() {
    let mut met = BTreeSet::new();
    for checkpoint_seconds in ["0", "3600"] {
        for blocks in [0, 1, 2, 3, 4, 8, 64, 120, 400] {
            let place = Place::new();
            let output = limited(&place.command(&["--checkpoint-seconds", checkpoint_seconds]), blocks);
            if output.status.success() {
                continue;
            }
            let said = text(&output);
            assert_eq!(output.status.code(), Some(1), "{blocks} blocks: {said}");
            assert!(said.contains("disk is full") || said.contains("cannot be written"), "{blocks} blocks: {said}");
            met.insert(part(&said).unwrap_or_else(|| panic!("{blocks} blocks, no part of the store is named: {said}")));
            place.finish();
            assert_eq!(&place.contents(), reference(), "{blocks} blocks");
            place.assert_nothing_is_left_over();
        }
    }
    // The small files of the store, when they are the first to be written.
    let place = Place::new();
    place.finish();
    for folder in ["plans", "stages"] {
        fs::remove_dir_all(place.store().join(folder)).unwrap();
        let said = text(&limited(&place.command(&[]), 0));
        met.insert(part(&said).unwrap_or_else(|| panic!("without {folder}, no part of the store is named: {said}")));
        place.finish();
        assert_eq!(&place.contents(), reference(), "without {folder}");
        place.assert_nothing_is_left_over();
    }
    // Trained, but the results are gone: now only they are written.
    for blocks in [0, 1, 2, 8, 16, 32, 64] {
        for folder in ["reports", "figures"] {
            let _ = fs::remove_dir_all(place.folder().join(folder));
        }
        let output = limited(&place.command(&[]), blocks);
        if output.status.success() {
            continue;
        }
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{blocks} blocks: {said}");
        met.insert(part(&said).unwrap_or_else(|| panic!("{blocks} blocks, no file is named: {said}")));
        place.finish();
        assert_eq!(&place.contents(), reference(), "{blocks} blocks");
    }
    for kind in ["store.json", "/plans/", "/leases/", "/checkpoints/", "/staging/", "runs.csv", "faults.svg"] {
        assert!(met.contains(kind), "no limit made a write to {kind} fail: {met:?}");
    }
}
