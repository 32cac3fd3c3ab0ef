//! Writes `seeds/`: what the fuzzers begin from, one file of every kind that a target reads.
//!
//! `cargo +nightly run --example seeds`, in this folder.

use std::fs;
use std::io;
use std::path::Path;

use formats::cifar::{BINARY, PYTHON};
use formats::samples::{
    MAT_STYLES, cifar_archive, cifar_batch, cifar_python_batch, gzip, idx_images, idx_labels, mat_pixels, png, png_batch,
};

fn main() -> io::Result<()> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = seeds.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    };
    // The first byte is the number of images that the file must hold.
    let of = |images: u8, file: &[u8]| [&[images], file].concat();

    let pixels: Vec<u8> = (0..40).collect();
    let (images, labels) = (idx_images(&pixels, 2, [4, 5]), idx_labels(&[3, 0, 9]));
    write("idx", "images", &of(2, &images))?;
    write("idx", "images.gz", &of(2, &gzip(&images)))?;
    write("idx", "labels", &of(3, &labels))?;
    write("idx", "labels.gz", &of(3, &gzip(&labels)))?;

    let batch = cifar_batch(&[7], 0);
    let pickled = cifar_python_batch(&BINARY.read_batch(&batch, "batch", 1).expect("a batch of one image"));
    write("cifar", "batch", &of(1, &batch))?;
    write("cifar", "batch_pickled", &of(1, &pickled))?;
    let flat: Vec<u8> = std::iter::once(4).chain([9; 3 * 32 * 32]).collect();
    write("cifar", "archive", &of(1, &cifar_archive(&BINARY, &vec![flat; 6])))?;
    write("cifar", "archive_without_images", &of(0, &cifar_archive(&BINARY, &vec![Vec::new(); 6])))?;
    write("cifar", "archive_pickled", &of(1, &cifar_archive(&PYTHON, &vec![pickled; 6])))?;

    write("png_batch", "varied", &of(1, &png_batch(&mat_pixels(1))))?;
    write("png_batch", "flat", &of(2, &png_batch(&[200; 2 * 3 * 32 * 32])))?;
    write("png_batch", "grey", &of(1, &png(&[7; 1024], [1024, 1], png::ColorType::Grayscale)))?;
    write("png_batch", "labels", &of(3, b"[6, 9, 0]"))?;

    for style in MAT_STYLES {
        let order = if style.big_endian { "big" } else { "little" };
        let packing = if style.compressed { "zlib" } else { "plain" };
        write("mat", &format!("{order}_{packing}"), &of(1, &style.file(&[7; 3 * 32 * 32], &[3])))?;
        let labels = style.array(b"y", 6, &[2, 1], 9, &[1.0f64.to_le_bytes(), 2.0f64.to_le_bytes()].concat());
        write("mat", &format!("{order}_{packing}_labels"), &of(2, &[style.header(), labels].concat()))?;
    }
    Ok(())
}
