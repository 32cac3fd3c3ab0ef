//! Stages trained one by one, each known by its identity alone, as on a cluster.

use sequence::{Plan, Standing, Store, planned, standing};

use crate::support::{Watcher, contents, plan, run};

fn standings(plan: &Plan, store: &Store) -> Vec<Standing> {
    standing(plan, store).unwrap()
}

#[test]
fn stages_trained_by_their_identity_in_any_order_are_the_same_bits() {
    let plan = plan(&["seeds=1"]);
    let (together, apart) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(&plan, together.path(), 2, &Watcher::default()).unwrap();
    let store = Store::open(apart.path()).unwrap();
    planned::describe(&store, &plan).unwrap();
    assert!(standings(&plan, &store).iter().all(|&s| s == Standing::ToTrain));
    // The last ones first: a worker whose parent is not done trains that too.
    for stage in plan.stages.iter().rev() {
        let alone = planned::lineage(&store, stage.id).unwrap();
        let report = run(&alone, apart.path(), 1, &Watcher::default()).unwrap();
        assert!(report.failed.is_empty() && !report.interrupted);
    }
    assert!(standings(&plan, &store).iter().all(|&s| s == Standing::Finished));
    assert_eq!(contents(&plan, together.path()), contents(&plan, apart.path()));
}

#[test]
fn a_damaged_stage_is_to_be_trained_and_what_comes_after_a_diverged_one_is_not() {
    let small = plan(&["seeds=1"]);
    let folder = tempfile::tempdir().unwrap();
    run(&small, folder.path(), 2, &Watcher::default()).unwrap();
    let store = Store::open(folder.path()).unwrap();
    let last = small.stages.len() - 1;
    std::fs::write(store.folder(small.stages[last].id).join("epochs.csv"), "").unwrap();
    let mut expected = vec![Standing::Finished; small.stages.len()];
    expected[last] = Standing::ToTrain;
    assert_eq!(standings(&small, &store), expected);

    let hot = plan(&["seeds=1", "lr=1e30"]);
    run(&hot, folder.path(), 2, &Watcher::default()).unwrap();
    for (stage, standing) in hot.stages.iter().zip(standings(&hot, &store)) {
        let expected = if stage.position == 0 { Standing::Diverged } else { Standing::GivenUp };
        assert_eq!(standing, expected);
    }
}
