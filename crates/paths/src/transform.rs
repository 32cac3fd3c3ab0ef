//! What a task makes of its dataset.

use crate::identified::identified;

identified! {
    /// What a task makes of its dataset's images and labels, as the strengths of its components; [`Transform::STANDARD`] leaves them
    /// as they are.
    ///
    /// Images are changed in this order: upside down, noise, permuted pixels, blur, contrast, shift. Training, validation and the
    /// task's own test images are changed alike, and so are their labels; only the standard test images, which results are measured on, are
    /// as published. What is drawn by chance is drawn once from the seed of the choice of images, so that every run has the same; a
    /// smaller share is contained in a larger one.
    #[derive(Copy)]
    pub struct Transform {
        /// Blur factor s in (0, 1]: images are resized to s times their size and back; 1 is sharp.
        #[serde(deserialize_with = "crate::values::blur")]
        blur: f64 = Self::STANDARD.blur;
        /// Contrast level c in [0, 1]: c·x + (1 − c)·(mean grey of the image); 1 is full contrast, 0 uniform grey.
        #[serde(deserialize_with = "crate::values::contrast")]
        contrast: f64 = Self::STANDARD.contrast;
        /// Half-width a in [0, 1] of the random shift as a fraction of the image size: offsets are uniform in [−a, a]·size and
        /// drawn anew for each image and epoch; 0 is centred.
        #[serde(deserialize_with = "crate::values::shift")]
        shift: f64 = Self::STANDARD.shift;
        /// Share of the images that are upside down (Achille, Rovere & Soatto, 2019).
        #[serde(deserialize_with = "crate::values::part")]
        upside_down: f64 = Self::STANDARD.upside_down;
        /// Share of the images that are replaced by noise: pixels uniform from black to white, one draw an image (the same).
        #[serde(deserialize_with = "crate::values::part")]
        noise: f64 = Self::STANDARD.noise;
        /// The number of a permutation of the pixels that all images go through; 0 is none (permuted MNIST: Goodfellow et al., 2014).
        #[serde(deserialize_with = "crate::values::permutation")]
        pixel_permutation: usize = Self::STANDARD.pixel_permutation;
        /// Share of the images whose label is drawn uniformly from all classes, the true one among them (Zhang et al., 2017).
        #[serde(deserialize_with = "crate::values::part")]
        random_labels: f64 = Self::STANDARD.random_labels;
        /// The number of a permutation of the classes that all labels go through, after any that are random; 0 is none.
        #[serde(deserialize_with = "crate::values::permutation")]
        label_permutation: usize = Self::STANDARD.label_permutation;
        /// Share of the training images, class-stratified, that the task has; validation and test images are not fewer.
        #[serde(deserialize_with = "crate::values::share")]
        images: f64 = Self::STANDARD.images;
    }
}

impl Transform {
    /// The identity: sharp, full contrast, centred, true labels, all images.
    pub const STANDARD: Transform = Transform {
        blur: 1.0,
        contrast: 1.0,
        shift: 0.0,
        upside_down: 0.0,
        noise: 0.0,
        pixel_permutation: 0,
        random_labels: 0.0,
        label_permutation: 0,
        images: 1.0,
    };

    /// Whether images and labels pass unchanged.
    pub fn is_standard(&self) -> bool {
        *self == Self::STANDARD
    }

    /// Whether each component is in its range.
    ///
    /// # Errors
    /// Says which is not, and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let above_0 = |name, value: f64| (name, value, value > 0.0 && value <= 1.0, "above 0 and at most 1");
        let from_0 = |name, value: f64| (name, value, (0.0..=1.0).contains(&value), "0 to 1");
        let checks = [
            above_0("blur", self.blur),
            from_0("contrast", self.contrast),
            from_0("shift", self.shift),
            from_0("upside_down", self.upside_down),
            from_0("noise", self.noise),
            from_0("random_labels", self.random_labels),
            above_0("images", self.images),
        ];
        match checks.iter().find(|(_, _, is_fine, _)| !is_fine) {
            Some((name, value, _, allowed)) => Err(format!("{name} {value} is out of range; allowed: {allowed}")),
            None => Ok(()),
        }
    }
}
