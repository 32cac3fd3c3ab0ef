//! Images of a task, ready to be trained on: transformed once, normalised, in the model's number format.

use paths::random::{Purpose, stream};
use paths::{DatasetName, Transform};
use rand::{Rng, RngExt};
use tch::{Device, Kind, Tensor};

use crate::{RawImages, transform};

/// Images converted together; bounds the memory that preparation takes beyond its result.
const CHUNK: usize = 2_000;

/// Mean and standard deviation of each channel of a dataset's official training images, in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelStatistics {
    /// Means.
    pub mean: Vec<f64>,
    /// Standard deviations (of the population).
    pub std: Vec<f64>,
}

impl ChannelStatistics {
    /// Computes them exactly, from counts of the 256 values a byte has.
    pub fn of(raw: &RawImages) -> Self {
        let plane = raw.height * raw.width;
        let mut counts = vec![[0u64; 256]; raw.channels];
        for (index, pixels) in raw.images.chunks_exact(plane).enumerate() {
            let counts = &mut counts[index % raw.channels];
            for &pixel in pixels {
                counts[usize::from(pixel)] += 1;
            }
        }
        let (mut mean, mut std) = (Vec::new(), Vec::new());
        for counts in counts {
            let n = counts.iter().sum::<u64>() as f64;
            let moment = |power: i32| {
                counts.iter().enumerate().map(|(v, &c)| c as f64 * (v as f64 / 255.0).powi(power)).sum::<f64>() / n
            };
            let m = moment(1);
            mean.push(m);
            std.push((moment(2) - m * m).max(0.0).sqrt());
        }
        Self { mean, std }
    }

    /// (x − mean) / std on float32 values with channels last; a channel without any variation is only centred.
    pub fn normalise(&self, images: &Tensor) -> Tensor {
        let row = |values: Vec<f64>| Tensor::from_slice(&values).to_kind(Kind::Float).to_device(images.device());
        let std = self.std.iter().map(|&s| if s > 0.0 { s } else { 1.0 }).collect();
        (images - row(self.mean.clone())) / row(std)
    }
}

/// Chosen images of one dataset as bytes, not yet transformed.
pub struct Selected {
    /// Which dataset they are from.
    pub dataset: DatasetName,
    images: Tensor,
    labels: Tensor,
}

impl Selected {
    /// Copies the images at `indices`.
    pub fn new(dataset: DatasetName, raw: &RawImages, indices: &[usize]) -> Self {
        let bytes = raw.image_bytes();
        let mut images = Vec::with_capacity(indices.len() * bytes);
        for &index in indices {
            images.extend_from_slice(&raw.images[index * bytes..(index + 1) * bytes]);
        }
        let labels: Vec<i64> = indices.iter().map(|&index| i64::from(raw.labels[index])).collect();
        let shape = [indices.len(), raw.channels, raw.height, raw.width].map(|n| n as i64);
        Self { dataset, images: Tensor::from_slice(&images).view(shape), labels: Tensor::from_slice(&labels) }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.numel()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The images at `start..start + length` as float32 N×C×H×W in [0, 1], transformed; a random shift takes the fixed draw
    /// of `draw_seed`.
    pub fn transformed(&self, start: usize, length: usize, transform: &Transform, draw_seed: u64) -> Tensor {
        let images = self.images.narrow(0, start as i64, length as i64).to_kind(Kind::Float) / 255.0;
        let images = transform::fixed_components(&images, transform);
        if transform.shift == 0.0 {
            return images;
        }
        let offsets = self.fixed_offsets(transform.shift, draw_seed).narrow(0, start as i64, length as i64);
        let fill = Tensor::zeros([images.size()[1]], (Kind::Float, Device::Cpu));
        transform::shift(&images.permute([0, 2, 3, 1]), &offsets, &fill).permute([0, 3, 1, 2])
    }

    fn fixed_offsets(&self, half_width: f64, draw_seed: u64) -> Tensor {
        let mut rng = stream(draw_seed, Purpose::FixedShift, 0, 0);
        draw_offsets(&mut rng, self.len(), half_width, self.images.size()[3])
    }
}

/// Prepared images of one part (training, validation or test) of a task.
///
/// Cheap to clone: clones share their memory.
pub struct ImageSet {
    /// N×(H·W·C), normalised, channels last: a batch is then a gather of rows.
    rows: Tensor,
    labels: Tensor,
    shape: [i64; 3],
    /// Normalised value of a black pixel, one a channel.
    fill: Tensor,
    /// Half-width of the random shift drawn anew in each epoch; 0 where there is none or where it is drawn once.
    epoch_shift: f64,
    draw_seed: u64,
}

/// A tensor may be used from any thread but not from two at once; a clone is another handle, counted atomically.
impl Clone for ImageSet {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.shallow_clone(),
            labels: self.labels.shallow_clone(),
            fill: self.fill.shallow_clone(),
            ..*self
        }
    }
}

