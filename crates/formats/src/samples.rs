//! Writers of the same formats: what the tests read back and what the fuzzers begin from.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use png::{BitDepth, ColorType};

use crate::cifar::Version;
use crate::idx::{self, IMAGES_MAGIC};
use crate::mat::{IMAGE, PLANE, SIDE, UINT8_CLASS, kind, to_rows};
use crate::png_batch;
use crate::raw::RawImages;

const IN_MEMORY: &str = "writing to memory does not fail";

/// Bytes compressed with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect(IN_MEMORY);
    encoder.finish().expect(IN_MEMORY)
}

/// A tar archive of files, each a path and its content.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).expect(IN_MEMORY);
    }
    builder.into_inner().expect(IN_MEMORY)
}

/// An IDX file of images.
pub fn idx_images(pixels: &[u8], images: u32, [height, width]: [u32; 2]) -> Vec<u8> {
    let header = [IMAGES_MAGIC, images, height, width].map(u32::to_be_bytes).concat();
    [header.as_slice(), pixels].concat()
}

/// An IDX file of labels.
pub fn idx_labels(labels: &[u8]) -> Vec<u8> {
    idx::write_labels(labels)
}

/// A CIFAR-10 batch whose pixels differ by image, channel, row and column.
pub fn cifar_batch(labels: &[u8], salt: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (n, label) in labels.iter().enumerate() {
        bytes.push(*label);
        bytes.extend((0..3 * 32 * 32).map(|i| ((i / 1024) * 83 + (i / 32 % 32) * 7 + i % 32 + n * 31 + salt) as u8));
    }
    bytes
}

/// A batch of CIFAR-10's version for Python, as Python 2 and NumPy wrote it.
pub fn cifar_python_batch(batch: &RawImages) -> Vec<u8> {
    let images = batch.len() as u32;
    let mut bytes =
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04]q\x05(".to_vec();
    bytes.extend(batch.labels.iter().flat_map(|label| [b'K', *label]));
    bytes.extend(
        b"eU\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85q\x09U\x01bq\x0a",
    );
    bytes.extend(b"\x87q\x0bRq\x0c(K\x01J");
    bytes.extend(images.to_le_bytes());
    bytes.extend(b"M\x00\x0c\x86q\x0dcnumpy\ndtype\nq\x0eU\x02u1q\x0fK\x00K\x01\x87q\x10Rq\x11(K\x03U\x01|q\x12NNN");
    bytes.extend(b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x13b\x89T");
    bytes.extend((batch.images.len() as u32).to_le_bytes());
    bytes.extend(&batch.images);
    bytes.extend(b"q\x14tq\x15bU\x09filenamesq\x16]q\x17(");
    for number in 0..images {
        bytes.extend(b"U\x05a.pngr");
        bytes.extend((24 + number).to_le_bytes());
    }
    bytes.extend(b"eu.");
    bytes
}

/// The archive of six batches of a version of CIFAR-10.
pub fn cifar_archive(version: &Version, batches: &[Vec<u8>]) -> Vec<u8> {
    let paths: Vec<String> = version.batches.iter().map(|(name, _)| format!("{}/{name}", version.folder)).collect();
    let members: Vec<(&str, &[u8])> =
        paths.iter().zip(batches).map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    gzip(&tar(&members))
}

/// A PNG of 8-bit samples.
pub fn png(samples: &[u8], [width, height]: [u32; 2], color: ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().expect(IN_MEMORY);
    writer.write_image_data(samples).expect("as many samples as the size says");
    writer.finish().expect(IN_MEMORY);
    bytes
}

/// The PNG batch of images given as N×3×32×32.
pub fn png_batch(planes: &[u8]) -> Vec<u8> {
    const PIXELS: usize = png_batch::PIXELS;
    let images = planes.len() / (3 * PIXELS);
    let mut rgb = Vec::new();
    for image in planes.chunks_exact(3 * PIXELS) {
        rgb.extend((0..PIXELS).flat_map(|i| [image[i], image[PIXELS + i], image[2 * PIXELS + i]]));
    }
    png(&rgb, [PIXELS as u32, images as u32], ColorType::Rgb)
}

/// How a MATLAB file is written.
#[derive(Clone, Copy, Debug)]
pub struct MatStyle {
    /// Most significant byte first.
    pub big_endian: bool,
    /// Arrays compressed with zlib.
    pub compressed: bool,
}

/// Every way to write a MATLAB file.
pub const MAT_STYLES: [MatStyle; 4] = [
    MatStyle { big_endian: false, compressed: false },
    MatStyle { big_endian: false, compressed: true },
    MatStyle { big_endian: true, compressed: false },
    MatStyle { big_endian: true, compressed: true },
];

impl MatStyle {
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

    /// An array with its name, class, dimensions and values of a type.
    pub fn array(self, name: &[u8], class: u32, dims: &[u32], kind: u32, values: &[u8]) -> Vec<u8> {
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
        encoder.write_all(&matrix).expect(IN_MEMORY);
        self.element(kind::COMPRESSED, &encoder.finish().expect(IN_MEMORY))
    }

    /// What comes before the arrays.
    pub fn header(self) -> Vec<u8> {
        let mut bytes = b"MATLAB 5.0 MAT-file, written by a test".to_vec();
        bytes.resize(124, b' ');
        bytes.extend_from_slice(if self.big_endian { b"\x01\x00MI" } else { b"\x00\x01IM" });
        bytes
    }

    /// A file of images given as N×C×H×W with labels 0 to 9.
    pub fn file(self, pixels: &[u8], labels: &[u8]) -> Vec<u8> {
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

/// Pixels (N×3×32×32) that differ by image, channel, row and column.
pub fn mat_pixels(images: usize) -> Vec<u8> {
    (0..images * IMAGE).map(|i| (i / IMAGE * 17 + i / PLANE % 3 * 60 + i / SIDE % SIDE * 5 + i % SIDE) as u8).collect()
}
