//! Package managers that carry a dataset, for machines that reach a package mirror but not the authors' sites.
//!
//! A package is fetched into a temporary directory by its manager, which applies the machine's own settings. The
//! wanted members are then read from it in memory; nothing of it is installed or run.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use formats::archive::{Member, tar_members};
use formats::{idx, png_batch};
use paths::DatasetName;

use crate::command;
use crate::decode::{self, NamedBytes};
use crate::error::DatasetError;
use crate::raw::RawDataset;
use crate::registry::{Entry, Package};

/// The command that fetches a package, as it is shown to a person.
pub(crate) fn command_line(package: &Package) -> String {
    match package {
        Package::Npm { spec, .. } => format!("npm pack {spec} --ignore-scripts"),
        Package::Debian { package, .. } => format!("apt-get download {package}"),
    }
}

/// What makes a package manager give up within seconds, rather than ask again for minutes, where there is no network.
const NPM_PATIENCE: [&str; 2] = ["--fetch-retries=0", "--fetch-timeout=10000"];
const APT_PATIENCE: [&str; 6] =
    ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10"];

/// Fetches a package and reads and verifies the dataset in it; with little patience where nothing else was reached.
///
/// # Errors
///
/// [`DatasetError::Command`] where the package manager is absent or fails, the decoders' errors where the package
/// holds something else.
pub(crate) fn fetch(
    entry: &Entry,
    package: &Package,
    directory: &Path,
    offline: bool,
) -> Result<RawDataset, DatasetError> {
    fs::create_dir_all(directory).map_err(|cause| DatasetError::io(directory, "create the directory", cause))?;
    let scratch = tempfile::Builder::new()
        .prefix(".package-")
        .tempdir_in(directory)
        .map_err(|cause| DatasetError::io(directory, "create a temporary directory", cause))?;
    match package {
        Package::Npm { spec, archive, max_bytes } => {
            if offline {
                // The package itself may take its time; its description does not.
                command::run("npm", &[&["view", spec, "dist.tarball"], &NPM_PATIENCE[..]].concat(), scratch.path())?;
            }
            command::run("npm", &["pack", spec, "--ignore-scripts"], scratch.path())?;
            let path = scratch.path().join(archive);
            let stream = open(&path, *max_bytes)?;
            read_package(entry, archive, MultiGzDecoder::new(stream))
        }
        Package::Debian { package, max_bytes } => {
            let patience = if offline { &APT_PATIENCE[..] } else { &[] };
            command::run("apt-get", &[&["download", *package], patience].concat(), scratch.path())
                .map_err(with_hint)?;
            let path = only_file(scratch.path(), "deb")?;
            open(&path, *max_bytes)?;
            read_debian(entry, package, &path)
        }
    }
}

/// Reads a dataset from a Debian package's file.
fn read_debian(entry: &Entry, package: &str, path: &Path) -> Result<RawDataset, DatasetError> {
    let path = path.display().to_string();
    // The container's compression varies between releases; dpkg-deb knows all of them.
    command::read_output("dpkg-deb", &["--fsys-tarfile", &path], Path::new("."), |output| {
        read_package(entry, package, output)
    })
}

/// Reads a dataset from a package's tar stream.
fn read_package(entry: &Entry, package: &str, stream: impl Read) -> Result<RawDataset, DatasetError> {
    let members = members(entry);
    let contents = tar_members(stream, package, &members)?;
    let mut files: Vec<NamedBytes> = members
        .into_iter()
        .zip(contents)
        .map(|(member, bytes)| NamedBytes { file: format!("{package}: {}", member.path), bytes })
        .collect();

    let other_layout = || DatasetError::malformed(package, "a package with a known layout", "another");
    match entry.name {
        DatasetName::Cifar10 => {
            let labels = files.split_off(files.len().saturating_sub(2));
            let [train_labels, test_labels] = labels.as_slice() else {
                return Err(other_layout());
            };
            decode::cifar_png_dataset(entry, &files, [train_labels, test_labels])
        }
        DatasetName::Mnist | DatasetName::FashionMnist => {
            let files = <[NamedBytes; 4]>::try_from(files).map_err(|_| other_layout())?;
            decode::idx_dataset(entry, files)
        }
        DatasetName::Svhn => Err(other_layout()),
    }
}

