//! What must hold on a GPU: PyTorch's numbers, the CPU's results, and the same bits again where they are asked for.
//!
//! A program and no set of tests, so that a bundle can take it to a machine without Rust: `cargo test --test cuda` runs it, and says
//! where there is no GPU. `--device cpu` runs the same on a CPU.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test program of its own says what it tried")]

#[path = "../pytorch_parity/comparison.rs"]
mod comparison;
mod engine;
#[path = "../pytorch_parity/fixture.rs"]
#[allow(dead_code, reason = "the tests of the CPU use more of it")]
mod fixture;
#[path = "../pytorch_parity/interventions.rs"]
#[allow(unused_imports, dead_code, reason = "the tests of the CPU use more of them")]
mod interventions;
#[path = "../pytorch_parity/measures.rs"]
#[allow(unused_imports, reason = "the tests of the CPU use more of them")]
mod measures;
#[path = "../pytorch_parity/networks.rs"]
#[allow(unused_imports, dead_code, reason = "the tests of the CPU use more of them")]
mod networks;
#[path = "../pytorch_parity/place.rs"]
#[allow(dead_code, reason = "the tests of the CPU use more of it")]
mod place;
#[path = "../pytorch_parity/resnet.rs"]
#[allow(unused_imports, reason = "the tests of the CPU use more of them")]
mod resnet;
#[path = "../pytorch_parity/sgd.rs"]
#[allow(unused_imports, reason = "the tests of the CPU use more of them")]
mod sgd;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use paths::Precision;
use place::Place;
use tch::Device;
use training::{DeviceChoice, set_arithmetic};

/// cuDNN adds in another order than the CPU's kernels, and chooses among algorithms such as Winograd's, which round more.
const SLACK: f64 = 20.0;

type Check = fn(&Place);

const CHECKS: [(&str, Check); 19] = [
    ("what captures steps", captures),
    ("ResNet-18: logits and losses", resnet::logits_and_losses),
    ("ResNet-18: running statistics", resnet::running_statistics),
    ("ResNet-18: gradients", resnet::gradients),
    ("ResNet-18: bf16", resnet::bf16),
    ("other networks: logits and losses", networks::logits_and_losses),
    ("other networks: running statistics", networks::running_statistics),
    ("other networks: gradients", networks::gradients),
    ("other networks: bf16", networks::bf16),
    ("ten steps of SGD", sgd::ten_steps),
    ("curvature", measures::curvature_on),
    ("tangent kernel", measures::tangent_kernel_on),
    ("direction-aware shrinking", interventions::dash_on),
    ("recycling of dormant units", interventions::redo_on),
    ("trainings end as on the CPU", engine::as_on_the_cpu),
    ("two jobs, and bf16", engine::two_jobs_in_bf16),
    ("interrupted and resumed", engine::interrupted_and_resumed),
    ("the same bits twice", engine::same_bits_twice),
    ("captured steps", engine::captured_steps),
];

/// The part of this program that captures steps loads, which takes libtorch's CUDA part and no GPU.
fn captures(place: &Place) {
    // Loads libtorch's CUDA part where there is one, although a CPU was asked for.
    let _ = DeviceChoice::Auto.resolve();
    match cuda_graph::unavailable() {
        Some(reason) if reason == cuda_graph::WITHOUT_CUDA && place.device == Device::Cpu => println!("{reason}"),
        reason => assert_eq!(reason, None),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let choice = match arguments.iter().position(|argument| argument == "--device") {
        Some(at) => arguments.get(at + 1).map_or("", String::as_str).parse::<DeviceChoice>(),
        None => Ok(DeviceChoice::Auto),
    };
    let device = match choice.and_then(DeviceChoice::resolve) {
        Ok(device) => device,
        Err(reason) => {
            eprintln!("error: {reason}");
            return ExitCode::from(2);
        }
    };
    let asked = arguments.iter().any(|argument| argument == "--device");
    if device == Device::Cpu && !asked {
        println!("skipped: there is no usable GPU here");
        return ExitCode::SUCCESS;
    }
    let place = Place { device, slack: if device == Device::Cpu { 1.0 } else { SLACK } };
    let shown = if let Device::Cuda(index) = device { format!("cuda:{index}") } else { "cpu".to_owned() };
    let mut failed = 0;
    for (name, check) in CHECKS {
        set_arithmetic(Precision::Fp32, false);
        let began = Instant::now();
        // A panic says what differs, on standard error; the other checks go on.
        let end = catch_unwind(AssertUnwindSafe(|| check(&place)));
        failed += u32::from(end.is_err());
        let word = if end.is_ok() { "ok" } else { "FAILED" };
        println!("{name}, on {shown}: {word} ({:.1} s)", began.elapsed().as_secs_f64());
    }
    println!("{} of {} checks ok", CHECKS.len() as u32 - failed, CHECKS.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
