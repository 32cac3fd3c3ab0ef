//! The settings of an experiment, and how a scale, a file and the command line overlay them.

use serde::{Deserialize, Serialize};

use crate::split_seeds::SplitSeeds;
use crate::values::{self, SeedList};
use crate::{
    Augmentation, Carry, Count, DataSelection, DatasetName, Init, LearningProcess, ModelSpec, NetworkName, Numerics,
    OtherNetwork, Precision, Schedule, Stem, Width,
};

/// Defines [`Settings`], [`SettingsPatch`] and the overlay of one by the other from a single list.
macro_rules! settings {
    ($( $(#[doc = $doc:literal])+ $(#[serde($check:meta)])? $name:ident : $type:ty = $paper:expr; )+) => {
        /// Every setting of an experiment. [`Settings::paper`] has the paper's values, and our decisions where it is silent.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct Settings { $( $(#[doc = $doc])+ pub $name: $type, )+ }

        impl Settings {
            /// The names of all settings, as written in an experiment file or after `--set`.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The paper's settings.
            pub fn paper() -> Self {
                Self { $( $name: $paper, )+ }
            }

            /// These settings with those of `patch` in place of the ones it names.
            pub fn with(mut self, patch: &SettingsPatch) -> Self {
                $( if let Some(value) = &patch.$name { self.$name = value.clone(); } )+
                self
            }
        }

        /// Some of the settings: a `[settings]` or `[scale.NAME]` table, or what followed `--set`.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct SettingsPatch {
            $( $(#[doc = $doc])+ $(#[serde($check)])? pub $name: Option<$type>, )+
        }

        impl SettingsPatch {
            /// These settings, and those of `under` where these say nothing.
            pub fn over(&self, under: &SettingsPatch) -> Self {
                Self { $( $name: self.$name.clone().or_else(|| under.$name.clone()), )+ }
            }
        }
    };
}

settings! {
    /// Datasets, one panel each.
    #[serde(deserialize_with = "some_datasets")]
    datasets: Vec<DatasetName> = vec![DatasetName::Cifar10, DatasetName::FashionMnist, DatasetName::Svhn];
    /// Seeds of the conditions.
    seeds: SeedList = SeedList::first(10);
    /// Seeds of the baseline; those of the conditions where a file says nothing.
    baseline_seeds: SeedList = SeedList::first(3);
    /// Of how many of the baseline's first seeds the figure's line is the mean: a number, or "all". The paper's is of three.
    line_seeds: Count = Count::All;
    /// Images taken from the official training set, class-stratified and validation included: a number, or "all".
    train_images: Count = Count::All;
    /// Images taken from the official test set, class-stratified: a number, or "all".
    test_images: Count = Count::All;
    /// Share of the training images held out for early stopping.
    #[serde(deserialize_with = "values::some_fraction")]
    validation_fraction: f64 = DataSelection::default().validation_fraction;
    /// Seed of the choice of images, the same for every run of an experiment; or a list of them, of which the run with seed s has the
    /// one at place s modulo the list's length, so that runs of one seed have the same images.
    split_seed: SplitSeeds = SplitSeeds::one(DataSelection::default().split_seed);
    /// The network: "resnet18", "all-cnn", "all-cnn-bn" or "mlp".
    network: NetworkName = NetworkName::ResNet18;
    /// Width of the network: a number, or "standard" for the network's own.
    width: Width = Width::Standard;
    /// Networks that every condition is trained with besides, each with a width of its own: a list such as
    /// [{ network = "all-cnn", width = 12 }].
    #[serde(deserialize_with = "crate::other_network::some")]
    other_networks: Vec<OtherNetwork> = Vec::new();
    /// First convolution of a ResNet: "3x3" or "7x7".
    stem: Stem = Stem::Conv3;
    /// Initialisation: "pytorch" or "kaiming-normal".
    init: Init = Init::Pytorch;
    /// Learning rate.
    #[serde(deserialize_with = "values::some_lr")]
    lr: f64 = LearningProcess::default().lr;
    /// Momentum.
    #[serde(deserialize_with = "values::some_momentum")]
    momentum: f64 = LearningProcess::default().momentum;
    /// Weight decay.
    #[serde(deserialize_with = "values::some_weight_decay")]
    weight_decay: f64 = LearningProcess::default().weight_decay;
    /// Images a step; at least 2, as BatchNorm has no statistics of one.
    #[serde(deserialize_with = "values::some_batch_size")]
    batch_size: usize = LearningProcess::default().batch_size;
    /// Most epochs on a task.
    #[serde(deserialize_with = "values::some_count")]
    max_epochs: usize = LearningProcess::default().max_epochs;
    /// Epochs without improvement of the validation loss after which a task ends.
    #[serde(deserialize_with = "values::some_patience")]
    patience: usize = LearningProcess::default().patience;
    /// Weights that are tested and carried to the next task: "best" or "last".
    carry: Carry = LearningProcess::default().carry;
    /// Schedule of the learning rate, anew for every task: "constant", "step", "cosine" or "warm_up", or one of them with its
    /// parameters, such as { cosine = { floor = 0.1 } }.
    #[serde(deserialize_with = "some_schedule")]
    schedule: Schedule = LearningProcess::default().schedule;
    /// What is done to training images anew in every epoch: "none", "crop" or "crop-flip".
    augmentation: Augmentation = LearningProcess::default().augmentation;
    /// Arithmetic: "fp32", "tf32" (on GPUs that have it) or "bf16".
    precision: Precision = Numerics::default().precision;
    /// Conditions of longer paths than this many tasks are left out.
    #[serde(deserialize_with = "values::some_count")]
    max_tasks: usize = 1000;
    /// CPU threads inside one run.
    #[serde(deserialize_with = "values::some_threads")]
    threads: usize = Numerics::default().threads;
}

impl Settings {
    /// The learning process that a step has unless it says otherwise.
    pub fn process(&self) -> LearningProcess {
        LearningProcess {
            lr: self.lr,
            momentum: self.momentum,
            weight_decay: self.weight_decay,
            batch_size: self.batch_size,
            max_epochs: self.max_epochs,
            patience: self.patience,
            carry: self.carry,
            schedule: self.schedule,
            augmentation: self.augmentation,
        }
    }

    /// The network.
    pub fn model(&self) -> ModelSpec {
        ModelSpec { network: self.network, width: self.width.of(self.network), stem: self.stem, init: self.init }
    }

    /// The arithmetic.
    pub fn numerics(&self) -> Numerics {
        Numerics { precision: self.precision, threads: self.threads }
    }

    /// The images of a run.
    pub fn data(&self, seed: u64) -> DataSelection {
        DataSelection {
            train_images: self.train_images,
            test_images: self.test_images,
            validation_fraction: self.validation_fraction,
            split_seed: self.split_seed.of(seed),
        }
    }
}

fn some_schedule<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Schedule>, D::Error> {
    crate::word_or_table::word_or_table(deserializer).map(Some)
}

fn some_datasets<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<DatasetName>>, D::Error> {
    let datasets = Vec::<DatasetName>::deserialize(deserializer)?;
    for (i, dataset) in datasets.iter().enumerate() {
        if datasets[..i].contains(dataset) {
            return Err(serde::de::Error::custom(format!("dataset `{dataset}` is named twice")));
        }
    }
    if datasets.is_empty() {
        return Err(serde::de::Error::custom("`datasets` names none; allowed: cifar10, fashion-mnist, mnist, svhn"));
    }
    Ok(Some(datasets))
}