/// The members a dataset consists of, in the order in which they are decoded.
fn members(entry: &Entry) -> Vec<Member> {
    let size = [entry.name.image_size(); 2];
    let idx_bytes = [
        idx::images_file_bytes(entry.train.images, size),
        idx::labels_file_bytes(entry.train.images),
        idx::images_file_bytes(entry.test.images, size),
        idx::labels_file_bytes(entry.test.images),
    ];
    match entry.name {
        DatasetName::Cifar10 => {
            let [train_images, test_images] = decode::cifar_batch_images(entry);
            let png = |name: String, images| Member {
                path: format!("package/{name}.png"),
                max_bytes: png_batch::max_png_bytes(images),
            };
            let json = |name: &str, labels| Member {
                path: format!("package/{name}.json"),
                max_bytes: png_batch::max_json_bytes(labels),
            };
            let mut members: Vec<Member> =
                (1..=5).map(|batch| png(format!("data_batch_{batch}"), train_images)).collect();
            members.push(png("test_batch".to_string(), test_images));
            // Spelt like this in the package.
            members.push(json("train_lables", entry.train.images));
            members.push(json("test_lables", entry.test.images));
            members
        }
        DatasetName::Mnist => idx::FILES
            .iter()
            .zip(idx_bytes)
            .map(|(name, max_bytes)| Member { path: format!("package/data/{name}"), max_bytes })
            .collect(),
        DatasetName::FashionMnist => idx::FILES
            .iter()
            .zip(idx_bytes)
            .map(|(name, plain_bytes)| Member {
                path: format!("usr/share/datasets/fashion-mnist/{name}.gz"),
                // Compression can make data that does not compress slightly larger.
                max_bytes: plain_bytes + 65_536,
            })
            .collect(),
        DatasetName::Svhn => Vec::new(),
    }
}

/// Names the usual cause of a failing `apt-get download`: package lists that were never fetched or are outdated.
fn with_hint(error: DatasetError) -> DatasetError {
    match error {
        DatasetError::Command { command, reason } => DatasetError::Command {
            command,
            reason: format!("{reason}\n    (`apt-get update` renews the package lists)"),
        },
        other => other,
    }
}

/// Opens a fetched package of at most `max_bytes` bytes.
fn open(path: &Path, max_bytes: u64) -> Result<File, DatasetError> {
    let failed = |cause| DatasetError::io(path, "read the file", cause);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() > max_bytes {
        return Err(DatasetError::TooLarge { file: path.display().to_string(), max_bytes });
    }
    Ok(file)
}

