//! Ctrl-C and `kill`.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::{Place, entries, reference};

/// More epochs than anyone waits for.
const ENDLESS: [&str; 4] = ["--set", "max_epochs=100000", "--set", "patience=100000"];
const LONG: Duration = Duration::from_secs(120);

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status().unwrap().success());
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < LONG, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn one_signal_saves_and_ends_and_the_same_command_continues() {
    for name in ["INT", "TERM"] {
        let place = Place::new();
        let mut child = place.command(&ENDLESS).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for("a checkpoint", || !entries(&place.store().join("checkpoints")).is_empty());
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains("Stopping after this step") && said.contains("continues from there"), "{name}: {said}");
        assert!(!entries(&place.store().join("checkpoints")).is_empty(), "{name}: no checkpoint was kept");
        assert!(entries(&place.store().join("leases")).is_empty(), "{name}: a lease was left");
        // Another experiment on the same store is not disturbed by what is unfinished there.
        place.finish();
        for (path, bytes) in reference() {
            assert_eq!(place.contents().get(path), Some(bytes), "{name}: {}", path.display());
        }
    }
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    // A single step takes seconds.
    let slow = ["--set", "width=64", "--set", "train_images=2000", "--set", "batch_size=2000"];
    let place = Place::new();
    let mut child = place.command(&slow).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("a lease", || !entries(&place.store().join("leases")).is_empty());
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "INT");
    let mut errors = child.stderr.take().unwrap();
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("A second Ctrl-C ends at once") {
        let mut buffer = [0; 256];
        let count = errors.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended after one signal: {}", String::from_utf8_lossy(&said));
        said.extend(&buffer[..count]);
    }
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(entries(&place.store().join("checkpoints")).is_empty(), "it finished its step first");
    place.finish();
    for (path, bytes) in reference() {
        assert_eq!(place.contents().get(path), Some(bytes), "{}", path.display());
    }
}
