//! Who runs the program, and what they may do.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::place::{Place, entries, reference, text};
use crate::program::ARGUMENTS;

/// The user and group `nobody`.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
}

/// Lets a command run without privileges; `false`, with a line that says so, where the user `nobody` cannot even start it.
#[allow(clippy::print_stderr, reason = "says that a test was skipped")]
fn without_privileges(command: &mut Command) -> bool {
    if !is_root() {
        return true;
    }
    let mut trial = Command::new(command.get_program());
    let starts = trial.arg("--list").uid(NOBODY).gid(NOBODY).output().is_ok_and(|output| output.status.success());
    if starts {
        command.uid(NOBODY).gid(NOBODY);
    } else {
        eprintln!("SKIPPED: the user {NOBODY} may not run {}", command.get_program().display());
    }
    starts
}

/// Applies a change to a folder and all that is in it.
fn everywhere(path: &Path, change: &dyn Fn(&Path)) {
    if path.is_dir() {
        for entry in entries(path) {
            everywhere(&entry, change);
        }
    }
    change(path);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn give_to_nobody(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// Lets everyone reach a place: temporary folders are private.
fn open_up(place: &Place) {
    set_mode(place.folder().parent().unwrap(), 0o755);
    set_mode(place.folder(), 0o755);
}

#[test]
fn an_unprivileged_user_without_a_home_gets_the_same() {
    let place = Place::new();
    open_up(&place);
    everywhere(place.folder(), &give_to_nobody);
    let mut command = place.command(&[]);
    let arguments =
        command.get_envs().find(|(name, _)| *name == ARGUMENTS).and_then(|(_, value)| value).unwrap().to_owned();
    command.env_clear().env(ARGUMENTS, arguments).current_dir("/");
    if !without_privileges(&mut command) {
        return;
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(&place.contents(), reference());
}

#[test]
fn a_store_that_may_not_be_written_is_read_and_otherwise_refused() {
    let place = Place::new();
    place.finish();
    open_up(&place);
    let store = place.store();
    everywhere(&store, &|path| set_mode(path, if path.is_dir() { 0o555 } else { 0o444 }));
    for name in ["reports", "figures"] {
        everywhere(&place.folder().join(name), &|path| {
            fs::remove_file(path).or_else(|_| fs::remove_dir(path)).unwrap()
        });
    }
    give_to_nobody(place.folder());

    // All is trained: the results are written from what is there.
    let mut same = place.command(&[]);
    // One seed more: there is something to train.
    let mut more = place.command(&["--seeds", "2"]);
    if without_privileges(&mut same) && without_privileges(&mut more) {
        let output = same.output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        assert_eq!(&place.contents(), reference());

        let output = more.output().unwrap();
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("cannot be used") && said.contains("--store"), "{said}");
        assert_eq!(place.stages().len(), 4);
    }
    let mut inspect = Command::new(env!("CARGO_BIN_EXE_inspect"));
    inspect.args(["runs", "--verify", "--store"]).arg(&store);
    let output = inspect.output().unwrap();
    assert!(output.status.success() && text(&output).contains("4 of 4 finished stages"), "{}", text(&output));
    // Otherwise the temporary folder could not be removed.
    everywhere(&store, &|path| set_mode(path, 0o755));
    for outer in entries(&store) {
        everywhere(&outer, &|path| set_mode(path, 0o755));
    }
}
