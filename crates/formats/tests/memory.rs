//! Files that unpack to far more than they are: what is held at once stays below a bound that does not depend on them.
//!
//! One test, so that nothing else in the process allocates meanwhile.

use formats::archive::gunzip;
use formats::cifar::BINARY;
use formats::samples::{MatStyle, cifar_archive, gzip, png_batch};
use formats::{mat, png_batch};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const BOMB_BYTES: usize = 64 << 20;

/// The most that `read` held at once.
fn peak_bytes(read: impl FnOnce()) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    read();
    ALLOCATOR.peak_usage() - before
}

/// `png` with one more chunk before its pixels.
fn with_chunk(png: &[u8], kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checked = flate2::Crc::new();
    checked.update(kind);
    checked.update(data);
    // After the signature and the header.
    let (before, after) = png.split_at(8 + 25);
    let length = (data.len() as u32).to_be_bytes();
    [before, &length, kind, data, &checked.sum().to_be_bytes(), after].concat()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let style = MatStyle { big_endian: false, compressed: true };
    // The element is a tag of 8 bytes and the zlib stream.
    style.array(b"X", 9, &[bytes.len() as u32], 2, bytes)[8..].to_vec()
}

#[test]
fn no_bomb_takes_memory_beyond_the_bound() {
    let zeros = vec![0; BOMB_BYTES];
    let bound = |peak: usize, bytes: usize, what: &str| assert!(peak <= bytes, "{what}: {peak} bytes, bound {bytes}");

    let bomb = gzip(&zeros);
    let peak = peak_bytes(|| assert!(gunzip(&bomb, "f", 1000).is_err()));
    bound(peak, 512 << 10, "gzip");

    let mut batches = vec![zeros.clone()];
    batches.resize(6, Vec::new());
    let bomb = cifar_archive(&BINARY, &batches);
    let peak = peak_bytes(|| assert!(BINARY.read_archive(bomb.as_slice(), "f", [1, 1]).is_err()));
    bound(peak, 1 << 20, "tar.gz");

    let style = MatStyle { big_endian: false, compressed: true };
    let array = style.array(b"X", 9, &[32, 32, 3, (BOMB_BYTES / 3072) as u32], 2, &zeros);
    let bomb = [style.header(), array].concat();
    let peak = peak_bytes(|| assert!(mat::read_images(&bomb, "f", 1).is_err()));
    bound(peak, 512 << 10, "mat");

    let plain = png_batch(&[7; 3 * 32 * 32]);
    let packed = zlib(&zeros);
    for (kind, name) in [(b"iCCP", &b"profile\0\0"[..]), (b"zTXt", b"comment\0\0")] {
        let bomb = with_chunk(&plain, kind, &[name, &packed].concat());
        // What the file itself holds of the chunk, and what the decoder needs anyway.
        let peak = peak_bytes(|| drop(png_batch::read_images(&bomb, "f", 1)));
        bound(peak, 2 * bomb.len() + (512 << 10), "png");
    }
    let unharmed = with_chunk(&plain, b"tEXt", b"comment\0hello");
    assert_eq!(png_batch::read_images(&unharmed, "f", 1).unwrap(), [7; 3 * 32 * 32]);
}
