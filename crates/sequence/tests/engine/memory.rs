//! Memory that runs out, as libtorch says it: a panic in the midst of a stage.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sequence::{Events, Options, Plan, Report, Store, execute};
use tch::Device;

use crate::support::{library, plan};

/// Runs out of memory as often as it is told to.
struct Scarce {
    left: AtomicUsize,
    notices: Mutex<Vec<String>>,
}

impl Events for Scarce {
    fn started(&self, _: usize) {
        let lacking = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if lacking.is_ok() {
            panic!("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.19 GiB");
        }
    }
    fn notice(&self, text: &str) {
        self.notices.lock().unwrap().push(text.to_owned());
    }
}

fn run(plan: &Plan, store: &Path, jobs: usize, times: usize) -> (Report, Vec<String>) {
    let scarce = Scarce { left: AtomicUsize::new(times), notices: Mutex::default() };
    let options =
        Options { jobs, device: Device::Cpu, deterministic: false, capture: true, checkpoint_every: Duration::MAX };
    let store = Store::open(store).unwrap();
    let report = execute(plan, &store, &library(), &options, &scarce, &AtomicBool::new(false)).unwrap();
    (report, scarce.notices.into_inner().unwrap())
}

#[test]
fn fewer_stages_side_by_side_go_on() {
    let plan = plan(&["seeds=2", "max_epochs=1"]);
    let root = tempfile::tempdir().unwrap();
    let (report, notices) = run(&plan, root.path(), 3, 2);
    assert_eq!((report.trained, report.failed.len(), report.interrupted), (plan.stages.len(), 0, false));
    assert!(notices[0].contains("3 stages side by side; it goes on with 2"), "{notices:?}");
    assert!(notices[1].contains("2 stages side by side; it goes on with 1"), "{notices:?}");
}

#[test]
fn a_stage_that_has_all_memory_and_lacks_it_fails_and_the_others_go_on() {
    let plan = plan(&["seeds=2", "max_epochs=1"]);
    let root = tempfile::tempdir().unwrap();
    let (report, _) = run(&plan, root.path(), 1, 1);
    let reasons: Vec<&String> = report.failed.values().collect();
    assert!(matches!(&reasons[..], [reason] if reason.contains("out of memory")), "{reasons:?}");
    assert!(report.trained > 0);
}
