//! One file over HTTP: bounded, verified, and only then given its name.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use counted::counted;
use md5::{Digest, Md5};

use crate::digest::hex;
use crate::error::DatasetError;
use crate::progress::Progress;
use crate::registry::OfficialFile;

/// How long a server may take to be found and to accept a connection: where there is no network, a person waits for this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it may take to begin its answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a connection may stay silent.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Downloads `url`, which must be the official file `file`, to `destination`.
///
/// The bytes go to a temporary file in the destination's directory, which is created where it is absent; only a
/// complete file with the published MD5 is renamed to `destination`. A proxy is taken from the environment
/// (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). Progress is a bar on a terminal and lines to `notice`
/// elsewhere.
///
/// # Errors
///
/// [`DatasetError::Unreachable`] where no connection comes about, [`DatasetError::Download`] where the server answers
/// something else or ends early, [`DatasetError::TooLarge`] and
/// [`DatasetError::Digest`] where it sends something else, [`DatasetError::Io`] and [`DatasetError::DiskFull`] where
/// the file cannot be written.
pub fn download(url: &str, file: &OfficialFile, destination: &Path, notice: &dyn Fn(&str)) -> Result<(), DatasetError> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(RESPONSE_TIMEOUT))
        .timeout_per_read(Some(READ_TIMEOUT))
        .build()
        .into();
    let response = agent.get(url).call().map_err(|error| failed(url, &error))?;
    let total_bytes = response.body().content_length();
    receive(response.into_body().into_reader(), total_bytes, url, file, destination, notice)
}

/// An error of a request, told apart by whether any server answered.
fn failed(url: &str, error: &ureq::Error) -> DatasetError {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkDown, NetworkUnreachable, TimedOut,
    };
    let url = url.to_string();
    let unreachable = |reason: String| DatasetError::Unreachable { url: url.clone(), reason };
    match error {
        ureq::Error::HostNotFound => unreachable("the server's name is not known".into()),
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            unreachable(format!("no connection within {} seconds", CONNECT_TIMEOUT.as_secs()))
        }
        ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => unreachable(error.to_string()),
        ureq::Error::Io(cause) => match cause.kind() {
            AddrNotAvailable | ConnectionRefused | HostUnreachable | NetworkDown | NetworkUnreachable | TimedOut => {
                unreachable(cause.to_string())
            }
            // What the system's resolver says has no kind.
            _ if cause.to_string().contains("lookup address") => unreachable(cause.to_string()),
            _ => DatasetError::Download { url, reason: cause.to_string() },
        },
        ureq::Error::StatusCode(code) => DatasetError::Download { url, reason: format!("the server answers {code}") },
        other => DatasetError::Download { url, reason: other.to_string() },
    }
}

/// A number of bytes, for a person.
fn counted_bytes(bytes: u64) -> String {
    counted(usize::try_from(bytes).unwrap_or(usize::MAX), "byte")
}

/// Writes a response's body of `total_bytes` bytes, where that is known, to its destination.
fn receive(
    mut body: impl Read,
    total_bytes: Option<u64>,
    url: &str,
    file: &OfficialFile,
    destination: &Path,
    notice: &dyn Fn(&str),
) -> Result<(), DatasetError> {
    let too_large = || DatasetError::TooLarge { file: url.to_string(), max_bytes: file.max_bytes };
    if total_bytes.is_some_and(|bytes| bytes > file.max_bytes) {
        return Err(too_large());
    }
    let mut partial =
        whole_file::begin(destination).map_err(|cause| DatasetError::io(destination, "create the file", cause))?;
    let mut progress = Progress::new(file.name, total_bytes, notice);
    let mut hasher = Md5::new();
    let mut received_bytes: u64 = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let reason = format!("the connection broke after {}: {error}", counted_bytes(received_bytes));
                return Err(DatasetError::Download { url: url.to_string(), reason });
            }
        };
        received_bytes += count as u64;
        if received_bytes > file.max_bytes {
            return Err(too_large());
        }
        let chunk = &buffer[..count];
        hasher.update(chunk);
        partial.write_all(chunk).map_err(|cause| DatasetError::io(destination, "write the download", cause))?;
        progress.advance(count as u64);
    }
    drop(progress);

    if let Some(total_bytes) = total_bytes.filter(|total| *total != received_bytes) {
        let reason = format!("the connection ended after {received_bytes} of {}", counted_bytes(total_bytes));
        return Err(DatasetError::Download { url: url.to_string(), reason });
    }
    let found = hex(&hasher.finalize());
    if found != file.md5 {
        return Err(DatasetError::Digest { file: url.to_string(), what: "MD5", expected: file.md5.to_string(), found });
    }
    whole_file::finish(partial, destination).map_err(|cause| DatasetError::io(destination, "write the file", cause))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;

    use super::*;

    const ABC: OfficialFile = OfficialFile { name: "abc.bin", max_bytes: 3, md5: "900150983cd24fb0d6963f7d28e17f72" };

    /// A body that gives some bytes and then breaks.
    struct Breaking(bool);

    impl Read for Breaking {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            buffer[0] = b'a';
            Ok(1)
        }
    }

    /// Receives into a fresh directory: the outcome, the files that are there afterwards, and the notices.
    fn received(body: impl Read, total_bytes: Option<u64>) -> (Result<(), DatasetError>, Vec<String>, Vec<String>) {
        let directory = tempfile::tempdir().unwrap();
        let notices = RefCell::new(Vec::new());
        let notice = |line: &str| notices.borrow_mut().push(line.to_string());
        let outcome =
            receive(body, total_bytes, "http://a.example/x", &ABC, &directory.path().join("abc.bin"), &notice);
        let files = fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        (outcome, files, notices.into_inner())
    }

    #[test]
    fn the_right_bytes_get_their_name() {
        for total_bytes in [None, Some(3)] {
            let (outcome, files, _) = received(&b"abc"[..], total_bytes);
            outcome.unwrap();
            assert_eq!(files, ["abc.bin"]);
        }
    }

    #[test]
    fn nothing_else_does() {
        let cases: [(&[u8], Option<u64>, &str); 5] = [
            (b"abd", Some(3), "MD5"),
            (b"ab", None, "MD5"),
            (b"ab", Some(3), "after 2 of 3 bytes"),
            (b"abcd", None, "at most 3 bytes"),
            (b"abcd", Some(4), "at most 3 bytes"),
        ];
        for (body, total_bytes, reason) in cases {
            let (outcome, files, _) = received(body, total_bytes);
            let error = outcome.unwrap_err().to_string();
            assert!(error.contains("http://a.example/x") && error.contains(reason), "{error}");
            assert!(files.is_empty(), "{files:?}");
        }
        let (outcome, files, _) = received(Breaking(false), Some(3));
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("broke after 1 byte"), "{error}");
        assert!(files.is_empty(), "{files:?}");
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_a_local_error() {
        let directory = tempfile::tempdir().unwrap();
        let blocked = directory.path().join("file");
        fs::write(&blocked, b"").unwrap();
        let error =
            receive(&b"abc"[..], None, "http://a.example", &ABC, &blocked.join("abc.bin"), &|_| ()).unwrap_err();
        assert!(error.is_local(), "{error}");
    }
}