impl ImageSet {
    /// Transforms and normalises `selected`. With `fresh_shifts` a random shift is drawn anew for each image in each epoch
    /// (training images); without, it takes one fixed draw (validation and test images).
    pub fn prepare(
        selected: &Selected,
        transform: &Transform,
        statistics: &ChannelStatistics,
        fresh_shifts: bool,
        draw_seed: u64,
        kind: Kind,
        device: Device,
    ) -> Self {
        let (_, channels, height, width) = selected.images.size4().expect("images are N×C×H×W");
        let row = channels * height * width;
        let rows = Tensor::empty([selected.len() as i64, row], (kind, device));
        let baked = Transform { shift: if fresh_shifts { 0.0 } else { transform.shift }, ..*transform };
        for start in (0..selected.len()).step_by(CHUNK) {
            let length = CHUNK.min(selected.len() - start);
            let images = selected.transformed(start, length, &baked, draw_seed);
            let images = statistics.normalise(&images.permute([0, 2, 3, 1])).reshape([length as i64, row]);
            rows.narrow(0, start as i64, length as i64).copy_(&images);
        }
        let black = Tensor::zeros([channels], (Kind::Float, Device::Cpu));
        Self {
            rows,
            labels: selected.labels.to_device(device),
            shape: [height, width, channels],
            fill: statistics.normalise(&black).to_kind(kind).to_device(device),
            epoch_shift: if fresh_shifts { transform.shift } else { 0.0 },
            draw_seed,
        }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.numel()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `other` is a handle to the very same images.
    pub fn is(&self, other: &Self) -> bool {
        self.rows.data_ptr() == other.rows.data_ptr()
    }

    /// Memory of the prepared images, in bytes.
    pub fn bytes(&self) -> usize {
        self.rows.numel() * self.rows.kind().elt_size_in_bytes()
    }

    /// Where the images are.
    pub fn device(&self) -> Device {
        self.rows.device()
    }

    /// The offsets of all images in one epoch, N×2 int64, drawn from `rng`; `None` where images do not move.
    pub fn epoch_offsets(&self, rng: &mut impl Rng) -> Option<Tensor> {
        (self.epoch_shift > 0.0)
            .then(|| draw_offsets(rng, self.len(), self.epoch_shift, self.shape[1]).to_device(self.device()))
    }

    /// Offsets that are the same at every call, for measuring the loss on training images.
    pub fn fixed_offsets(&self) -> Option<Tensor> {
        self.epoch_offsets(&mut stream(self.draw_seed, Purpose::FixedShift, 0, 0))
    }

    /// The images at `indices` (int64, B) as B×C×H×W in channels-last memory, and their labels (int64, B).
    pub fn batch(&self, indices: &Tensor, offsets: Option<&Tensor>) -> (Tensor, Tensor) {
        let images = self.shaped(self.rows.index_select(0, indices), offsets.map(|o| o.index_select(0, indices)));
        (images, self.labels.index_select(0, indices))
    }

    /// The images at `start..start + length` in order, as [`ImageSet::batch`] gives them, without copying.
    pub fn slice(&self, start: usize, length: usize, offsets: Option<&Tensor>) -> (Tensor, Tensor) {
        let part = |tensor: &Tensor| tensor.narrow(0, start as i64, length as i64);
        (self.shaped(part(&self.rows), offsets.map(part)), part(&self.labels))
    }

    fn shaped(&self, rows: Tensor, offsets: Option<Tensor>) -> Tensor {
        let [height, width, channels] = self.shape;
        let images = rows.view([-1, height, width, channels]);
        let images = match offsets {
            Some(offsets) => transform::shift(&images, &offsets, &self.fill),
            None => images,
        };
        images.permute([0, 3, 1, 2])
    }
}

/// Draws (dx, dy) for `count` images, each uniform in ±half_width·size and rounded to whole pixels.
fn draw_offsets(rng: &mut impl Rng, count: usize, half_width: f64, size: i64) -> Tensor {
    let offsets: Vec<i64> =
        (0..2 * count).map(|_| transform::pixels(rng.random_range(-1.0..=1.0), half_width, size)).collect();
    Tensor::from_slice(&offsets).view([count as i64, 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(count: usize) -> RawImages {
        let images = (0..count * 28 * 28).map(|i| (i * 31 % 251) as u8).collect();
        RawImages { channels: 1, height: 28, width: 28, images, labels: (0..count).map(|i| (i % 10) as u8).collect() }
    }

    fn prepare(raw: &RawImages, transform: Transform, fresh_shifts: bool) -> ImageSet {
        let all: Vec<usize> = (0..raw.len()).collect();
        let selected = Selected::new(DatasetName::Mnist, raw, &all);
        ImageSet::prepare(&selected, &transform, &ChannelStatistics::of(raw), fresh_shifts, 0, Kind::Float, Device::Cpu)
    }

    #[test]
    fn normalised_images_have_mean_0_and_deviation_1() {
        let raw = raw(50);
        let (images, labels) = prepare(&raw, Transform::STANDARD, true).slice(0, 50, None);
        assert!(images.mean(Kind::Double).double_value(&[]).abs() < 1e-6);
        assert!((images.std(false).double_value(&[]) - 1.0).abs() < 1e-5);
        assert_eq!(labels.int64_value(&[13]), 3);
    }

    #[test]
    fn offsets_are_fresh_for_each_image_and_epoch_and_within_their_range() {
        let set = prepare(&raw(400), Transform { shift: 0.25, ..Transform::STANDARD }, true);
        let draw = |epoch| {
            let offsets = set.epoch_offsets(&mut stream(0, Purpose::Shift, 1, epoch)).unwrap();
            Vec::<i64>::try_from(offsets.view(-1)).unwrap()
        };
        let (first, second) = (draw(0), draw(1));
        assert_eq!(first, draw(0));
        let equal = first.iter().zip(&second).filter(|(a, b)| a == b).count();
        // Two independent draws from 15 values are equal in about one of 15 cases.
        assert!(equal < first.len() / 7, "{equal} of {}", first.len());
        for offset in -7..=7 {
            assert!(first.contains(&offset), "{offset} was never drawn");
        }
        assert!(first.iter().all(|offset| offset.abs() <= 7));
        assert!(
            prepare(&raw(4), Transform::STANDARD, true).epoch_offsets(&mut stream(0, Purpose::Shift, 0, 0)).is_none()
        );
    }

    #[test]
    fn validation_images_keep_one_draw() {
        let (raw, shifted) = (raw(30), Transform { shift: 0.25, ..Transform::STANDARD });
        let (once, again) = (prepare(&raw, shifted, false), prepare(&raw, shifted, false));
        assert!(once.epoch_offsets(&mut stream(0, Purpose::Shift, 0, 0)).is_none());
        assert!(once.slice(0, 30, None).0.equal(&again.slice(0, 30, None).0));
        assert!(!once.slice(0, 30, None).0.equal(&prepare(&raw, Transform::STANDARD, false).slice(0, 30, None).0));
    }

    #[test]
    fn a_batch_shifts_each_image_by_its_own_offset_and_fills_with_black() {
        let raw = raw(12);
        let set = prepare(&raw, Transform { shift: 0.25, ..Transform::STANDARD }, true);
        let offsets = set.epoch_offsets(&mut stream(3, Purpose::Shift, 0, 0)).unwrap();
        let indices = Tensor::from_slice(&[7i64, 2]);
        let (batch, _) = set.batch(&indices, Some(&offsets));
        let (plain, _) = set.slice(0, 12, None);
        let black = set.fill.double_value(&[0]);
        for (row, image) in [7i64, 2].into_iter().enumerate() {
            let [dx, dy] = [0, 1].map(|axis| offsets.int64_value(&[image, axis]));
            for (y, x) in [(0i64, 0i64), (13, 5), (27, 27), (3, 20)] {
                let (sy, sx) = (y - dy, x - dx);
                let inside = (0..28).contains(&sy) && (0..28).contains(&sx);
                let expected = if inside { plain.double_value(&[image, 0, sy, sx]) } else { black };
                assert_eq!(batch.double_value(&[row as i64, 0, y, x]), expected, "image {image} at {y}, {x}");
            }
        }
    }
}
