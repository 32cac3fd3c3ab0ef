//! What the machine can do at most: large matrix products.

use std::time::Instant;

use paths::Precision;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};
use training::compute_kind;

use crate::bare::wait_for;
use crate::session::Session;

/// Least seconds of a timing.
const SECONDS: [f64; 2] = [0.5, 0.02];
/// Timings of a size, of which the fastest counts: this is a bound, not an average.
const REPEATS: usize = 3;

/// The fastest large matrix product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// Type of the matrices.
    pub precision: Precision,
    /// Rows and columns of the fastest.
    pub size: usize,
    /// Billions of floating-point operations a second.
    pub gflops: f64,
}

/// Measures square products of several sizes with all cores and returns the fastest.
pub(crate) fn measure(session: &Session, precision: Precision) -> Peak {
    let sizes: &[usize] = match (session.quick, session.device) {
        (true, _) => &[256],
        (false, Device::Cuda(_)) => &[4096, 8192],
        (false, _) => &[1024, 2048, 4096],
    };
    let least = SECONDS[usize::from(session.quick)];
    let (cores, device) = (session.cores, session.device);
    training::set_arithmetic(precision, false);
    // In a thread of its own, as the number of threads is a setting of the thread.
    let measured = std::thread::scope(|scope| {
        let timing = scope.spawn(|| {
            tch::set_num_threads(cores as i32);
            sizes.iter().map(|&size| (size, gflops(size, compute_kind(precision), device, least))).collect::<Vec<_>>()
        });
        timing.join().expect("matrix products do not fail")
    });
    let (size, gflops) = measured.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there is a size");
    Peak { precision, size, gflops }
}

fn gflops(size: usize, kind: Kind, device: Device, least: f64) -> f64 {
    let side = size as i64;
    let matrix = Tensor::arange(side * side, (Kind::Float, device)).sin().view([side, side]).to_kind(kind);
    let mut product = matrix.matmul(&matrix);
    wait_for(device);
    let mut fastest: f64 = 0.0;
    for _ in 0..REPEATS {
        let (mut times, began) = (0, Instant::now());
        // Several products between two looks at the clock, as on a GPU each look waits for the device.
        while times == 0 || began.elapsed().as_secs_f64() < least {
            for _ in 0..4 {
                product = matrix.matmul_out(&product, &matrix);
            }
            wait_for(device);
            times += 4;
        }
        let flops = 2.0 * (size as f64).powi(3) * f64::from(times);
        fastest = fastest.max(flops / began.elapsed().as_secs_f64() / 1e9);
    }
    fastest
}
