//! Processes that are killed, and processes that share a store.
//!
//! The processes are this test program itself, told by the environment to run one plan on one store.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Watcher, contents, plan, run};

const STORE: &str = "ENGINE_TEST_STORE";

/// Not a test of its own: the part that the killed processes play.
#[test]
fn worker() {
    let Ok(store) = std::env::var(STORE) else { return };
    let report = run(&plan(&[]), Path::new(&store), 2, &Watcher::default()).unwrap();
    println!("trained={}", report.trained);
}

fn spawn(store: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::worker", "--nocapture", "--test-threads=1"])
        .env(STORE, store)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn trained(child: Child) -> usize {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let number = text.split("trained=").nth(1).unwrap_or_else(|| panic!("{text}"));
    number.lines().next().unwrap().trim().parse().unwrap()
}

#[test]
fn killed_at_any_moment_and_started_again_gives_the_same_bits() {
    let plan = plan(&[]);
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(&plan, whole.path(), 2, &Watcher::default()).unwrap();
    // Growing delays: the process is killed while it starts, in the middle of stages, and while it writes; where it happens
    // to be finished already, the last start finds that.
    for attempt in 0..12u64 {
        let mut child = spawn(killed.path());
        std::thread::sleep(Duration::from_millis(40 + 37 * attempt));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    trained(spawn(killed.path()));
    assert_eq!(contents(&plan, whole.path()), contents(&plan, killed.path()));
    // Files that were being written at the moment of a kill are left to `inspect clean`.
    sequence::Store::open(killed.path()).unwrap().clear_temporary().unwrap();
    for folder in ["checkpoints", "staging", "leases"] {
        assert_eq!(std::fs::read_dir(killed.path().join(folder)).unwrap().count(), 0, "{folder}");
    }
}

#[test]
fn two_processes_on_one_store_share_the_work() {
    let plan = plan(&[]);
    let (alone, shared) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(&plan, alone.path(), 2, &Watcher::default()).unwrap();
    let (first, second) = (spawn(shared.path()), spawn(shared.path()));
    assert_eq!(trained(first) + trained(second), plan.stages.len());
    assert_eq!(contents(&plan, alone.path()), contents(&plan, shared.path()));
}
