//! What can go wrong between asking for a dataset and having its bytes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use formats::Malformed;
use paths::DatasetName;

/// A failure to obtain, read or verify a dataset.
///
/// Every message names the file or place, what was expected, what was found, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The operating system refused an operation on a file or directory.
    #[error("{path}: cannot {action}: {cause}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was attempted, as a verb phrase.
        action: &'static str,
        /// The operating system's reason.
        cause: io::Error,
    },

    /// No space, or no quota, is left where a file was being written.
    #[error(
        "{path}: cannot {action}: the disk is full or the quota is used up; free space there or choose another data \
         directory"
    )]
    DiskFull {
        /// The file being written.
        path: PathBuf,
        /// What was attempted, as a verb phrase.
        action: &'static str,
    },

    /// A file is not what its format or the dataset prescribes.
    #[error(
        "{file}: expected {expected}, found {found}; the file is damaged or is not the official one: delete it (it is \
         then fetched again) or replace it"
    )]
    Malformed {
        /// The file, and the member within it where it is an archive.
        file: String,
        /// What the format or the dataset prescribes.
        expected: String,
        /// What the file holds.
        found: String,
    },

    /// A file or its decoded content has another digest than the published data.
    #[error(
        "{file}: expected {what} {expected}, found {found}; the content is not the official one: delete the \
         file (it is then fetched again) or replace it"
    )]
    Digest {
        /// The file, and the member within it where it is an archive.
        file: String,
        /// Which digest over which bytes.
        what: &'static str,
        /// The published digest, in hexadecimal.
        expected: String,
        /// The digest of what was read, in hexadecimal.
        found: String,
    },

    /// A file or download is larger than the official one can be.
    #[error(
        "{file}: expected at most {max_bytes} bytes, found more; it is not the official file: delete it if it is on \
         disk, or use another source"
    )]
    TooLarge {
        /// The file or address.
        file: String,
        /// The bound, in bytes.
        max_bytes: u64,
    },

    /// An HTTP download failed.
    #[error("{url}: {reason}")]
    Download {
        /// The address asked for.
        url: String,
        /// Why it failed.
        reason: String,
    },

    /// No connection to a server came about.
    #[error("{url}: {reason}")]
    Unreachable {
        /// The address asked for.
        url: String,
        /// Why there is none.
        reason: String,
    },

    /// A package manager's command failed or is not installed.
    #[error("`{command}`: {reason}")]
    Command {
        /// The command line.
        command: String,
        /// Why it failed, with the end of its output.
        reason: String,
    },

    /// So few images are asked for that training or validation would have none.
    #[error(
        "{dataset}: {train_images} training images with a validation fraction of {validation_fraction} leave none to \
         train on or none to validate on; ask for more images or change the fraction"
    )]
    Selection {
        /// The dataset.
        dataset: DatasetName,
        /// Images asked for, training and validation together.
        train_images: usize,
        /// The part of them that is held out for validation.
        validation_fraction: f64,
    },

    /// Every source of a dataset failed.
    #[error("{0}")]
    Unavailable(Box<Unavailable>),
}

/// A dataset that no source could provide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// The dataset asked for.
    pub dataset: DatasetName,
    /// Each source tried, with the reason it failed; none where they were said before.
    pub attempts: Vec<Attempt>,
    /// Whether no server could be reached at all.
    pub offline: bool,
    /// The official files that would do.
    pub files: Vec<String>,
    /// Where a person finds those files.
    pub home: String,
    /// Where to put them.
    pub directory: PathBuf,
}

/// One source that was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The source, as an address or a command.
    pub tried: String,
    /// Why it failed.
    pub reason: String,
}

impl DatasetError {
    /// An operating system error at `path`, told apart by whether space ran out.
    pub(crate) fn io(path: &Path, action: &'static str, cause: io::Error) -> Self {
        let path = path.to_path_buf();
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, action },
            _ => Self::Io { path, action, cause },
        }
    }

    pub(crate) fn malformed(file: &str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Malformed { file: file.to_string(), expected: expected.into(), found: found.into() }
    }

    /// Why a source failed, without its name.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Download { reason, .. } | Self::Unreachable { reason, .. } | Self::Command { reason, .. } => {
                reason.clone()
            }
            other => other.to_string(),
        }
    }

    /// Whether the failure lies with this machine's disk, so that no other source would help.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::DiskFull { .. })
    }
}

impl From<Malformed> for DatasetError {
    fn from(Malformed { file, expected, found }: Malformed) -> Self {
        Self::Malformed { file, expected, found }
    }
}

impl Unavailable {
    /// The same, to be said once more: without what was said the first time.
    pub(crate) fn again(&self) -> Self {
        Self { attempts: Vec::new(), ..self.clone() }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, attempts, offline, files, home, directory } = self;
        write!(f, "{dataset}: no source could provide it")?;
        if *offline {
            f.write_str(
                ": no server can be reached. This machine has no network, or needs a proxy, which the variable HTTPS_PROXY names",
            )?;
        }
        f.write_str(if attempts.is_empty() { ", as was said before; it is not tried again.\n" } else { ".\n" })?;
        for Attempt { tried, reason } in attempts {
            writeln!(f, "  tried {tried}: {reason}")?;
        }
        write!(
            f,
            "By hand: put {} from {home} in {}/, or name with --data the folder where torchvision keeps its datasets",
            files.join(", "),
            directory.display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unavailable_lists_every_attempt_and_the_way_out() {
        let error = Unavailable {
            dataset: DatasetName::Svhn,
            attempts: vec![
                Attempt { tried: "http://a.example".into(), reason: "host not found".into() },
                Attempt { tried: "`npm pack x`".into(), reason: "npm is not installed".into() },
            ],
            offline: false,
            files: vec!["train_32x32.mat".into(), "test_32x32.mat".into()],
            home: "http://home.example".into(),
            directory: PathBuf::from("data/svhn"),
        };
        let by_hand = "put train_32x32.mat, test_32x32.mat from http://home.example in data/svhn/";
        let message = error.to_string();
        for part in ["svhn", "http://a.example: host not found", "`npm pack x`: npm is not installed", by_hand] {
            assert!(message.contains(part), "{part:?} is missing from:\n{message}");
        }
        assert!(!message.contains("no network"), "{message}");
        let offline = Unavailable { offline: true, ..error }.again().to_string();
        assert!(offline.contains("no network") && offline.contains("not tried again"), "{offline}");
        assert!(offline.contains(by_hand) && !offline.contains("host not found"), "{offline}");
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let full = DatasetError::io(Path::new("x"), "write the file", io::ErrorKind::StorageFull.into());
        assert!(matches!(full, DatasetError::DiskFull { .. }));
        let denied = DatasetError::io(Path::new("x"), "write the file", io::ErrorKind::PermissionDenied.into());
        assert!(matches!(denied, DatasetError::Io { .. }));
        assert!(full.is_local() && denied.is_local());
    }
}