/// The one file with an extension: the package manager chooses the name, which holds a version.
fn only_file(directory: &Path, extension: &str) -> Result<PathBuf, DatasetError> {
    let failed = |cause| DatasetError::io(directory, "list the directory", cause);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    match <[PathBuf; 1]>::try_from(found) {
        Ok([path]) => Ok(path),
        Err(found) => Err(DatasetError::malformed(
            &directory.display().to_string(),
            format!("one .{extension} file"),
            format!("{}", found.len()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use formats::samples::{self, gzip, tar};

    use super::*;
    use crate::registry;
    use crate::small;

    fn tar_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
        let members: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        tar(&members)
    }

    fn cifar_package() -> (Entry, Vec<(String, Vec<u8>)>, RawDataset) {
        let (entry, batches, dataset) = small::cifar10();
        let mut files = Vec::new();
        for (index, batch) in batches.iter().enumerate() {
            let images = if index < 5 { 2 } else { 3 };
            let planes = formats::cifar::BINARY.read_batch(batch, "small", images).unwrap().images;
            let name = if index < 5 { format!("data_batch_{}", index + 1) } else { "test_batch".to_string() };
            files.push((format!("package/{name}.png"), samples::png_batch(&planes)));
        }
        for (name, split) in [("test_lables", &dataset.test), ("train_lables", &dataset.train)] {
            files.push((format!("package/{name}.json"), serde_json::to_vec(&split.labels).unwrap()));
        }
        (entry, files, dataset)
    }

    #[test]
    fn cifar_from_its_package() {
        let (entry, files, dataset) = cifar_package();
        assert_eq!(read_package(&entry, "p", &tar_of(&files)[..]).unwrap(), dataset);
    }

    #[test]
    fn a_package_with_other_content_is_refused() {
        let (entry, mut files, _) = cifar_package();
        files.swap(0, 1);
        let (first, second) = (files[0].0.clone(), files[1].0.clone());
        files[0].0 = second;
        files[1].0 = first;
        let error = read_package(&entry, "p", &tar_of(&files)[..]).unwrap_err();
        assert!(matches!(error, DatasetError::Digest { .. }), "{error}");
        files.pop();
        let error = read_package(&entry, "p", &tar_of(&files)[..]).unwrap_err().to_string();
        assert!(error.contains("train_lables.json"), "{error}");
    }

    #[test]
    fn mnist_and_fashion_mnist_from_their_packages() {
        let (mut entry, files, mut dataset) = small::mnist();
        let npm: Vec<(String, Vec<u8>)> =
            files.iter().map(|(name, bytes)| (format!("package/data/{name}"), bytes.clone())).collect();
        assert_eq!(read_package(&entry, "p", &tar_of(&npm)[..]).unwrap(), dataset);

        entry.name = DatasetName::FashionMnist;
        dataset.name = DatasetName::FashionMnist;
        let debian: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|(name, bytes)| (format!("./usr/share/datasets/fashion-mnist/{name}.gz"), gzip(bytes)))
            .collect();
        assert_eq!(read_package(&entry, "p", &tar_of(&debian)[..]).unwrap(), dataset);
    }

    /// A Debian package: an `ar` archive of a version, a control archive and a data archive.
    fn deb(data: &[u8]) -> Vec<u8> {
        let control =
            gzip(&tar(&[("./control", b"Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n")]));
        let mut bytes = b"!<arch>\n".to_vec();
        for (name, content) in [("debian-binary", &b"2.0\n"[..]), ("control.tar.gz", &control), ("data.tar.gz", data)] {
            bytes.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, content.len()).bytes());
            bytes.extend_from_slice(content);
            bytes.resize(bytes.len().next_multiple_of(2), b'\n');
        }
        bytes
    }

    #[test]
    fn a_hostile_debian_package_writes_nothing() {
        let (mut entry, files, mut dataset) = small::mnist();
        entry.name = DatasetName::FashionMnist;
        dataset.name = DatasetName::FashionMnist;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.deb");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read_debian(&entry, "x", &path)
        };
        let mut members: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|(name, bytes)| (format!("usr/share/datasets/fashion-mnist/{name}.gz"), gzip(bytes)))
            .collect();
        let good = read(&deb(&gzip(&tar_of(&members))));
        if good.as_ref().is_err_and(|error| error.to_string().contains("is not installed")) {
            eprintln!("SKIPPED: dpkg-deb is not installed");
            return;
        }
        assert_eq!(good.unwrap(), dataset);

        // A member that leads outside, and one that unpacks to more than all of the dataset.
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.as_mut_bytes()[..10].copy_from_slice(b"../outside");
        header.set_cksum();
        builder.append(&header, &b"1"[..]).unwrap();
        let outside = builder.into_inner().unwrap();
        members[0].1 = vec![0; 32 << 20];
        for data in [gzip(&outside), gzip(&tar_of(&members)), b"no archive".to_vec()] {
            assert!(read(&deb(&data)).is_err());
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(!directory.path().parent().unwrap().join("outside").exists());
    }

    #[test]
    fn every_package_has_its_members_listed() {
        for name in DatasetName::ALL {
            let entry = registry::entry(name);
            assert_eq!(entry.package.is_some(), !members(entry).is_empty(), "{name}");
        }
    }

    #[test]
    fn the_package_file_is_found_by_its_extension() {
        let directory = tempfile::tempdir().unwrap();
        assert!(only_file(directory.path(), "deb").is_err());
        fs::write(directory.path().join("a_1.0_all.deb"), b"12345").unwrap();
        fs::write(directory.path().join("other"), b"").unwrap();
        let path = only_file(directory.path(), "deb").unwrap();
        assert!(path.ends_with("a_1.0_all.deb"));
        assert!(open(&path, 5).is_ok());
        assert!(matches!(open(&path, 4), Err(DatasetError::TooLarge { .. })));
        fs::write(directory.path().join("b.deb"), b"").unwrap();
        assert!(only_file(directory.path(), "deb").is_err());
    }
}
