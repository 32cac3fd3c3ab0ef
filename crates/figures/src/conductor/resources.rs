//! How much to do at once.

use std::fs;

use paths::{Experiment, ModelSpec};
use tch::Device;
use training::{Input, layout};

/// Most trainings side by side on a GPU unless the command line says more: one alone leaves much of it idle between kernels, but
/// beyond some they only wait for one another.
const GPU_JOBS: usize = 4;

/// As many trainings as there are cores for, and as fit into half of the free memory, the device's.
pub(crate) fn default_jobs(experiment: &Experiment, device: Device) -> usize {
    if let Device::Cuda(index) = device {
        let free = arithmetic::free_gpu_bytes(index).and_then(|bytes| usize::try_from(bytes).ok());
        return free.map_or(GPU_JOBS, |free| (free / 2 / training_bytes(experiment)).clamp(1, GPU_JOBS));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let fitting = free_memory_bytes() / 2 / training_bytes(experiment);
    (cores / experiment.settings.threads).min(fitting).max(1)
}

/// Memory for prepared images beyond those in use: a quarter of what is free.
pub(crate) fn image_budget_bytes() -> usize {
    free_memory_bytes() / 4
}

/// Memory of one training of the largest images and the largest network, roughly.
fn training_bytes(experiment: &Experiment) -> usize {
    let datasets = experiment.datasets();
    let largest = datasets.iter().max_by_key(|dataset| dataset.channels() * dataset.image_size());
    let conditions = experiment.baselines().chain(&experiment.conditions);
    let steps = conditions.flat_map(|condition| condition.path(experiment.settings.datasets[0], &experiment.settings));
    let batch = steps.map(|step| step.process.batch_size).max().unwrap_or(experiment.settings.batch_size);
    let bytes = |&dataset| {
        let of = |model: &ModelSpec| layout(model, Input::of(dataset)).training_bytes(batch);
        experiment.models().iter().map(of).max().unwrap_or(0)
    };
    largest.map_or(0, bytes) + (64 << 20)
}

/// Memory that programs may still take, in bytes; 4 GiB where the system does not tell.
fn free_memory_bytes() -> usize {
    available(&fs::read_to_string("/proc/meminfo").unwrap_or_default())
}

/// What Linux's `meminfo` says is available, in bytes.
fn available(text: &str) -> usize {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kib.map_or(4 << 30, |kib| kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_system_says_or_else_little() {
        assert_eq!(available("MemTotal:       24590000 kB\nMemAvailable:   2048 kB\n"), 2 << 20);
        assert_eq!(available(""), 4 << 30);
        assert_eq!(available("MemAvailable: much"), 4 << 30);
    }
}
