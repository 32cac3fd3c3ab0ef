//! How much to do at once.

use std::fs;

use paths::{DatasetName, Settings, Stem};
use tch::Device;

/// Trainings side by side on a GPU: one alone leaves much of it idle between kernels.
const GPU_JOBS: usize = 4;

/// As many trainings as there are cores for, and as fit into half of the free memory.
pub(crate) fn default_jobs(settings: &Settings, device: Device) -> usize {
    if matches!(device, Device::Cuda(_)) {
        return GPU_JOBS;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let fitting = free_memory_bytes() / 2 / training_bytes(settings);
    (cores / settings.threads).min(fitting).max(1)
}

/// Memory for prepared images beyond those in use: a quarter of what is free.
pub(crate) fn image_budget_bytes() -> usize {
    free_memory_bytes() / 4
}

/// Memory of one training, roughly: weights, gradients, momentum, best weights and checkpoint, and the activations of a
/// batch, three tensors a convolution.
fn training_bytes(settings: &Settings) -> usize {
    let width = settings.width;
    let parameters = 2_730 * width * width;
    let side = settings.datasets.iter().map(|d: &DatasetName| d.image_size()).max().unwrap_or(32);
    let side = if settings.stem == Stem::Conv7 { side / 4 } else { side };
    // Widths double and areas shrink fourfold from stage to stage: 5 + 4/2 + 4/4 + 4/8 convolutions of the first stage's size.
    let activations = settings.batch_size * side * side * width * 17 / 2 * 3;
    4 * (5 * parameters + activations) + (64 << 20)
}

/// Memory that programs may still take, in bytes; 4 GiB where the system does not tell.
fn free_memory_bytes() -> usize {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kib.map_or(4 << 30, |kib| kib << 10)
}
