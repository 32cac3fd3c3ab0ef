//! Reading with an upper bound, so that no file, archive or peer decides how much memory is used.

use std::io::{self, Read};

/// Reads to the end; `None` where there are more than `max_bytes` bytes.
///
/// # Errors
/// The reader's.
pub fn read_at_most(reader: impl Read, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max_bytes).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_inclusive() {
        assert_eq!(read_at_most(&b"abc"[..], 3).unwrap().as_deref(), Some(&b"abc"[..]));
        assert_eq!(read_at_most(&b"abcd"[..], 3).unwrap(), None);
    }
}
