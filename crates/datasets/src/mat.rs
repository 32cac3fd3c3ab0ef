//! A reader for the MATLAB version 5 files of SVHN: the arrays `X` (uint8, 32×32×3×N) and `y` (N×1), compressed or
//! not, of either byte order. Follows "MAT-File Format" (MathWorks), level 5.

use flate2::read::ZlibDecoder;

use crate::bounded::read_at_most;
use crate::error::DatasetError;
use crate::raw::RawImages;

/// Height and width of an image.
const SIDE: usize = 32;
/// Bytes of one channel of an image.
const PLANE: usize = SIDE * SIDE;
/// Bytes of one image.
const IMAGE: usize = 3 * PLANE;

const HEADER_BYTES: usize = 128;
/// Tags, flags, dimensions and name of an array, generously.
const ARRAY_HEADER_BYTES: u64 = 4096;

/// Data types of elements.
mod kind {
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
const UINT8_CLASS: u32 = 9;

/// Decodes a file that must hold exactly `images` images and their labels.
///
/// `X` is stored column by column with the image index last, and comes back as N×C×H×W. `y` may have any numeric
/// class and holds 1 to 10, the digit 0 being stored as 10; it comes back as 0 to 9.
///
/// No more memory is used than `images` images take, whatever the file declares.
///
/// # Errors
///
/// [`DatasetError::Malformed`] naming `file` where it is no such file, is damaged or holds other arrays.
pub fn read_images(bytes: &[u8], file: &str, images: usize) -> Result<RawImages, DatasetError> {
    let header = bytes.get(..HEADER_BYTES).unwrap_or_default();
    let big_endian = match header.get(124..) {
        Some([0x00, 0x01, b'I', b'M']) => false,
        Some([0x01, 0x00, b'M', b'I']) => true,
        Some(other) => {
            let found = format!("the version and byte order {other:02x?}");
            return Err(DatasetError::malformed(file, "a MATLAB version 5 header", found));
        }
        None => {
            let found = format!("{} bytes", bytes.len());
            return Err(DatasetError::malformed(file, format!("a MATLAB header of {HEADER_BYTES} bytes"), found));
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
    fn malformed(&self, expected: impl Into<String>, found: impl Into<String>) -> DatasetError {
        DatasetError::malformed(self.file, expected, found)
    }

    /// The next `count` bytes.
    fn take<'a>(&self, bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], DatasetError> {
        let Some((head, tail)) = bytes.split_at_checked(count) else {
            return Err(self.malformed(format!("{count} more bytes"), format!("the end after {}", bytes.len())));
        };
        *bytes = tail;
        Ok(head)
    }

    fn u32(&self, bytes: &mut &[u8]) -> Result<u32, DatasetError> {
        let head = self.take(bytes, 4)?;
        Ok(self.words::<4>(head)?.first().copied().map(u32::from_le_bytes).unwrap_or_default())
    }

    /// Numbers of `N` bytes, each brought to little-endian order.
    fn words<const N: usize>(&self, data: &[u8]) -> Result<Vec<[u8; N]>, DatasetError> {
        let (words, rest) = data.as_chunks::<N>();
        if !rest.is_empty() {
            return Err(self.malformed(format!("numbers of {N} bytes each"), format!("{} bytes", data.len())));
        }
        let mut words = words.to_vec();
        if self.big_endian {
            words.iter_mut().for_each(|word| word.reverse());
        }
        Ok(words)
    }

    /// The next element: its tag, its data and the padding to a multiple of 8 bytes.
    fn element<'a>(&self, bytes: &mut &'a [u8]) -> Result<Element<'a>, DatasetError> {
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

    fn inflate(&self, data: &[u8], max_bytes: u64) -> Result<Vec<u8>, DatasetError> {
        read_at_most(ZlibDecoder::new(data), max_bytes)
            .map_err(|cause| self.malformed("zlib data", cause.to_string()))?
            .ok_or_else(|| self.malformed(format!("an array of at most {max_bytes} bytes"), "more"))
    }

    /// Reads an array; `None` where it is not numeric.
    fn array<'a>(&self, mut bytes: &'a [u8]) -> Result<Option<Array<'a>>, DatasetError> {
        let flags = self.element(&mut bytes)?;
        let flag_words = self.words::<4>(flags.data)?;
        let class = match (flags.kind, flag_words.as_slice()) {
            (kind::UINT32, [first, _]) => u32::from_le_bytes(*first) & 0xff,
            (found, _) => {
                let found = format!("type {found} with {} bytes", flags.data.len());
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
    fn pixels(&self, array: &Array, images: usize) -> Result<Vec<u8>, DatasetError> {
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
    fn labels(&self, array: &Array, images: usize) -> Result<Vec<u8>, DatasetError> {
        let elements = array.dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
        if elements != Some(images) {
            return Err(self.malformed(format!("y with {images} elements"), format!("{:?}", array.dims)));
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

    fn numbers(&self, element: &Element) -> Result<Vec<f64>, DatasetError> {
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
fn to_rows(columns: &[u8]) -> Vec<u8> {
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
pub(crate) mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;
    use crate::digest;

    /// How a test file is written.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Style {
        pub big_endian: bool,
        pub compressed: bool,
    }

    pub(crate) const STYLES: [Style; 4] = [
        Style { big_endian: false, compressed: false },
        Style { big_endian: false, compressed: true },
        Style { big_endian: true, compressed: false },
        Style { big_endian: true, compressed: true },
    ];

    impl Style {
        fn word(self, value: u32) -> [u8; 4] {
            if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
        }

        fn element(self, kind: u32, data: &[u8]) -> Vec<u8> {
            if (1..=4).contains(&data.len()) {
                let mut bytes = self.word(kind | ((data.len() as u32) << 16)).to_vec();
                bytes.extend_from_slice(data);
                bytes.resize(8, 0);
                return bytes;
            }
            let mut bytes = [self.word(kind), self.word(data.len() as u32)].concat();
            bytes.extend_from_slice(data);
            if kind != kind::COMPRESSED {
                bytes.resize(bytes.len().next_multiple_of(8), 0);
            }
            bytes
        }

        fn array(self, name: &[u8], class: u32, dims: &[u32], kind: u32, values: &[u8]) -> Vec<u8> {
            let dims: Vec<u8> = dims.iter().flat_map(|dim| self.word(*dim)).collect();
            let content = [
                self.element(kind::UINT32, &[self.word(class), self.word(0)].concat()),
                self.element(kind::INT32, &dims),
                self.element(kind::INT8, name),
                self.element(kind, values),
            ]
            .concat();
            let matrix = self.element(kind::MATRIX, &content);
            if !self.compressed {
                return matrix;
            }
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&matrix).unwrap();
            self.element(kind::COMPRESSED, &encoder.finish().unwrap())
        }

        fn header(self) -> Vec<u8> {
            let mut bytes = b"MATLAB 5.0 MAT-file, written by a test".to_vec();
            bytes.resize(124, b' ');
            bytes.extend_from_slice(if self.big_endian { b"\x01\x00MI" } else { b"\x00\x01IM" });
            bytes
        }

        /// A file of images given as N×C×H×W with labels 0 to 9.
        pub(crate) fn file(self, pixels: &[u8], labels: &[u8]) -> Vec<u8> {
            let stored: Vec<u8> = labels.iter().map(|label| if *label == 0 { 10 } else { *label }).collect();
            let images = labels.len() as u32;
            [
                self.header(),
                self.array(b"X", UINT8_CLASS, &[32, 32, 3, images], kind::UINT8, &to_rows(pixels)),
                self.array(b"y", UINT8_CLASS, &[images, 1], kind::UINT8, &stored),
            ]
            .concat()
        }
    }

    /// Pixels that differ by image, channel, row and column.
    pub(crate) fn pixels(images: usize) -> Vec<u8> {
        (0..images * IMAGE)
            .map(|i| (i / IMAGE * 17 + i / PLANE % 3 * 60 + i / SIDE % SIDE * 5 + i % SIDE) as u8)
            .collect()
    }

    #[test]
    fn every_style_gives_the_same_images() {
        for style in STYLES {
            let images = read_images(&style.file(&pixels(5), &[1, 0, 9, 5, 0]), "f", 5).unwrap();
            assert_eq!(images.labels, [1, 0, 9, 5, 0], "{style:?}");
            assert_eq!(images.images, pixels(5), "{style:?}");
        }
    }

    #[test]
    fn labels_may_have_any_numeric_type() {
        for style in STYLES {
            let order = |mut bytes: Vec<u8>| {
                if style.big_endian {
                    bytes.reverse();
                }
                bytes
            };
            type Encode = fn(u8) -> Vec<u8>;
            let types: [(u32, Encode); 8] = [
                (kind::INT8, |v| vec![v]),
                (kind::INT16, |v| i16::from(v).to_le_bytes().to_vec()),
                (kind::UINT16, |v| u16::from(v).to_le_bytes().to_vec()),
                (kind::INT32, |v| i32::from(v).to_le_bytes().to_vec()),
                (kind::SINGLE, |v| f32::from(v).to_le_bytes().to_vec()),
                (kind::DOUBLE, |v| f64::from(v).to_le_bytes().to_vec()),
                (kind::INT64, |v| i64::from(v).to_le_bytes().to_vec()),
                (kind::UINT64, |v| u64::from(v).to_le_bytes().to_vec()),
            ];
            for (kind, encode) in types {
                let values: Vec<u8> = [10, 3].into_iter().flat_map(|v| order(encode(v))).collect();
                let bytes = [
                    style.header(),
                    style.array(b"y", 6, &[2, 1], kind, &values),
                    style.array(b"X", UINT8_CLASS, &[32, 32, 3, 2], kind::UINT8, &to_rows(&pixels(2))),
                ]
                .concat();
                assert_eq!(read_images(&bytes, "f", 2).unwrap().labels, [0, 3], "{style:?}, type {kind}");
            }
        }
    }

    #[test]
    fn other_arrays_are_passed_over() {
        let style = STYLES[1];
        let file = style.file(&pixels(1), &[4]);
        let (header, arrays) = file.split_at(HEADER_BYTES);
        let other = style.array(b"note", 6, &[1, 1], kind::DOUBLE, &1.5f64.to_le_bytes());
        let text = style.array(b"text", 4, &[1, 1], kind::UINT16, &[65, 0]);
        let bytes = [header, &other, &text, arrays].concat();
        assert_eq!(read_images(&bytes, "f", 1).unwrap().labels, [4]);
    }

    #[test]
    fn every_truncation_is_an_error() {
        for style in STYLES {
            let bytes = style.file(&pixels(2), &[1, 0]);
            for length in 0..bytes.len() {
                assert!(read_images(&bytes[..length], "f", 2).is_err(), "{style:?}, {length} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let style = Style { big_endian: false, compressed: true };
        let bomb = style.array(b"X", UINT8_CLASS, &[32, 32, 3, 5000], kind::UINT8, &vec![0; 5000 * IMAGE]);
        let error = read_images(&[style.header(), bomb].concat(), "bomb.mat", 2).unwrap_err().to_string();
        assert!(error.contains("bomb.mat") && error.contains("at most 10240 bytes"), "{error}");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let style = STYLES[0];
        let message = |bytes: &[u8]| read_images(bytes, "f.mat", 2).unwrap_err().to_string();
        assert!(message(&style.file(&pixels(3), &[1, 2, 3])).contains("[32, 32, 3, 3]"));
        assert!(message(&style.header()).contains("no array X"));
        let labels = |values: &[u8]| {
            [style.header(), style.array(b"y", 9, &[values.len() as u32, 1], kind::UINT8, values)].concat()
        };
        assert!(message(&labels(&[1, 2])).contains("no array X"));
        assert!(message(&labels(&[1, 2, 3])).contains("y with 2 elements"));
        assert!(message(&labels(&[1, 11])).contains("from 1 to 10"));
        assert!(message(&labels(&[1, 0])).contains("from 1 to 10"));
        let mut hdf5 = style.file(&pixels(2), &[1, 2]);
        hdf5[125] = 2;
        assert!(message(&hdf5).contains("version 5"));
    }

    /// The two files under `tests/fixtures` were written by SciPy; their script states how.
    #[test]
    fn files_written_by_scipy() {
        let expected: serde_json::Value =
            serde_json::from_slice(include_bytes!("../tests/fixtures/svhn_layout.json")).unwrap();
        let labels: Vec<u8> = serde_json::from_value(expected["labels"].clone()).unwrap();
        let compressed: &[u8] = include_bytes!("../tests/fixtures/svhn_layout.mat");
        let plain: &[u8] = include_bytes!("../tests/fixtures/svhn_layout_uncompressed.mat");
        for bytes in [compressed, plain] {
            let images = read_images(bytes, "f", 12).unwrap();
            assert_eq!(images.labels, labels);
            assert_eq!(digest::sha256_hex(&images.images), expected["images_sha256"].as_str().unwrap());
            for pixel in expected["pixels"].as_array().unwrap() {
                let index: Vec<usize> = serde_json::from_value(pixel["nchw"].clone()).unwrap();
                let [n, c, h, w] = index[..] else { panic!("four indices") };
                let found = images.images[((n * 3 + c) * 32 + h) * 32 + w];
                assert_eq!(u64::from(found), pixel["value"].as_u64().unwrap(), "{index:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            let _ = read_images(&bytes, "f", 1);
        }

        #[test]
        fn arbitrary_bytes_after_the_header_never_panic(
            style in 0usize..4,
            bytes in prop::collection::vec(any::<u8>(), 0..512),
        ) {
            let _ = read_images(&[STYLES[style].header(), bytes].concat(), "f", 1);
        }

        #[test]
        fn a_changed_file_is_read_or_refused(
            style in 0usize..4,
            at in any::<prop::sample::Index>(),
            flip in 1u8..,
        ) {
            let mut bytes = STYLES[style].file(&pixels(1), &[3]);
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(images) = read_images(&bytes, "f", 1) {
                prop_assert!(images.labels.iter().all(|label| *label < 10));
            }
        }

        #[test]
        fn a_changed_array_header_never_panics(
            style in 0usize..2,
            at in 0usize..72,
            value in any::<u8>(),
        ) {
            let mut bytes = STYLES[style * 2].file(&pixels(1), &[3]);
            bytes[HEADER_BYTES + at] = value;
            let _ = read_images(&bytes, "f", 1);
        }
    }
}
