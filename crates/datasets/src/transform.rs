//! The transformations of a task, on float images in [0, 1].

use paths::Transform;
use tch::{Device, Kind, Tensor};

use crate::moved::moved;

/// Weights of red, green and blue in grey, as in `torchvision.transforms.v2.functional.rgb_to_grayscale`.
const GREY: [f64; 3] = [0.2989, 0.587, 0.114];

/// Blurs by resizing N×C×H×W float images to `factor` times their size (rounded half up, at least one pixel) and back, both
/// bilinear with antialiasing, as `torchvision.transforms.v2.functional.resize(antialias=True)` does.
pub fn blur(images: &Tensor, factor: f64) -> Tensor {
    if factor == 1.0 {
        return images.shallow_clone();
    }
    let (_, _, height, width) = images.size4().expect("images are N×C×H×W");
    let small = [height, width].map(|side| ((side as f64 * factor + 0.5).floor() as i64).max(1));
    let resize = |x: &Tensor, size: [i64; 2]| x.internal_upsample_bilinear2d_aa(size, false, None, None);
    resize(&resize(images, small), [height, width])
}

/// Mixes N×C×H×W float images with the mean grey of each: level·x + (1 − level)·grey, clamped to [0, 1], as
/// `torchvision.transforms.v2.functional.adjust_contrast` does.
pub fn contrast(images: &Tensor, level: f64) -> Tensor {
    if level == 1.0 {
        return images.shallow_clone();
    }
    let grey = match images.size()[1] {
        3 => {
            let [r, g, b] = [0, 1, 2].map(|channel| images.narrow(1, channel, 1) * GREY[channel as usize]);
            r + g + b
        }
        _ => images.shallow_clone(),
    };
    let mean = grey.mean_dim([1i64, 2, 3].as_slice(), true, Kind::Float);
    (images * level + mean * (1.0 - level)).clamp(0.0, 1.0)
}

/// Moves each image by its own whole number of pixels, as `torchvision.transforms.v2.functional.affine` does with an integer
/// `translate`: `offsets` is N×2 int64, (dx, dy) with dx to the right and dy downwards. Vacated pixels take the value `fill`
/// (one a channel). `images` is N×H×W×C of any float type, channels last because that is how batches are gathered.
pub fn shift(images: &Tensor, offsets: &Tensor, fill: &Tensor) -> Tensor {
    let still = Tensor::zeros([offsets.size()[0], 1], (Kind::Int64, offsets.device()));
    shift_and_mirror(images, &Tensor::cat(&[offsets, &still], 1), fill)
}

/// The same, and mirrors left to right afterwards those images that have a 1 in the third column of `draws`, N×3 int64. Offsets of −p to
/// p do what `torchvision.transforms.v2.functional` does by padding p black pixels, cropping and `horizontal_flip`.
pub fn shift_and_mirror(images: &Tensor, draws: &Tensor, fill: &Tensor) -> Tensor {
    if images.device() == Device::Cpu && images.kind() == Kind::Float && !images.requires_grad() {
        return moved(images, draws, fill);
    }
    gathered(images, draws, fill)
}

/// The same on any device, of any float type.
fn gathered(images: &Tensor, draws: &Tensor, fill: &Tensor) -> Tensor {
    let (count, height, width, _) = images.size4().expect("images are N×H×W×C");
    let (kind, device) = (Kind::Int64, images.device());
    let source = |places: &Tensor, side: i64, column: i64| {
        let at = places - draws.narrow(1, column, 1);
        let inside = at.ge(0).logical_and(&at.lt(side));
        (at.clamp(0, side - 1), inside)
    };
    let places = |side: i64| Tensor::arange(side, (kind, device)).unsqueeze(0);
    let mirrored = draws.narrow(1, 2, 1);
    // Where x is shown: at x, or at width − 1 − x.
    let columns = places(width) * (1 - &mirrored * 2) + mirrored * (width - 1);
    let (columns, columns_inside) = source(&columns, width, 0);
    let (rows, rows_inside) = source(&places(height), height, 1);
    let image = Tensor::arange(count, (kind, device)).view([count, 1, 1]);
    let gathered = images.index(&[Some(image), Some(rows.unsqueeze(2)), Some(columns.unsqueeze(1))]);
    let inside = rows_inside.unsqueeze(2).logical_and(&columns_inside.unsqueeze(1)).unsqueeze(3);
    gathered.where_self(&inside, fill)
}

/// Turns those of the N×C×H×W images upside down for which `chosen` (N, bool) is true
/// (`torchvision.transforms.v2.functional.vertical_flip`).
pub fn upside_down(images: &Tensor, chosen: &Tensor) -> Tensor {
    images.flip([2]).where_self(&chosen.view([-1, 1, 1, 1]), images)
}

/// Puts at place p of each N×C×H×W image, in every channel, the pixel that was at `places[p]`, counted row by row (int64, H·W).
pub fn permute_pixels(images: &Tensor, places: &Tensor) -> Tensor {
    images.flatten(2, 3).index_select(2, places).view_as(images)
}

/// Blur, then contrast: the components of `transform` that are the same in every epoch.
pub fn fixed_components(images: &Tensor, transform: &Transform) -> Tensor {
    contrast(&blur(images, transform.blur), transform.contrast)
}

/// The offset in pixels that a draw `u` in [−1, 1] stands for when images of side `size` shift by up to `half_width`·size.
pub fn pixels(u: f64, half_width: f64, size: i64) -> i64 {
    (u * half_width * size as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_moved_as_pixels_are_gathered() {
        tch::manual_seed(3);
        for [height, width, channels] in [[32, 32, 3], [28, 28, 1], [5, 7, 2]] {
            let images = Tensor::rand([60, height, width, channels], (Kind::Float, Device::Cpu));
            let fill = Tensor::rand([channels], (Kind::Float, Device::Cpu));
            // Some are moved out of sight.
            let offsets = Tensor::randint_low(-9, 10, [60, 2], (Kind::Int64, Device::Cpu));
            let mirrored = Tensor::randint(2, [60, 1], (Kind::Int64, Device::Cpu));
            let draws = Tensor::cat(&[offsets, mirrored], 1);
            let expected = gathered(&images, &draws, &fill);
            assert!(shift_and_mirror(&images, &draws, &fill).equal(&expected), "{height}×{width}×{channels}");
            let strided = images.transpose(1, 2).contiguous().transpose(1, 2);
            assert!(shift_and_mirror(&strided, &draws, &fill).equal(&expected));
            let seen = shift(&images, &draws.narrow(1, 0, 2), &fill);
            assert!(seen.equal(&gathered(&images, &(&draws * Tensor::from_slice(&[1i64, 1, 0])), &fill)));
        }
    }
}
