//! The authors' sites and their mirrors.

use std::path::Path;

use crate::download::download;
use crate::error::{Attempt, DatasetError};
use crate::local;
use crate::registry::Entry;

/// Downloads the official files that are not there yet, mirror by mirror; returns whether all are there now.
///
/// A mirror that fails once is left for the next one; what it did deliver stays. Failures are added to `attempts`.
///
/// # Errors
///
/// Only those that no mirror could help with: the disk is full or cannot be written.
pub(crate) fn download_missing(
    entry: &Entry,
    directory: &Path,
    attempts: &mut Vec<Attempt>,
    notice: &dyn Fn(&str),
) -> Result<bool, DatasetError> {
    for mirror in entry.mirrors {
        let mut delivered = true;
        for file in local::missing(entry, directory) {
            let url = format!("{mirror}{}", file.name);
            notice(&format!("{}: downloading {url}", entry.name));
            match download(&url, &file, &directory.join(file.name), notice) {
                Ok(()) => {}
                Err(error) if error.is_local() => return Err(error),
                Err(error) => {
                    attempts.push(Attempt { tried: url, reason: error.to_string() });
                    delivered = false;
                    break;
                }
            }
        }
        if delivered {
            return Ok(true);
        }
    }
    Ok(local::missing(entry, directory).is_empty())
}
