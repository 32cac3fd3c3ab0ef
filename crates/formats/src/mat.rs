//! A reader for the MATLAB version 5 files of SVHN: the arrays `X` (uint8, 32×32×3×N) and `y` (N×1), compressed or
//! not, of either byte order. Follows "MAT-File Format" (MathWorks), level 5.

use counted::counted;
use flate2::read::ZlibDecoder;

use crate::Malformed;
use crate::bounded::read_at_most;
use crate::raw::RawImages;

/// Height and width of an image.
pub(crate) const SIDE: usize = 32;
/// Bytes of one channel of an image.
pub(crate) const PLANE: usize = SIDE * SIDE;
/// Bytes of one image.
pub(crate) const IMAGE: usize = 3 * PLANE;

const HEADER_BYTES: usize = 128;
/// Tags, flags, dimensions and name of an array, generously.
const ARRAY_HEADER_BYTES: u64 = 4096;

/// Data types of elements.
pub(crate) mod kind {
    pub const INT8: u32 = 1;
    pub const UINT8: u32 = 2;
    pub const INT16: u32 = 3;
    pub const UINT16: u32 = 4;
    pub const INT32: u32 = 5;
    pub const UINT32: u32 = 6;
    pub const SINGLE: u32 = 7;
    pub const DOUBLE: u32 = 9;
    pub const INT64: u32 = 12;
    pub const UINT64: u32 = 13;
    pub const MATRIX: u32 = 14;
    pub const COMPRESSED: u32 = 15;
}

/// The classes of numeric arrays, double to uint64.
const NUMERIC_CLASSES: std::ops::RangeInclusive<u32> = 6..=15;
pub(crate) const UINT8_CLASS: u32 = 9;

/// Decodes a file that must hold exactly `images` images and their labels.
///
/// `X` is stored column by column with the image index last, and comes back as N×C×H×W. `y` may have any numeric
/// class and holds 1 to 10, the digit 0 being stored as 10; it comes back as 0 to 9.
///
/// No more memory is used than `images` images take, whatever the file declares.
///
/// # Errors
///
/// [`Malformed`] naming `file` where it is no such file, is damaged or holds other arrays.
pub fn read_images(bytes: &[u8], file: &str, images: usize) -> Result<RawImages, Malformed> {
    let header = bytes.get(..HEADER_BYTES).unwrap_or_default();
    let big_endian = match header.get(124..) {
        Some([0x00, 0x01, b'I', b'M']) => false,
        Some([0x01, 0x00, b'M', b'I']) => true,
        Some(other) => {
            let found = format!("the version and byte order {other:02x?}");
            return Err(Malformed::new(file, "a MATLAB version 5 header", found));
        }
        None => {
            let found = counted(bytes.len(), "byte");
            return Err(Malformed::new(file, format!("a MATLAB header of {HEADER_BYTES} bytes"), found));
        }
    };
    let reader = Reader { file, big_endian };
    let max_array_bytes = images as u64 * IMAGE as u64 + ARRAY_HEADER_BYTES;

    let mut rest = bytes.get(HEADER_BYTES..).unwrap_or_default();
    let (mut pixels, mut labels) = (None, None);
    while !rest.is_empty() && (pixels.is_none() || labels.is_none()) {
        let element = reader.element(&mut rest)?;
        let inflated: Vec<u8>;
        let content = match element.kind {
            kind::MATRIX => element.data,
            kind::COMPRESSED => {
                inflated = reader.inflate(element.data, max_array_bytes)?;
                let inner = reader.element(&mut inflated.as_slice())?;
                if inner.kind != kind::MATRIX {
                    continue;
                }
                inner.data
            }
            _ => continue,
        };
        if let Some(array) = reader.array(content)? {
            match array.name {
                b"X" => pixels = Some(reader.pixels(&array, images)?),
                b"y" => labels = Some(reader.labels(&array, images)?),
                _ => {}
            }
        }
    }

    match (pixels, labels) {
        (Some(pixels), Some(labels)) => RawImages::new(file, [3, SIDE, SIDE], pixels, labels),
        (pixels, _) => {
            let absent = if pixels.is_none() { "no array X" } else { "no array y" };
            Err(reader.malformed("the arrays X and y", absent))
        }
    }
}

