//! Same identity, same bits.

use sequence::{Status, Store, plans, results};

use crate::support::{Watcher, contents, plan, run};

#[test]
fn results_do_not_depend_on_jobs_or_on_what_else_is_planned() {
    let plan = plan(&[]);
    // Per seed: blur, sharp, reset-sharp, shift, centred; and one baseline.
    assert_eq!((plan.stages.len(), plan.shared()), (11, 2));
    let (one, three, part) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(run(&plan, one.path(), 1, &Watcher::default()).unwrap().trained, 11);
    assert_eq!(run(&plan, three.path(), 3, &Watcher::default()).unwrap().trained, 11);
    let reference = contents(&plan, one.path());
    assert_eq!(reference.len(), 11);
    assert_eq!(reference, contents(&plan, three.path()));

    let few = crate::support::plan(&["seeds=\"1..2\""]);
    run(&few, part.path(), 2, &Watcher::default()).unwrap();
    for (id, entry) in contents(&few, part.path()) {
        assert_eq!(Some(&entry), reference.get(&id));
    }
}

#[test]
fn a_finished_plan_trains_nothing() {
    let (plan, store) = (plan(&["seeds=1"]), tempfile::tempdir().unwrap());
    let first = run(&plan, store.path(), 2, &Watcher::default()).unwrap();
    assert!(first.trained > 0 && !first.interrupted);
    let watcher = Watcher::default();
    assert_eq!(run(&plan, store.path(), 2, &watcher).unwrap().trained, 0);
    assert_eq!(watcher.steps.into_inner(), 0);
}

#[test]
fn interrupted_at_any_step_and_continued_is_the_same_as_never_interrupted() {
    let plan = plan(&["seeds=1"]);
    let (whole, pieces) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let uninterrupted = Watcher::default();
    run(&plan, whole.path(), 1, &uninterrupted).unwrap();
    let steps = uninterrupted.steps.into_inner();
    let mut interruptions = 0;
    loop {
        // 7 steps an epoch: stopping every 5 steps falls on every place of an epoch in turn.
        let watcher = Watcher { stop_after: Some(5), ..Watcher::default() };
        let report = run(&plan, pieces.path(), 1, &watcher).unwrap();
        if !report.interrupted {
            break;
        }
        interruptions += 1;
        assert!(interruptions < 1000, "no progress");
    }
    assert_eq!(interruptions, (steps - 1) / 5);
    assert_eq!(contents(&plan, whole.path()), contents(&plan, pieces.path()));
    assert_eq!(std::fs::read_dir(pieces.path().join("checkpoints")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(pieces.path().join("leases")).unwrap().count(), 0);
}

#[test]
fn a_run_that_diverges_is_recorded_and_the_others_go_on() {
    let plan = plan(&["seeds=1", "lr=1e30"]);
    let store = tempfile::tempdir().unwrap();
    let report = run(&plan, store.path(), 2, &Watcher::default()).unwrap();
    assert!(report.failed.is_empty() && !report.interrupted);
    let (rows, missing) = results(&plan, &Store::open_to_read(store.path()).unwrap()).unwrap();
    assert_eq!((rows.len(), missing), (4, 0));
    assert!(rows.iter().all(|row| row.status == Status::Diverged && row.test_loss.is_none()));
    assert_eq!(run(&plan, store.path(), 2, &Watcher::default()).unwrap().trained, 0);
    // What cannot be trained any more does not keep a plan unfinished, and stray files do not get in the way.
    let store = Store::open(store.path()).unwrap();
    plans::keep(&store, &plan).unwrap();
    std::fs::write(store.root().join("plans/.partial-abc"), "").unwrap();
    std::fs::write(store.root().join("stages/stray"), "").unwrap();
    assert!(plans::still_needed(&store).unwrap().1.is_empty());
    assert_eq!(store.stages().unwrap().len(), 3);
    assert_eq!(store.clear_temporary().unwrap(), 1);
}

#[test]
fn one_image_left_over_is_no_reason_to_diverge() {
    // 108 training images in batches of 107: one is left over, and the 7×7 stem leaves BatchNorm a single pixel of it.
    let plan = plan(&["seeds=1", "max_epochs=1", "batch_size=107"]);
    let store = tempfile::tempdir().unwrap();
    run(&plan, store.path(), 2, &Watcher::default()).unwrap();
    let (rows, _) = results(&plan, &Store::open_to_read(store.path()).unwrap()).unwrap();
    assert!(rows.iter().all(|row| row.status == Status::Finished), "{rows:?}");
}

#[test]
fn dropped_weights_are_made_again_only_when_a_child_needs_them() {
    let few = plan(&["seeds=1"]);
    let root = tempfile::tempdir().unwrap();
    run(&few, root.path(), 2, &Watcher::default()).unwrap();
    let before = contents(&few, root.path());
    let store = Store::open(root.path()).unwrap();
    plans::keep(&store, &few).unwrap();
    assert!(plans::still_needed(&store).unwrap().0.is_empty());
    for stage in &few.stages {
        assert!(store.drop_weights(stage.id).unwrap() > 0);
    }
    assert_eq!(run(&few, root.path(), 2, &Watcher::default()).unwrap().trained, 0);

    // A third task after the blurred one needs the blurred one's weights again.
    let last = few.stages.iter().find(|s| !s.step.interventions.is_empty()).unwrap();
    std::fs::remove_dir_all(store.folder(last.id)).unwrap();
    let parent = few.stages[last.parent.unwrap()].id;
    let (needed, unfinished) = plans::still_needed(&store).unwrap();
    assert_eq!((needed.into_iter().collect::<Vec<_>>(), unfinished.len()), (vec![parent], 1));
    assert_eq!(run(&few, root.path(), 2, &Watcher::default()).unwrap().trained, 2);
    let after = contents(&few, root.path());
    for id in [last.id, parent] {
        assert_eq!(before[&id], after[&id]);
    }
}
