//! Moving images on a CPU: row by row, as libtorch's gather looks every pixel up by itself.

use tch::Tensor;

/// What is done to one image: (dx, dy), and whether it is mirrored afterwards.
const DRAWS: usize = 3;

/// [`crate::transform::shift_and_mirror`] of float32 images N×H×W×C on a CPU, by copies alone. `draws` is N×3 int64, `fill` has one
/// value a channel.
pub(crate) fn moved(images: &Tensor, draws: &Tensor, fill: &Tensor) -> Tensor {
    let (_, height, width, channels) = images.size4().expect("images are N×H×W×C");
    let [height, width, channels] = [height, width, channels].map(|size| size as usize);
    let from = Vec::<f32>::try_from(images.contiguous().view(-1)).expect("images are float32");
    let draws = Vec::<i64>::try_from(draws.contiguous().view(-1)).expect("draws are int64");
    let fill = Vec::<f32>::try_from(fill).expect("the fill is float32");
    let mut to: Vec<f32> = Vec::with_capacity(from.len());
    let row = width * channels;
    for (image, draw) in from.chunks_exact(height * row).zip(draws.chunks_exact(DRAWS)) {
        let (dx, dy, mirrored) = (draw[0], draw[1], draw[2] == 1);
        for y in 0..height as i64 {
            let start = to.len();
            match usize::try_from(y - dy).ok().filter(|&y| y < height) {
                Some(y) => push_moved(&mut to, &image[y * row..][..row], dx, &fill),
                None => push_fill(&mut to, width, &fill),
            }
            if mirrored {
                mirror(&mut to[start..], channels);
            }
        }
    }
    Tensor::from_slice(&to).view_as(images)
}

/// Adds `row`, `dx` pixels to the right.
fn push_moved(to: &mut Vec<f32>, row: &[f32], dx: i64, fill: &[f32]) {
    let width = row.len() / fill.len();
    let vacated = (dx.unsigned_abs() as usize).min(width);
    let kept = (width - vacated) * fill.len();
    if dx >= 0 {
        push_fill(to, vacated, fill);
        to.extend_from_slice(&row[..kept]);
    } else {
        to.extend_from_slice(&row[row.len() - kept..]);
        push_fill(to, vacated, fill);
    }
}

fn push_fill(to: &mut Vec<f32>, pixels: usize, fill: &[f32]) {
    for _ in 0..pixels {
        to.extend_from_slice(fill);
    }
}

/// Turns a row of pixels around.
fn mirror(row: &mut [f32], channels: usize) {
    row.reverse();
    row.chunks_exact_mut(channels).for_each(<[f32]>::reverse);
}
