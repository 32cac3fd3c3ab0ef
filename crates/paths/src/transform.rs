//! What a task does to the images of its dataset.

use std::fmt;

use crate::identified::identified;

identified! {
    /// A transformation of images, as the strengths of its three components; [`Transform::STANDARD`] leaves images as they are.
    ///
    /// Components are applied in the order blur, contrast, shift.
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
    }
}

impl Transform {
    /// The identity: sharp, full contrast, centred.
    pub const STANDARD: Transform = Transform { blur: 1.0, contrast: 1.0, shift: 0.0 };

    /// Whether images pass unchanged.
    pub fn is_standard(&self) -> bool {
        *self == Self::STANDARD
    }

    /// Whether each component is in its range.
    ///
    /// # Errors
    /// Says which is not, and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let refuse =
            |name: &str, value: f64, allowed: &str| Err(format!("{name} {value} is out of range; allowed: {allowed}"));
        if !(self.blur > 0.0 && self.blur <= 1.0) {
            return refuse("blur", self.blur, "above 0 and at most 1");
        }
        if !(0.0..=1.0).contains(&self.contrast) {
            return refuse("contrast", self.contrast, "0 to 1");
        }
        if !(0.0..=1.0).contains(&self.shift) {
            return refuse("shift", self.shift, "0 to 1");
        }
        Ok(())
    }

    /// The point a fraction `t` of the way from `self` to `to`, each component separately. `t = 0` and `t = 1` give the end
    /// points exactly.
    pub fn interpolate(&self, to: &Transform, t: [f64; 3]) -> Transform {
        Transform {
            blur: lerp(self.blur, to.blur, t[0]),
            contrast: lerp(self.contrast, to.contrast, t[1]),
            shift: lerp(self.shift, to.shift, t[2]),
        }
    }
}

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.blur != 1.0 {
            parts.push(format!("blur {}", self.blur));
        }
        if self.contrast != 1.0 {
            parts.push(format!("contrast {}", self.contrast));
        }
        if self.shift != 0.0 {
            parts.push(format!("shift {}", self.shift));
        }
        if parts.is_empty() { f.write_str("standard") } else { f.write_str(&parts.join(", ")) }
    }
}

/// Linear interpolation, exact at both ends, and rounded to 12 decimals so that the same point reached by two routes is the
/// same number, and with it the same stage.
fn lerp(a: f64, b: f64, t: f64) -> f64 {
    if t <= 0.0 {
        a
    } else if t >= 1.0 {
        b
    } else {
        ((a + (b - a) * t) * 1e12).round() / 1e12
    }
}
