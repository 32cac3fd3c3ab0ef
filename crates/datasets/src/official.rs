//! The authors' sites and their mirrors.

use std::path::Path;

use crate::download::download;
use crate::error::{Attempt, DatasetError};
use crate::local;
use crate::registry::Entry;

/// What came of asking the mirrors.
pub(crate) struct Asked {
    /// Whether all official files are there now.
    pub complete: bool,
    /// Whether any server answered.
    pub answered: bool,
}

/// Downloads the official files that are not there yet, mirror by mirror.
///
/// A mirror that fails once is left for the next one; what it did deliver stays. Failures are added to `attempts`.
///
/// # Errors
///
/// Only those that no mirror could help with: the disk is full or cannot be written.
pub(crate) fn download_missing(
    entry: &Entry,
    data: &Path,
    attempts: &mut Vec<Attempt>,
    notice: &dyn Fn(&str),
) -> Result<Asked, DatasetError> {
    let mut answered = false;
    for mirror in entry.mirrors {
        let mut delivered = true;
        for file in local::missing(entry, data) {
            let url = format!("{mirror}{}", file.name);
            notice(&format!("{}: downloading {url}", entry.name));
            match download(&url, &file, &local::own_folder(entry, data).join(file.name), notice) {
                Ok(()) => answered = true,
                Err(error) if error.is_local() => return Err(error),
                Err(error) => {
                    answered |= !matches!(error, DatasetError::Unreachable { .. });
                    attempts.push(Attempt { tried: url, reason: error.reason() });
                    delivered = false;
                    break;
                }
            }
        }
        if delivered {
            return Ok(Asked { complete: true, answered });
        }
    }
    Ok(Asked { complete: local::missing(entry, data).is_empty(), answered })
}