/// A tagged piece of data.
struct Element<'a> {
    kind: u32,
    data: &'a [u8],
}

/// A numeric array.
struct Array<'a> {
    name: &'a [u8],
    class: u32,
    dims: Vec<usize>,
    values: Element<'a>,
}

struct Reader<'f> {
    file: &'f str,
    big_endian: bool,
}

impl Reader<'_> {
    fn malformed(&self, expected: impl Into<String>, found: impl Into<String>) -> Malformed {
        Malformed::new(self.file, expected, found)
    }

    /// The next `count` bytes.
    fn take<'a>(&self, bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], Malformed> {
        let Some((head, tail)) = bytes.split_at_checked(count) else {
            return Err(self.malformed(format!("{count} more bytes"), format!("the end after {}", bytes.len())));
        };
        *bytes = tail;
        Ok(head)
    }

    fn u32(&self, bytes: &mut &[u8]) -> Result<u32, Malformed> {
        let head = self.take(bytes, 4)?;
        Ok(self.words::<4>(head)?.first().copied().map(u32::from_le_bytes).unwrap_or_default())
    }

    /// Numbers of `N` bytes, each brought to little-endian order.
    fn words<const N: usize>(&self, data: &[u8]) -> Result<Vec<[u8; N]>, Malformed> {
        let (words, rest) = data.as_chunks::<N>();
        if !rest.is_empty() {
            return Err(self.malformed(format!("numbers of {N} bytes each"), counted(data.len(), "byte")));
        }
        let mut words = words.to_vec();
        if self.big_endian {
            words.iter_mut().for_each(|word| word.reverse());
        }
        Ok(words)
    }

    /// The next element: its tag, its data and the padding to a multiple of 8 bytes.
    fn element<'a>(&self, bytes: &mut &'a [u8]) -> Result<Element<'a>, Malformed> {
        let tag = self.u32(bytes)?;
        // A small element keeps its length in the upper half of the first word and its data in the second.
        let small_bytes = (tag >> 16) as usize;
        if small_bytes != 0 {
            let field = self.take(bytes, 4)?;
            let data = field
                .get(..small_bytes)
                .ok_or_else(|| self.malformed("a small element of at most 4 bytes", format!("{small_bytes} bytes")))?;
            return Ok(Element { kind: tag & 0xffff, data });
        }
        let count = self.u32(bytes)? as usize;
        let data = self.take(bytes, count)?;
        if tag != kind::COMPRESSED {
            // Some writers leave the padding out at the end of an array.
            let padding = (count.next_multiple_of(8) - count).min(bytes.len());
            self.take(bytes, padding)?;
        }
        Ok(Element { kind: tag, data })
    }

    fn inflate(&self, data: &[u8], max_bytes: u64) -> Result<Vec<u8>, Malformed> {
        read_at_most(ZlibDecoder::new(data), max_bytes)
            .map_err(|cause| self.malformed("zlib data", cause.to_string()))?
            .ok_or_else(|| self.malformed(format!("an array of at most {max_bytes} bytes"), "more"))
    }

    /// Reads an array; `None` where it is not numeric.
    fn array<'a>(&self, mut bytes: &'a [u8]) -> Result<Option<Array<'a>>, Malformed> {
        let flags = self.element(&mut bytes)?;
        let flag_words = self.words::<4>(flags.data)?;
        let class = match (flags.kind, flag_words.as_slice()) {
            (kind::UINT32, [first, _]) => u32::from_le_bytes(*first) & 0xff,
            (found, _) => {
                let found = format!("type {found} with {}", counted(flags.data.len(), "byte"));
                return Err(self.malformed("array flags: type 6 with 8 bytes", found));
            }
        };
        if !NUMERIC_CLASSES.contains(&class) {
            return Ok(None);
        }
        let dims = self.element(&mut bytes)?;
        if dims.kind != kind::INT32 {
            return Err(self.malformed("array dimensions of type 5", format!("type {}", dims.kind)));
        }
        let dims = self
            .words::<4>(dims.data)?
            .into_iter()
            .map(i32::from_le_bytes)
            .map(|dim| usize::try_from(dim).map_err(|_| self.malformed("dimensions of at least 0", dim.to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        let name = self.element(&mut bytes)?;
        if name.kind != kind::INT8 {
            return Err(self.malformed("an array name of type 1", format!("type {}", name.kind)));
        }
        let values = self.element(&mut bytes)?;
        Ok(Some(Array { name: name.data, class, dims, values }))
    }

    /// `X` as N×C×H×W.
    fn pixels(&self, array: &Array, images: usize) -> Result<Vec<u8>, Malformed> {
        let found = (array.class, array.values.kind, array.dims.as_slice(), array.values.data.len());
        if found != (UINT8_CLASS, kind::UINT8, &[SIDE, SIDE, 3, images][..], images * IMAGE) {
            let (class, kind, dims, bytes) = found;
            return Err(self.malformed(
                format!("X of class 9 and type 2, {SIDE}×{SIDE}×3×{images}, {} bytes", images * IMAGE),
                format!("class {class} and type {kind}, {dims:?}, {bytes} bytes"),
            ));
        }
        Ok(to_rows(array.values.data))
    }

    /// `y` as 0 to 9.
    fn labels(&self, array: &Array, images: usize) -> Result<Vec<u8>, Malformed> {
        let elements = array.dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
        if elements != Some(images) {
            return Err(self.malformed(format!("y with {}", counted(images, "element")), format!("{:?}", array.dims)));
        }
        let values = self.numbers(&array.values)?;
        if values.len() != images {
            return Err(self.malformed(format!("{images} values of y"), format!("{}", values.len())));
        }
        values
            .into_iter()
            .map(|value| match value {
                10.0 => Ok(0),
                1.0..=9.0 if value.fract() == 0.0 => Ok(value as u8),
                _ => Err(self.malformed("values of y from 1 to 10", value.to_string())),
            })
            .collect()
    }

    fn numbers(&self, element: &Element) -> Result<Vec<f64>, Malformed> {
        let data = element.data;
        Ok(match element.kind {
            kind::INT8 => data.iter().map(|byte| f64::from(i8::from_le_bytes([*byte]))).collect(),
            kind::UINT8 => data.iter().map(|byte| f64::from(*byte)).collect(),
            kind::INT16 => self.words(data)?.into_iter().map(|word| f64::from(i16::from_le_bytes(word))).collect(),
            kind::UINT16 => self.words(data)?.into_iter().map(|word| f64::from(u16::from_le_bytes(word))).collect(),
            kind::INT32 => self.words(data)?.into_iter().map(|word| f64::from(i32::from_le_bytes(word))).collect(),
            kind::UINT32 => self.words(data)?.into_iter().map(|word| f64::from(u32::from_le_bytes(word))).collect(),
            kind::SINGLE => self.words(data)?.into_iter().map(|word| f64::from(f32::from_le_bytes(word))).collect(),
            kind::DOUBLE => self.words(data)?.into_iter().map(f64::from_le_bytes).collect(),
            kind::INT64 => self.words(data)?.into_iter().map(|word| i64::from_le_bytes(word) as f64).collect(),
            kind::UINT64 => self.words(data)?.into_iter().map(|word| u64::from_le_bytes(word) as f64).collect(),
            other => return Err(self.malformed("a numeric type", format!("type {other}"))),
        })
    }
}

/// Transposes every plane, from column by column to row by row.
pub(crate) fn to_rows(columns: &[u8]) -> Vec<u8> {
    let mut rows = vec![0; columns.len()];
    for (from, to) in columns.chunks_exact(PLANE).zip(rows.chunks_exact_mut(PLANE)) {
        for (x, column) in from.chunks_exact(SIDE).enumerate() {
            for (y, value) in column.iter().enumerate() {
                to[y * SIDE + x] = *value;
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests;
