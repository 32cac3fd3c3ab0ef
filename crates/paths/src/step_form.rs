//! One task of a condition as an experiment file writes it.

use serde::{Deserialize, Deserializer};

use crate::listed::{Listed, Number};
use crate::word_or_table::word_or_table;
use crate::{
    Augmentation, Carry, DatasetName, Intervention, LearningProcess, Schedule, Settings, Step, Task, Transform, values,
};

/// Defines [`StepForm`] from its numbers, each of which may be a list that makes a condition of each, and its other keys.
macro_rules! step_form {
    (
        numbers { $( $(#[doc = $number_doc:literal])* $number:ident : $type:ty, $check:literal; )+ }
        others { $( $(#[doc = $other_doc:literal])* $other:ident : $other_type:ty $(, $other_check:literal)?; )+ }
    ) => {
        /// One task of a condition: what it makes of its dataset, and what differs from the experiment's settings.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct StepForm {
            $( $(#[doc = $number_doc])* #[serde(deserialize_with = $check)] $number: Option<Listed<$type>>, )+
            $( $(#[doc = $other_doc])* $(#[serde(deserialize_with = $other_check)])? $other: $other_type, )+
        }

        impl StepForm {
            /// The keys that are lists, with their lengths.
            pub(crate) fn lists(&self) -> Vec<(&'static str, usize)> {
                let mut lists = Vec::new();
                $( lists.extend(self.$number.as_ref().and_then(Listed::length).map(|length| (stringify!($number), length))); )+
                lists
            }

            /// The step of the condition at place `at` of the lists, and the first number that it has there.
            pub(crate) fn pick(&self, at: usize) -> (Self, Option<f64>) {
                let mut level = None;
                let mut step = self.clone();
                $( if let Some(list @ Listed::Each(_)) = &self.$number {
                    level = level.or(Some(Number::level(list.at(at))));
                    step.$number = Some(Listed::One(list.at(at)));
                } )+
                (step, level)
            }
        }
    };
}

step_form! {
    numbers {
        blur: f64, "values::listed_blur";
        contrast: f64, "values::listed_contrast";
        shift: f64, "values::listed_shift";
        upside_down: f64, "values::listed_part";
        noise: f64, "values::listed_part";
        pixel_permutation: usize, "values::listed_permutation";
        random_labels: f64, "values::listed_part";
        label_permutation: usize, "values::listed_permutation";
        images: f64, "values::listed_share";
        lr: f64, "values::listed_lr";
        lr_factor: f64, "values::listed_factor";
        momentum: f64, "values::listed_momentum";
        weight_decay: f64, "values::listed_weight_decay";
        batch_size: usize, "values::listed_batch_size";
        max_epochs: usize, "values::listed_count";
        patience: usize, "values::listed_patience";
        bias_reset: f64, "values::listed_amount";
    }
    others {
        /// Another dataset than the panel's, with images of the same shape.
        dataset: Option<DatasetName>;
        carry: Option<Carry>;
        schedule: Option<Schedule>, "some_schedule";
        augmentation: Option<Augmentation>;
        /// Done to the model before the task, in this order, after the bias reset where there is one.
        interventions: Vec<Intervention>, "each_intervention";
    }
}

fn some_schedule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Schedule>, D::Error> {
    word_or_table(deserializer).map(Some)
}

fn each_intervention<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Intervention>, D::Error> {
    /// One that may be a word.
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Item(#[serde(deserialize_with = "word_or_table")] Intervention);
    Ok(Vec::<Item>::deserialize(deserializer)?.into_iter().map(|item| item.0).collect())
}

/// The number of a key whose list, if it was one, has been picked from.
fn one<T: Number>(number: &Option<Listed<T>>) -> Option<T> {
    number.as_ref().map(|listed| listed.at(0))
}

impl StepForm {
    /// Whether both ways to give a learning rate are used.
    pub(crate) fn has_two_rates(&self) -> bool {
        self.lr.is_some() && self.lr_factor.is_some()
    }

    /// The task's learning rate.
    pub(crate) fn lr(&self, settings: &Settings) -> f64 {
        // Rounded so that twice 1e-3 is written 2e-3, and is the same number as one that was written so.
        let rounded = |lr: f64| format!("{lr:.12e}").parse().unwrap_or(lr);
        one(&self.lr).unwrap_or_else(|| rounded(settings.lr * one(&self.lr_factor).unwrap_or(1.0)))
    }

    /// The dataset, where it is not the panel's.
    pub(crate) fn dataset(&self) -> Option<DatasetName> {
        self.dataset
    }

    /// What is done to the network before the task or meanwhile, but for a bias reset.
    pub(crate) fn interventions(&self) -> &[Intervention] {
        &self.interventions
    }

    /// What the task makes of its dataset.
    pub(crate) fn transform(&self) -> Transform {
        let standard = Transform::STANDARD;
        Transform {
            blur: one(&self.blur).unwrap_or(standard.blur),
            contrast: one(&self.contrast).unwrap_or(standard.contrast),
            shift: one(&self.shift).unwrap_or(standard.shift),
            upside_down: one(&self.upside_down).unwrap_or(standard.upside_down),
            noise: one(&self.noise).unwrap_or(standard.noise),
            pixel_permutation: one(&self.pixel_permutation).unwrap_or(standard.pixel_permutation),
            random_labels: one(&self.random_labels).unwrap_or(standard.random_labels),
            label_permutation: one(&self.label_permutation).unwrap_or(standard.label_permutation),
            images: one(&self.images).unwrap_or(standard.images),
        }
    }

    /// The step of a path on `dataset`, with `settings` where this says nothing.
    pub(crate) fn bind(&self, dataset: DatasetName, settings: &Settings) -> Step {
        let standard = settings.process();
        let process = LearningProcess {
            lr: self.lr(settings),
            momentum: one(&self.momentum).unwrap_or(standard.momentum),
            weight_decay: one(&self.weight_decay).unwrap_or(standard.weight_decay),
            batch_size: one(&self.batch_size).unwrap_or(standard.batch_size),
            max_epochs: one(&self.max_epochs).unwrap_or(standard.max_epochs),
            patience: one(&self.patience).unwrap_or(standard.patience),
            carry: self.carry.unwrap_or(standard.carry),
            schedule: self.schedule.unwrap_or(standard.schedule),
            augmentation: self.augmentation.unwrap_or(standard.augmentation),
        };
        let reset = one(&self.bias_reset).map(Intervention::bias_reset);
        Step {
            interventions: reset.into_iter().chain(self.interventions.clone()).collect(),
            task: Task { dataset: self.dataset.unwrap_or(dataset), transform: self.transform() },
            process,
        }
    }
}

impl From<Transform> for StepForm {
    fn from(t: Transform) -> Self {
        Self {
            blur: Some(Listed::One(t.blur)),
            contrast: Some(Listed::One(t.contrast)),
            shift: Some(Listed::One(t.shift)),
            upside_down: Some(Listed::One(t.upside_down)),
            noise: Some(Listed::One(t.noise)),
            pixel_permutation: Some(Listed::One(t.pixel_permutation)),
            random_labels: Some(Listed::One(t.random_labels)),
            label_permutation: Some(Listed::One(t.label_permutation)),
            images: Some(Listed::One(t.images)),
            ..Self::default()
        }
    }
}
