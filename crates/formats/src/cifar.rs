//! CIFAR-10 in the two versions that its authors publish: six batches each, in an archive that unpacks to a folder.
//! Described at <https://www.cs.toronto.edu/~kriz/cifar.html>.

mod python;
mod records;

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::Malformed;
use crate::archive::{Member, tar_members};
use crate::raw::RawImages;

/// Number of training batches; the images are spread evenly over them.
pub const TRAIN_BATCHES: usize = 5;

/// A version: the same images with the same labels in the same order, written differently.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// The file name of the archive.
    pub archive: &'static str,
    /// The folder that the archive unpacks to.
    pub folder: &'static str,
    /// File name and published MD5 of the five training batches and, last, the test batch.
    pub batches: [(&'static str, &'static str); 6],
    max_batch_bytes: fn(usize) -> u64,
    read_batch: fn(&[u8], &str, usize) -> Result<RawImages, Malformed>,
}

/// The binary version: records of a label and an image.
pub const BINARY: Version = Version {
    archive: "cifar-10-binary.tar.gz",
    folder: "cifar-10-batches-bin",
    batches: [
        ("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"),
        ("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"),
        ("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"),
        ("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"),
        ("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"),
        ("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d"),
    ],
    max_batch_bytes: records::batch_bytes,
    read_batch: records::read_batch,
};

/// The version for Python, which torchvision keeps: pickles of a NumPy array and a list of labels.
pub const PYTHON: Version = Version {
    archive: "cifar-10-python.tar.gz",
    folder: "cifar-10-batches-py",
    batches: [
        ("data_batch_1", "c99cafc152244af753f735de768cd75f"),
        ("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
        ("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
        ("data_batch_4", "634d18415352ddfa80567beed471001a"),
        ("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
        ("test_batch", "40351d587109b95175f43aff81a1287e"),
    ],
    max_batch_bytes: python::max_batch_bytes,
    read_batch: python::read_batch,
};

impl Version {
    /// A bound on the bytes of a batch file of `images` images.
    pub fn max_batch_bytes(&self, images: usize) -> u64 {
        (self.max_batch_bytes)(images)
    }

    /// Decodes a batch file that must hold exactly `images` images.
    ///
    /// # Errors
    ///
    /// [`Malformed`] naming `file` where it is no batch of so many images, or a label is above 9.
    pub fn read_batch(&self, bytes: &[u8], file: &str, images: usize) -> Result<RawImages, Malformed> {
        (self.read_batch)(bytes, file, images)
    }

    /// The bytes of the six batch files in the archive, in the order of [`Version::batches`].
    ///
    /// `images` are the number of images in a training batch and in the test batch.
    ///
    /// # Errors
    ///
    /// [`Malformed`] naming `file` where the archive is damaged or a batch is absent, cut short or too large.
    pub fn read_archive(
        &self,
        stream: impl Read,
        file: &str,
        [train_images, test_images]: [usize; 2],
    ) -> Result<Vec<Vec<u8>>, Malformed> {
        let members: Vec<Member> = self
            .batches
            .iter()
            .enumerate()
            .map(|(index, (name, _))| Member {
                path: format!("{}/{name}", self.folder),
                max_bytes: self.max_batch_bytes(if index < TRAIN_BATCHES { train_images } else { test_images }),
            })
            .collect();
        tar_members(MultiGzDecoder::new(stream), file, &members)
    }
}

/// The six batches of the binary version, with their paths below the folder that its archive is unpacked in.
///
/// # Panics
///
/// For training images that are not five times as many as a batch has.
pub fn write_batches(train: &RawImages, test: &RawImages) -> Vec<(String, Vec<u8>)> {
    assert_eq!(train.len() % TRAIN_BATCHES, 0, "the training images are spread evenly over the batches");
    let size = train.len() / TRAIN_BATCHES;
    let of_train = (0..TRAIN_BATCHES).map(|batch| records::write(train, batch * size..(batch + 1) * size));
    let batches = of_train.chain([records::write(test, 0..test.len())]);
    BINARY.batches.iter().map(|(name, _)| format!("{}/{name}", BINARY.folder)).zip(batches).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{cifar_archive as archive, cifar_batch as batch, cifar_python_batch};

    #[test]
    fn the_archive_gives_its_batches_in_order() {
        let batches: Vec<Vec<u8>> = (0..6).map(|i| batch(&[i as u8, 1], i)).collect();
        let packed = archive(&BINARY, &batches);
        assert_eq!(BINARY.read_archive(&packed[..], "a.tar.gz", [2, 2]).unwrap(), batches);
        assert!(BINARY.read_archive(&packed[..], "a.tar.gz", [1, 2]).is_err());
        assert!(BINARY.read_archive(&packed[..packed.len() / 2], "a.tar.gz", [2, 2]).is_err());
        let error =
            BINARY.read_archive(&archive(&BINARY, &batches[..5])[..], "a.tar.gz", [2, 2]).unwrap_err().to_string();
        assert!(error.contains("test_batch.bin"), "{error}");
    }

    #[test]
    fn both_versions_hold_the_same() {
        let records = batch(&[7, 0, 9], 3);
        let expected = BINARY.read_batch(&records, "f", 3).unwrap();
        let pickled = cifar_python_batch(&expected);
        assert_eq!(PYTHON.read_batch(&pickled, "f", 3).unwrap(), expected);
        assert!(pickled.len() as u64 <= PYTHON.max_batch_bytes(3));
        let packed = archive(&PYTHON, &vec![pickled.clone(); 6]);
        assert_eq!(PYTHON.read_archive(&packed[..], "a.tar.gz", [3, 3]).unwrap(), vec![pickled; 6]);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            for version in [BINARY, PYTHON] {
                let _ = version.read_batch(&bytes, "f", 0);
                let _ = version.read_batch(&bytes, "f", 1);
                let _ = version.read_archive(&bytes[..], "f", [1, 1]);
            }
        }

        #[test]
        fn a_changed_archive_never_panics(at in any::<prop::sample::Index>(), flip in 1u8..) {
            let batches: Vec<Vec<u8>> = (0..6).map(|i| batch(&[i as u8], i)).collect();
            let mut packed = archive(&BINARY, &batches);
            let at = at.index(packed.len());
            packed[at] ^= flip;
            let _ = BINARY.read_archive(&packed[..], "f", [1, 1]);
        }
    }
}
