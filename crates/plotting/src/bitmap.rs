//! A picture of pixels.

use crate::error::PlotError;

/// Resolution of PNG files, in pixels per inch.
pub const DPI: f64 = 300.0;

/// Points, the unit in which figures are laid out, in an inch.
pub(crate) const POINTS_PER_INCH: f64 = 72.0;

/// A picture of `width` × `height` pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue of each pixel, row by row from the top.
    pub rgb: Vec<u8>,
}

impl Bitmap {
    /// Red, green and blue of the pixel in column `x` and row `y`.
    ///
    /// # Panics
    /// Where the picture has no such pixel.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let start = (y as usize * self.width as usize + x as usize) * 3;
        [self.rgb[start], self.rgb[start + 1], self.rgb[start + 2]]
    }

    /// The picture with each pixel repeated `times` × `times`.
    pub fn enlarged(&self, times: u32) -> Self {
        let (width, height) = (self.width * times, self.height * times);
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x / times, y / times)));
        Bitmap { width, height, rgb: places.flat_map(|(x, y)| self.pixel(x, y)).collect() }
    }

    /// The picture with at most `width` × `height` pixels, each the mean of those that lie in its place.
    pub fn reduced(&self, width: u32, height: u32) -> Self {
        let (width, height) = (width.clamp(1, self.width), height.clamp(1, self.height));
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let span = |place: u32, places: u32, of: u32| place * of / places..((place + 1) * of).div_ceil(places);
        let mean = |x: u32, y: u32| {
            let (mut sum, mut count) = ([0u32; 3], 0);
            for row in span(y, height, self.height) {
                for column in span(x, width, self.width) {
                    let pixel = self.pixel(column, row);
                    (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
                    count += 1;
                }
            }
            sum.map(|sum| ((sum + count / 2) / count) as u8)
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Bitmap { width, height, rgb: places.flat_map(|(x, y)| mean(x, y)).collect() }
    }

    /// The picture as a PNG file, its resolution stated in it.
    pub fn to_png(&self) -> Result<Vec<u8>, PlotError> {
        const METRES_PER_INCH: f64 = 0.0254;
        let per_metre = (DPI / METRES_PER_INCH).round() as u32;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rgb)?;
        writer.finish()?;
        Ok(bytes)
    }
}
