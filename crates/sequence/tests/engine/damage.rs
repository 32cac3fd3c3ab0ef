//! Damage is noticed, named, and repaired by training again.

use std::fs;
use std::path::Path;

use crate::support::{Watcher, contents, plan, run};

const FILES: [&str; 4] = ["record.json", "epochs.csv", "weights.safetensors", "checksums.json"];

fn flip_a_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn every_kind_of_damage_to_every_file_is_found_and_redone() {
    let plan = plan(&["seeds=1", "max_epochs=1"]);
    let root = tempfile::tempdir().unwrap();
    run(&plan, root.path(), 2, &Watcher::default()).unwrap();
    let reference = contents(&plan, root.path());
    let child = plan.stages.iter().find(|s| s.parent.is_some()).unwrap();
    let parent = plan.stages[child.parent.unwrap()].id;
    let damages: [fn(&Path); 3] = [
        flip_a_bit,
        |path| fs::write(path, &fs::read(path).unwrap()[..10]).unwrap(),
        |path| fs::remove_file(path).unwrap(),
    ];
    for file in FILES {
        for (number, damage) in damages.iter().enumerate() {
            let store = sequence::Store::open(root.path()).unwrap();
            // Removing the child makes the parent's weights needed, so that damage to them matters.
            fs::remove_dir_all(store.folder(child.id)).unwrap();
            damage(&store.folder(parent).join(file));
            let watcher = Watcher::default();
            let report = run(&plan, root.path(), 2, &watcher).unwrap();
            assert_eq!(report.trained, 2, "{file}, damage {number}");
            let notices = watcher.notices.into_inner().unwrap().join("\n");
            // Weights that are not there are what `inspect clean` leaves, so they are no damage.
            let dropped = file == "weights.safetensors" && number == 2;
            assert_eq!(
                !dropped,
                notices.contains(&parent.to_string()) && notices.contains("set aside"),
                "{file}: {notices}"
            );
            assert_eq!(contents(&plan, root.path()), reference, "{file}, damage {number}");
        }
    }
    assert!(fs::read_dir(root.path().join("damaged")).unwrap().count() >= 10);
}

#[test]
fn a_damaged_checkpoint_means_a_new_beginning() {
    let plan = plan(&["seeds=1"]);
    let (whole, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(&plan, whole.path(), 1, &Watcher::default()).unwrap();
    let stopped = Watcher { stop_after: Some(3), ..Watcher::default() };
    assert!(run(&plan, root.path(), 1, &stopped).unwrap().interrupted);
    let partial: Vec<_> = fs::read_dir(root.path().join("checkpoints")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(partial.len(), 1);
    flip_a_bit(&partial[0]);
    let watcher = Watcher::default();
    run(&plan, root.path(), 1, &watcher).unwrap();
    assert!(watcher.notices.into_inner().unwrap()[0].contains("begins anew"));
    assert_eq!(contents(&plan, whole.path()), contents(&plan, root.path()));
}

#[test]
fn damage_above_a_stage_that_lost_its_weights_is_found() {
    // first → second → third: the third is new, the second has no weights, and those of the first are damaged.
    let plan = plan(&["seeds=1", "max_epochs=1"]);
    let root = tempfile::tempdir().unwrap();
    run(&plan, root.path(), 2, &Watcher::default()).unwrap();
    let store = sequence::Store::open(root.path()).unwrap();
    let second = plan.stages.iter().position(|s| s.parent.is_some()).unwrap();
    let first = plan.stages[second].parent.unwrap();
    let mut longer = plan.clone();
    let third = sequence::Stage {
        id: "00112233445566778899aabbccddeeff".parse().unwrap(),
        parent: Some(second),
        position: 2,
        remaining: 0,
        ..plan.stages[second].clone()
    };
    longer.stages.push(third);
    store.drop_weights(plan.stages[second].id).unwrap();
    flip_a_bit(&store.folder(plan.stages[first].id).join("weights.safetensors"));
    let watcher = Watcher::default();
    assert_eq!(run(&longer, root.path(), 2, &watcher).unwrap().trained, 3);
    assert!(watcher.notices.into_inner().unwrap()[0].contains(&plan.stages[first].id.to_string()));
}
