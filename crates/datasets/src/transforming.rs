//! Chosen images under a transform.

use paths::Transform;
use paths::random::{Purpose, stream};
use rand::RngExt;
use tch::{Device, Kind, Tensor};

use crate::labels::{Drawn, permutation};
use crate::moves::draw_offsets;
use crate::selected::Selected;
use crate::transform;

/// All of `selected` as float32 N×C×H×W in [0, 1], transformed; a random shift takes the fixed draw of `draw_seed`, as everything else does that
/// is drawn by chance.
pub fn transformed(selected: &Selected, transform: &Transform, draw_seed: u64) -> Tensor {
    Transforming::new(selected, transform, draw_seed).images(0, selected.len())
}

/// Chosen images and what is to be made of them, with all that is drawn by chance.
pub(crate) struct Transforming<'a> {
    selected: &'a Selected,
    transform: &'a Transform,
    draw_seed: u64,
    /// Whether each image is turned upside down, where any is.
    upside_down: Option<Vec<bool>>,
    /// Whether each is replaced by noise, where any is.
    noise: Option<Vec<bool>>,
    /// Where each pixel comes from, where pixels are permuted.
    pixels: Option<Tensor>,
    /// How far each is shifted, where any is.
    offsets: Option<Tensor>,
}

impl<'a> Transforming<'a> {
    pub fn new(selected: &'a Selected, transform: &'a Transform, draw_seed: u64) -> Self {
        let (_, _, height, width) = selected.images.size4().expect("images are N×C×H×W");
        let chosen = |purpose, share: f64| {
            (share > 0.0).then(|| {
                let drawn = Drawn::of(&selected.indices, selected.origin, purpose, draw_seed);
                selected.indices.iter().map(|&index| drawn.at(index).0 < share).collect()
            })
        };
        let pixels = (transform.pixel_permutation > 0).then(|| {
            let pixels = (height * width) as usize;
            let places = permutation(pixels, transform.pixel_permutation, Purpose::PixelPermutation);
            Tensor::from_slice(&places.into_iter().map(|place| place as i64).collect::<Vec<_>>())
        });
        let offsets = (transform.shift != 0.0).then(|| {
            let mut rng = stream(draw_seed, Purpose::FixedShift, 0, 0);
            draw_offsets(&mut rng, selected.len(), transform.shift, width)
        });
        Self {
            selected,
            transform,
            draw_seed,
            upside_down: chosen(Purpose::UpsideDown, transform.upside_down),
            noise: chosen(Purpose::Noise, transform.noise),
            pixels,
            offsets,
        }
    }

    /// The images at `start..start + length` as float32 N×C×H×W in [0, 1].
    pub fn images(&self, start: usize, length: usize) -> Tensor {
        let part = |tensor: &Tensor| tensor.narrow(0, start as i64, length as i64);
        let places = start..start + length;
        let mut images = part(&self.selected.images).to_kind(Kind::Float) / 255.0;
        if let Some(chosen) = &self.upside_down {
            images = transform::upside_down(&images, &Tensor::from_slice(&chosen[places.clone()]));
        }
        if let Some(chosen) = &self.noise {
            for place in places.filter(|&place| chosen[place]) {
                self.put_noise(&images.get((place - start) as i64), self.selected.indices[place]);
            }
        }
        if let Some(pixels) = &self.pixels {
            images = transform::permute_pixels(&images, pixels);
        }
        images = transform::fixed_components(&images, self.transform);
        let Some(offsets) = &self.offsets else { return images };
        let fill = Tensor::zeros([images.size()[1]], (Kind::Float, Device::Cpu));
        transform::shift(&images.permute([0, 2, 3, 1]), &part(offsets), &fill).permute([0, 3, 1, 2])
    }

    /// In place of an image, the noise of the one at `index` of the official set.
    fn put_noise(&self, image: &Tensor, index: usize) {
        // Apart from epoch 0, from which the choice is drawn.
        let mut rng = stream(self.draw_seed, Purpose::Noise, self.selected.origin as usize, index + 1);
        let noise: Vec<f32> = (0..image.numel()).map(|_| rng.random::<f32>()).collect();
        image.shallow_clone().copy_(&Tensor::from_slice(&noise).view_as(image));
    }
}
