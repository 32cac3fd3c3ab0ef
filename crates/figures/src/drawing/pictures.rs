//! From the images that tasks are made of to pictures.

use datasets::{RawImages, Selected};
use paths::{DatasetName, Transform};
use plotting::Bitmap;
use tch::{Kind, Tensor};

/// The image at `index` of `set` under `transform`, as a task shows it before normalisation; a random shift takes the fixed
/// draw of `draw_seed`.
///
/// # Panics
/// Where `set` has no such image.
pub fn picture(dataset: DatasetName, set: &RawImages, index: usize, transform: &Transform, draw_seed: u64) -> Bitmap {
    let images = datasets::transformed(&Selected::new(dataset, set, &[index]), transform, draw_seed);
    pictures(&images).remove(0)
}

/// Float images N×C×H×W in [0, 1], of one channel or three, as pictures.
///
/// # Panics
/// Where the tensor has another number of dimensions.
pub fn pictures(images: &Tensor) -> Vec<Bitmap> {
    let (count, channels, height, width) = images.size4().expect("images are N×C×H×W");
    // A grey image has the same value in all three channels.
    let rgb = images.expand([count, channels.max(3), height, width], false).permute([0, 2, 3, 1]);
    let bytes = Vec::<u8>::try_from((rgb * 255.0).round().to_kind(Kind::Uint8).flatten(0, -1)).expect("uint8 pixels");
    let (width, height) = (width as u32, height as u32);
    let whole = width as usize * height as usize * 3;
    bytes.chunks_exact(whole).map(|rgb| Bitmap { width, height, rgb: rgb.to_vec() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_colours_and_grey_stays_grey() {
        let colour = Tensor::from_slice(&[1.0f32, 0.0, 0.2, 0.4, 0.6, 0.8]).view([1, 3, 1, 2]);
        assert_eq!(pictures(&colour), [Bitmap { width: 2, height: 1, rgb: vec![255, 51, 153, 0, 102, 204] }]);
        let grey = Tensor::from_slice(&[1.0f32, 0.2]).view([2, 1, 1, 1]);
        let expected = [255, 51].map(|level| Bitmap { width: 1, height: 1, rgb: vec![level; 3] });
        assert_eq!(pictures(&grey), expected);
    }

    #[test]
    fn a_transformed_image_is_the_one_asked_for() {
        let raw = RawImages {
            channels: 1,
            height: 28,
            width: 28,
            images: [[0u8; 784], [200; 784]].concat(),
            labels: vec![0, 1],
        };
        let standard = picture(DatasetName::Mnist, &raw, 1, &Transform::STANDARD, 0);
        assert_eq!((standard.width, standard.height, standard.rgb[0]), (28, 28, 200));
        let shifted = Transform { shift: 0.5, ..Transform::STANDARD };
        let draw = |seed| picture(DatasetName::Mnist, &raw, 1, &shifted, seed);
        assert_eq!(draw(0), draw(0));
        assert_ne!(draw(0), draw(1));
    }
}
