//! What the file system and the clock may be like.

use std::fs::{self, File};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use crate::place::{Place, reference};

#[test]
fn folders_may_have_any_name() {
    let place = Place::named("a b, ünïcödé 训练 'q\" $HOME * -x");
    place.finish();
    assert_eq!(&place.contents(), reference());
    place.assert_nothing_is_left_over();
}

#[test]
fn a_clock_that_jumped_back_changes_nothing() {
    // Everything in the store was written in what is now the future, a dead process's leases and checkpoints included.
    let place = Place::new();
    let mut child = place.command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while place.stages().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let future = SystemTime::now() + Duration::from_secs(400 * 24 * 3600);
    let mut folders = vec![place.store()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            File::open(&path).unwrap().set_modified(future).unwrap();
            folders.extend(path.is_dir().then_some(path));
        }
    }
    place.finish();
    assert_eq!(&place.contents(), reference());
    place.assert_nothing_is_left_over();
}
