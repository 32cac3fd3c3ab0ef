//! Bounded reading of gzip files and tar archives, always into memory: no member's path ever reaches the disk.

use counted::counted;
use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use crate::Malformed;
use crate::bounded::read_at_most;

/// What the headers, the padding and the unwanted members of an archive may add to its wanted ones.
const SLACK_BYTES: u64 = 16 << 20;

/// The content of a file that is gzip-compressed or not, recognised by its first two bytes.
///
/// # Errors
///
/// [`Malformed`] for damaged gzip data, and where it decompresses to more than `max_bytes` bytes.
pub fn gunzip<'a>(bytes: &'a [u8], file: &str, max_bytes: u64) -> Result<Cow<'a, [u8]>, Malformed> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    read_at_most(MultiGzDecoder::new(bytes), max_bytes)
        .map_err(|cause| Malformed::new(file, "gzip data", cause.to_string()))?
        .map(Cow::Owned)
        .ok_or_else(|| Malformed::new(file, format!("at most {max_bytes} decompressed bytes"), "more"))
}

/// A member wanted from an archive.
pub struct Member {
    /// Its path in the archive, without a leading `./`.
    pub path: String,
    /// A bound on its size in bytes.
    pub max_bytes: u64,
}

/// Reads the wanted members of a tar stream, in the order of `members`.
///
/// # Errors
///
/// [`Malformed`] for a damaged archive, a member that is absent, cut short or larger than its bound.
pub fn tar_members(stream: impl Read, archive: &str, members: &[Member]) -> Result<Vec<Vec<u8>>, Malformed> {
    let wanted_bytes = members.iter().fold(0u64, |sum, member| sum.saturating_add(member.max_bytes));
    let damaged = |cause: io::Error| Malformed::new(archive, "a readable tar archive", cause.to_string());
    let mut found: Vec<Option<Vec<u8>>> = vec![None; members.len()];

    let mut reader = tar::Archive::new(stream.take(wanted_bytes.saturating_add(SLACK_BYTES)));
    for entry in reader.entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path_bytes().into_owned();
        let path = path.strip_prefix(b"./").unwrap_or(&path);
        let Some((member, slot)) = members.iter().zip(&mut found).find(|(member, _)| member.path.as_bytes() == path)
        else {
            continue;
        };
        let name = format!("{archive}: {}", member.path);
        let expected_bytes = entry.size();
        let bytes = read_at_most(entry, member.max_bytes)
            .map_err(damaged)?
            .ok_or_else(|| Malformed::new(&name, format!("at most {} bytes", member.max_bytes), "more"))?;
        if bytes.len() as u64 != expected_bytes {
            return Err(Malformed::new(
                &name,
                format!("{expected_bytes} bytes, as the archive declares"),
                counted(bytes.len(), "byte"),
            ));
        }
        *slot = Some(bytes);
        if found.iter().all(Option::is_some) {
            break;
        }
    }

    let absent = |member: &Member| Malformed::new(archive, format!("the member {}", member.path), "none");
    found.into_iter().zip(members).map(|(bytes, member)| bytes.ok_or_else(|| absent(member))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{gzip, tar};

    fn member(path: &str, max_bytes: u64) -> Member {
        Member { path: path.to_string(), max_bytes }
    }

    #[test]
    fn gunzip_knows_plain_from_compressed() {
        assert_eq!(&*gunzip(b"plain", "f", 5).unwrap(), b"plain");
        assert_eq!(&*gunzip(&gzip(b"packed"), "f", 6).unwrap(), b"packed");
    }

    #[test]
    fn gunzip_stops_at_its_bound() {
        let bomb = gzip(&vec![0; 10_000_000]);
        assert!(bomb.len() < 20_000);
        let error = gunzip(&bomb, "bomb.gz", 1000).unwrap_err().to_string();
        assert!(error.contains("bomb.gz") && error.contains("at most 1000"), "{error}");
    }

    #[test]
    fn every_truncation_of_gzip_is_an_error() {
        let packed = gzip(b"some bytes that are to be compressed");
        for length in 2..packed.len() {
            assert!(gunzip(&packed[..length], "f", 1000).is_err(), "{length}");
        }
    }

    #[test]
    fn members_come_in_the_order_asked_for() {
        let bytes = tar(&[("a/x", b"1"), ("a/unwanted", b"22"), ("a/y", b"333")]);
        let found = tar_members(&bytes[..], "t", &[member("a/y", 3), member("a/x", 3)]).unwrap();
        assert_eq!(found, [b"333".to_vec(), b"1".to_vec()]);
    }

    #[test]
    fn links_and_paths_that_lead_elsewhere_are_no_members() {
        let mut builder = tar::Builder::new(Vec::new());
        for (kind, to) in [(tar::EntryType::Symlink, "/etc/passwd"), (tar::EntryType::Link, "../outside")] {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(0);
            builder.append_link(&mut header, "x", to).unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.as_mut_bytes()[..4].copy_from_slice(b"../x");
        header.set_cksum();
        builder.append(&header, &b"1"[..]).unwrap();
        let bytes = builder.into_inner().unwrap();
        let error = tar_members(&bytes[..], "t", &[member("x", 9)]).unwrap_err().to_string();
        assert!(error.contains("the member x"), "{error}");
    }

    #[test]
    fn members_that_are_absent_large_or_cut_short_are_errors() {
        let bytes = tar(&[("x", &[7; 600])]);
        let error = tar_members(&bytes[..], "t.tar", &[member("y", 600)]).unwrap_err().to_string();
        assert!(error.contains("t.tar") && error.contains("the member y"), "{error}");
        let error = tar_members(&bytes[..], "t.tar", &[member("x", 599)]).unwrap_err().to_string();
        assert!(error.contains("t.tar: x") && error.contains("at most 599"), "{error}");
        for length in 0..512 + 600 {
            assert!(tar_members(&bytes[..length], "t.tar", &[member("x", 600)]).is_err(), "{length}");
        }
    }
}
