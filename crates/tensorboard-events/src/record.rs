//! TFRecord, the framing of TensorFlow's files, as in its `tensorflow/core/lib/io/record_writer.h`: the length of the data as a
//! 64-bit integer, that integer's checksum, the data, their checksum; all little-endian.

use crc::{CRC_32_ISCSI, Crc};

/// CRC-32C, Castagnoli's polynomial.
static CRC_32C: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// `data` as a record.
pub(crate) fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length, &masked_crc(&length).to_le_bytes()[..], data, &masked_crc(data).to_le_bytes()].concat()
}

/// The checksum of `bytes`, masked: `Value` and then `Mask` in TensorFlow's `tensorflow/core/lib/hash/crc32c.h`. CRCs of bytes
/// that hold CRCs themselves are weak; masked, they may be held.
pub(crate) fn masked_crc(bytes: &[u8]) -> u32 {
    CRC_32C.checksum(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By `masked_crc32c` of TensorBoard 2.21.0; before masking, the first is CRC-32C's check value, e3069283.
    #[test]
    fn checksums_are_tensorboards() {
        assert_eq!(masked_crc(b"123456789"), 0xc78a_b0e5);
        assert_eq!(masked_crc(b""), 0xa282_ead8);
    }

    #[test]
    fn lengths_and_data_have_each_their_checksum() {
        let record = framed(b"123456789");
        assert_eq!(record.len(), 8 + 4 + 9 + 4);
        assert_eq!(record[..8], [9, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(record[8..12], masked_crc(&record[..8]).to_le_bytes());
        assert_eq!(&record[12..21], b"123456789");
        assert_eq!(record[21..], [0xe5, 0xb0, 0x8a, 0xc7]);
    }
}
