//! What is measured while training, and afterwards.

use std::fs;

use sequence::{Record, Store, measure_later};
use tch::Device;
use training::{MeasureRow, Moment, measure, measures, measures_to_csv};

use crate::support::{Watcher, library, plan, run};

fn rows(store: &Store, record: &Record, measure: &str) -> Vec<MeasureRow> {
    store.measure(record.stage, measure).unwrap().unwrap()
}

#[test]
fn every_network_is_trained_and_measured() {
    for network in ["resnet18", "all-cnn", "all-cnn-bn", "mlp"] {
        let plan = plan(&["seeds=1", "max_epochs=2", &format!("network={network}")]);
        let folder = tempfile::tempdir().unwrap();
        let report = run(&plan, folder.path(), 2, &Watcher::default()).unwrap();
        assert_eq!((report.trained, report.failed.len()), (plan.stages.len(), 0), "{network}");
        let store = Store::open_to_read(folder.path()).unwrap();
        for stage in &plan.stages {
            store.verify(stage.id).unwrap();
            for measure in measures() {
                assert!(!store.measure(stage.id, &measure.id()).unwrap().unwrap().is_empty(), "{network}");
            }
        }
    }
}

#[test]
fn what_is_measured_later_is_what_was_measured_while_training() {
    let plan = plan(&["seeds=1"]);
    let folder = tempfile::tempdir().unwrap();
    run(&plan, folder.path(), 2, &Watcher::default()).unwrap();
    let store = Store::open(folder.path()).unwrap();
    let library = library();
    for stage in &plan.stages {
        let record = store.record(stage.id).unwrap().unwrap();
        for id in ["norms@1", "activations@1"] {
            let (taken, path) = (rows(&store, &record, id), store.folder(stage.id).join(format!("measures/{id}.csv")));
            let checksums = fs::read(store.folder(stage.id).join("checksums.json")).unwrap();
            fs::remove_file(&path).unwrap();
            let later = measure_later(measure(id).unwrap(), &record, &store, &library, Device::Cpu).unwrap();
            store.add_measures(stage.id, &later).unwrap();
            let kept = taken.iter().filter(|row| !matches!(row.moment, Moment::Epoch(_)));
            assert_eq!(fs::read(&path).unwrap(), measures_to_csv(kept), "{id}");
            // Nothing else of the stage has changed.
            assert_eq!(fs::read(store.folder(stage.id).join("checksums.json")).unwrap(), checksums);
            store.verify(stage.id).unwrap();
        }
        let epochs_only = measure("update-path-length").unwrap();
        assert!(measure_later(epochs_only, &record, &store, &library, Device::Cpu).unwrap().is_empty());
    }
    let ids: Vec<_> = plan.stages.iter().map(|stage| stage.id).collect();
    assert_eq!(store.stages().unwrap().len(), ids.len());
}

#[test]
fn a_path_of_one_step_an_epoch_is_as_long_as_the_way() {
    // 108 images in one batch: a step an epoch.
    let plan = plan(&["seeds=1", "batch_size=200", "max_epochs=3"]);
    let folder = tempfile::tempdir().unwrap();
    run(&plan, folder.path(), 2, &Watcher::default()).unwrap();
    let store = Store::open_to_read(folder.path()).unwrap();
    for stage in &plan.stages {
        let record = store.record(stage.id).unwrap().unwrap();
        let norms = rows(&store, &record, "norms@1");
        let way = |epoch: usize| {
            let of_epoch = norms.iter().filter(|row| row.moment == Moment::Epoch(epoch));
            let distances = of_epoch.filter(|row| row.name == "distance_from_previous_task");
            distances.map(|row| row.value.powi(2)).sum::<f64>().sqrt()
        };
        let path: Vec<f64> = rows(&store, &record, "update-path-length@1").iter().map(|row| row.value).collect();
        assert_eq!(path.len(), record.summary().unwrap().epochs);
        if record.interventions.is_empty() {
            assert!((path[0] / way(1) - 1.0).abs() < 1e-4, "{} {}", path[0], way(1));
        }
        // No way is shorter than the straight one.
        assert!(path[0] + path[1] >= way(2) * (1.0 - 1e-4) || !record.interventions.is_empty());
    }
}
