//! Processes that are killed, and processes that meet.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::place::{Place, reference};

const KILLS: usize = 100;

#[test]
fn killed_at_a_hundred_random_moments_it_loses_nothing_and_ends_the_same() {
    let reference = reference();
    let began = Instant::now();
    Place::new().finish();
    let mut took = began.elapsed();
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let (mut kills, mut attempts, mut with_stages, mut without) = (0, 0, 0, 0);
    while kills < KILLS {
        attempts += 1;
        assert!(attempts < 5 * KILLS, "the program ends before it can be killed: {kills} of {attempts} times");
        let place = Place::new();
        let mut child = place.command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(took.mul_f64(random.random_range(0.0..1.0)));
        if child.try_wait().unwrap().is_some() {
            took = took.mul_f64(0.95);
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;

        // With their times: a stage that is trained again has another record.
        let records = || -> BTreeMap<_, _> {
            place
                .stages()
                .into_iter()
                .map(|stage| (stage.clone(), fs::read(stage.join("record.json")).unwrap()))
                .collect()
        };
        let before = records();
        if before.is_empty() {
            without += 1
        } else {
            with_stages += 1
        }
        place.finish();
        assert_eq!(&place.contents(), reference, "kill {kills}");
        let after = records();
        assert!(before.iter().all(|(stage, record)| after.get(stage) == Some(record)), "kill {kills}: work was lost");
        place.assert_nothing_is_left_over();
    }
    assert!(with_stages > 0 && without > 0, "kills fell on one part of the run only: {with_stages}, {without}");
}

#[test]
fn two_programs_on_one_store_at_the_same_time_end_the_same() {
    let place = Place::new();
    let start = || place.command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut both = [start(), start()];
    for child in &mut both {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(&place.contents(), reference());
    place.assert_nothing_is_left_over();
}
