//! The dimensions of a transformation.

use std::fmt;

use serde::Deserialize;

use crate::Transform;

/// A dimension of [`Transform`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// [`Transform::blur`].
    Blur,
    /// [`Transform::contrast`].
    Contrast,
    /// [`Transform::shift`].
    Shift,
    /// [`Transform::upside_down`].
    UpsideDown,
    /// [`Transform::noise`].
    Noise,
    /// [`Transform::pixel_permutation`].
    PixelPermutation,
    /// [`Transform::random_labels`].
    RandomLabels,
    /// [`Transform::label_permutation`].
    LabelPermutation,
    /// [`Transform::images`].
    Images,
}

impl Component {
    pub(crate) const ALL: [Component; 9] = [
        Self::Blur,
        Self::Contrast,
        Self::Shift,
        Self::UpsideDown,
        Self::Noise,
        Self::PixelPermutation,
        Self::RandomLabels,
        Self::LabelPermutation,
        Self::Images,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Blur => "blur",
            Self::Contrast => "contrast",
            Self::Shift => "shift",
            Self::UpsideDown => "upside down",
            Self::Noise => "noise",
            Self::PixelPermutation => "pixel permutation",
            Self::RandomLabels => "random labels",
            Self::LabelPermutation => "label permutation",
            Self::Images => "images",
        }
    }

    pub(crate) fn of(self, transform: &Transform) -> f64 {
        match self {
            Self::Blur => transform.blur,
            Self::Contrast => transform.contrast,
            Self::Shift => transform.shift,
            Self::UpsideDown => transform.upside_down,
            Self::Noise => transform.noise,
            Self::PixelPermutation => transform.pixel_permutation as f64,
            Self::RandomLabels => transform.random_labels,
            Self::LabelPermutation => transform.label_permutation as f64,
            Self::Images => transform.images,
        }
    }

    /// Moves `point` in this dimension to the place a fraction `t` of the way from `from` to `to`, both of which are met exactly. The
    /// number of a permutation is that of `from` up to the end: between two of them there is none.
    pub(crate) fn interpolate(self, point: &mut Transform, from: &Transform, to: &Transform, t: f64) {
        let at = lerp(self.of(from), self.of(to), t);
        let number = |from: usize, to: usize| if t >= 1.0 { to } else { from };
        match self {
            Self::Blur => point.blur = at,
            Self::Contrast => point.contrast = at,
            Self::Shift => point.shift = at,
            Self::UpsideDown => point.upside_down = at,
            Self::Noise => point.noise = at,
            Self::RandomLabels => point.random_labels = at,
            Self::Images => point.images = at,
            Self::PixelPermutation => point.pixel_permutation = number(from.pixel_permutation, to.pixel_permutation),
            Self::LabelPermutation => point.label_permutation = number(from.label_permutation, to.label_permutation),
        }
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

/// The components that are not standard, such as "blur 0.25, shift 0.25", or else "standard".
impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = Component::ALL
            .into_iter()
            .filter(|component| component.of(self) != component.of(&Self::STANDARD))
            .map(|component| format!("{} {}", component.name(), component.of(self)))
            .collect();
        if parts.is_empty() { f.write_str("standard") } else { f.write_str(&parts.join(", ")) }
    }
}
