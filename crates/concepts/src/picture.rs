//! What the figures show images of.

use plotting::Bitmap;

/// An image under a blur.
#[derive(Debug, Clone, PartialEq)]
pub struct BlurredImage {
    /// The blur factor s in (0, 1]; 1 is sharp.
    pub factor: f64,
    /// The image, blurred so.
    pub picture: Bitmap,
}
