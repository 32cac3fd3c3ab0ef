//! Experiment files, and assignments as `--set` takes them.

#![no_main]

use fuzz::within;
use libfuzzer_sys::fuzz_target;
use paths::{ExperimentFile, SettingsPatch};

/// Tables that exist whatever the file says.
const FIXED_BYTES: usize = 1 << 20;
/// `tasks = 1000` and `seeds = 10000` are the shortest ways to ask for much.
const BYTES_A_BYTE: usize = 32 << 10;
/// Runs and tasks that are still listed one by one.
const LISTED: usize = 20_000;

fuzz_target!(|text: &str| {
    within(FIXED_BYTES + BYTES_A_BYTE * text.len(), || {
        let _ = SettingsPatch::parse_assignment(text);
        let Ok(file) = ExperimentFile::parse(text) else { return };
        let scales: Vec<Option<&str>> = file.scales().map(Some).take(3).chain([None]).collect();
        for scale in scales {
            let Ok(experiment) = file.resolve(scale, &[]) else { continue };
            let settings = &experiment.settings;
            let tasks: usize = experiment.conditions.iter().map(|condition| condition.steps.len()).sum();
            if settings.datasets.len() * settings.seeds.0.len() * tasks < LISTED {
                let runs = settings.seeds.0.len() * experiment.conditions.len() + settings.baseline_seeds.0.len();
                assert_eq!(experiment.runs().len(), settings.datasets.len() * runs);
            }
        }
    });
});
