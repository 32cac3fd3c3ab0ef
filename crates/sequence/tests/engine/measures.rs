//! What is measured while training, and afterwards.

use std::fs;

use sequence::{Record, Store, measure_later, measure_missing};
use tch::Device;
use training::{MeasureRow, Moment, UPDATES, measure, measures_to_csv, measures_to_take};

use crate::support::{Watcher, library, options, plan, run};

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
            for measure in measures_to_take(&[]).unwrap() {
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
        // What depends on the weights alone, and what looks at weights and at what other measures found.
        for measure in measures_to_take(&[])
            .unwrap()
            .into_iter()
            .filter(|m| m.is_taken(Moment::Start) || m.name() == "calibration")
        {
            let id = &measure.id();
            let (taken, path) = (rows(&store, &record, id), store.folder(stage.id).join(format!("measures/{id}.csv")));
            let checksums = fs::read(store.folder(stage.id).join("checksums.json")).unwrap();
            fs::remove_file(&path).unwrap();
            let later = measure_later(measure, &record, &store, &library, Device::Cpu).unwrap();
            store.add_measures(stage.id, &later).unwrap();
            let kept = taken.iter().filter(|row| !matches!(row.moment, Moment::Epoch(_)));
            assert_eq!(fs::read(&path).unwrap(), measures_to_csv(kept), "{id}");
            // Nothing else of the stage has changed.
            assert_eq!(fs::read(store.folder(stage.id).join("checksums.json")).unwrap(), checksums);
            store.verify(stage.id).unwrap();
        }
        let displacement = |rows: &[MeasureRow]| -> Vec<(String, f64)> {
            rows.iter().filter(|row| row.moment == Moment::End).map(|row| (row.name.clone(), row.value)).collect()
        };
        let taken = displacement(&rows(&store, &record, "displacement@1"));
        let later = measure_later(measure("displacement").unwrap(), &record, &store, &library, Device::Cpu).unwrap();
        let names: Vec<&str> = taken.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.contains(&"cosine_with_previous"), record.parent.is_some());
        for ((name, taken), (other, later)) in taken.iter().zip(displacement(&later)) {
            assert!(*name == other && (taken / later - 1.0).abs() < 1e-5, "{name} {taken} {later}");
        }
        let epochs_only = measure("updates").unwrap();
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
        let updates = rows(&store, &record, UPDATES);
        let of_epochs =
            updates.iter().filter(|row| matches!(row.moment, Moment::Epoch(_)) && row.name == "path_length");
        let path: Vec<f64> = of_epochs.map(|row| row.value).collect();
        assert_eq!(path.len(), record.summary().unwrap().epochs);
        if record.interventions.is_empty() {
            assert!((path[0] / way(1) - 1.0).abs() < 1e-4, "{} {}", path[0], way(1));
        }
        // No way is shorter than the straight one.
        assert!(path[0] + path[1] >= way(2) * (1.0 - 1e-4) || !record.interventions.is_empty());
    }
}

#[test]
fn what_is_asked_for_is_taken_while_training_and_of_stages_that_were_trained_before() {
    let asked = |measures: &str| {
        let text = format!(
            "name = \"t\"\ntitle = \"t\"\nmeasures = {measures}\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\n\
             baseline_seeds = 1\ntrain_images = 120\ntest_images = 40\nwidth = 4\nstem = \"7x7\"\nlr = 1e-2\nbatch_size = 36\n\
             max_epochs = 2\n[[conditions]]\nlabel = \"a\"\npath = [{{ blur = 0.25 }}, {{}}]\n"
        );
        sequence::Plan::new(&paths::ExperimentFile::parse(&text).unwrap().resolve(None, &[]).unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    let plan = asked("[\"trainability\"]");
    run(&plan, folder.path(), 2, &Watcher::default()).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(plan.stages.iter().all(|stage| store.measure(stage.id, "trainability@1").unwrap().is_some()));
    let more = asked("[\"trainability\", \"tangent-kernel\"]");
    assert!(more.stages.iter().zip(&plan.stages).all(|(a, b)| a.id == b.id));
    let (stop, options) = (Default::default(), options(2));
    let take = || measure_missing(&more, &store, &library(), &options, &(), &stop).unwrap();
    assert_eq!((take(), take()), (plan.stages.len(), 0));
    for stage in &plan.stages {
        store.verify(stage.id).unwrap();
        assert!(store.measure(stage.id, "tangent-kernel@1").unwrap().is_some());
    }
    assert!(run(&asked("[\"sharp\"]"), folder.path().join("b").as_path(), 1, &Watcher::default()).is_err());
}
