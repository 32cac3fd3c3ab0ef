//! What identifies a stage: a hash of everything that determines its result, and of nothing else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{DataSelection, LearningProcess, ModelSpec, NetworkName, Numerics, Step};

/// Raised when the meaning of a stage changes, so that results of an older meaning are not taken for new ones.
const SCHEMA: u32 = 3;
/// The same of networks with large convolutions: since 4 these go Winograd's way on a CPU, which rounds otherwise.
const SCHEMA_OF_LARGE_CONVOLUTIONS: u32 = 4;
/// The same of networks whose convolutions have biases: since 5 these go this project's way on a CPU, too.
const SCHEMA_OF_BIASED_CONVOLUTIONS: u32 = 5;

/// The identity of a stage: 128 bits of SHA-256 over its canonical description, as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId([u8; 16]);

/// Where every path of one seed begins: a freshly initialised model.
#[derive(Clone, Debug, Serialize)]
pub struct Genesis<'a> {
    /// The network and its initialisation.
    pub model: &'a ModelSpec,
    /// Number of input channels, which the dataset decides.
    pub channels: usize,
    /// Seed of the initial weights and, later, of shuffles and shifts.
    pub seed: u64,
    /// The arithmetic.
    pub numerics: &'a Numerics,
}

/// What a stage depends on besides its step and its parent.
#[derive(Clone, Copy, Debug)]
pub struct StageContext<'a> {
    /// The dataset's content, as `datasets::fingerprint` gives it.
    pub dataset_fingerprint: &'a str,
    /// The images chosen from it.
    pub data: &'a DataSelection,
    /// How many steps of the path came before.
    pub position: usize,
}

#[derive(Serialize)]
struct Root<'a> {
    genesis: &'a Genesis<'a>,
    schema: u32,
}

#[derive(Serialize)]
struct Description<'a> {
    data: &'a DataSelection,
    dataset: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    interventions: &'a [crate::Intervention],
    parent: String,
    position: usize,
    process: &'a LearningProcess,
    schema: u32,
    transform: &'a crate::Transform,
}

impl StageId {
    /// The identity of an initial model.
    pub fn of_genesis(genesis: &Genesis<'_>) -> Self {
        let schema = match genesis.model {
            model if model.network == NetworkName::AllCnn => SCHEMA_OF_BIASED_CONVOLUTIONS,
            model if model.has_large_convolutions() => SCHEMA_OF_LARGE_CONVOLUTIONS,
            _ => SCHEMA,
        };
        Self::hash(&Root { genesis, schema })
    }

    /// The identity of the stage that takes `step` from the model `self` ends with.
    pub fn child(&self, step: &Step, context: &StageContext<'_>) -> Self {
        Self::hash(&Description {
            data: &context.data.canonical(step.task.dataset),
            dataset: context.dataset_fingerprint,
            interventions: &step.interventions,
            parent: self.to_string(),
            position: context.position,
            process: &step.process,
            schema: SCHEMA,
            transform: &step.task.transform,
        })
    }

    /// Hashes the description's JSON. It is canonical without sorting because structs are written in the order of their
    /// fields, without those at their standard value, and floats in their shortest form that reads back exactly.
    fn hash(description: &impl Serialize) -> Self {
        let json = serde_json::to_vec(description).expect("a description has text keys only");
        let digest = Sha256::digest(&json);
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }

    /// The first eight digits, enough for a person to tell stages apart.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for StageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for StageId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("`{text}` is not a stage: expected 32 hexadecimal digits");
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(refuse());
        }
        let mut id = [0; 16];
        for (i, byte) in id.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| refuse())?;
        }
        Ok(Self(id))
    }
}

impl Serialize for StageId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StageId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Count, DatasetName, ExperimentFile, Intervention, Settings, Task, Transform, Width};

    struct Parts {
        settings: Settings,
        seed: u64,
        channels: usize,
        fingerprint: &'static str,
        position: usize,
        step: Step,
    }

    fn parts() -> Parts {
        let settings = Settings::paper();
        let task = Task { dataset: DatasetName::Cifar10, transform: Transform { blur: 0.25, ..Transform::STANDARD } };
        let step = Step { interventions: Vec::new(), task, process: settings.process() };
        Parts { settings, seed: 0, channels: 3, fingerprint: "cifar10:abc", position: 0, step }
    }

    fn id(p: &Parts) -> StageId {
        let (model, numerics, data) = (p.settings.model(), p.settings.numerics(), p.settings.data(p.seed));
        let genesis = Genesis { model: &model, channels: p.channels, seed: p.seed, numerics: &numerics };
        let context = StageContext { dataset_fingerprint: p.fingerprint, data: &data, position: p.position };
        StageId::of_genesis(&genesis).child(&p.step, &context)
    }

    /// A change of these values makes every store worthless: raise the schema and say so.
    #[test]
    fn the_identities_of_first_stages_are_frozen() {
        assert_eq!(id(&parts()).to_string(), "1b8a7352e709361ed1578ac57bf67bc3");
        let mut narrow = parts();
        (narrow.settings.width, narrow.settings.stem) = (Width::Number(16), crate::Stem::Conv7);
        assert_eq!(id(&narrow).to_string(), "db72bf709d21224d26b32cdaf28302a1");
        narrow.settings.network = NetworkName::AllCnn;
        assert_eq!(id(&narrow).to_string(), "f97346c77bfef5980f0423be75cc637f");
    }

    #[test]
    fn every_field_that_matters_changes_the_identity() {
        let changes: [fn(&mut Parts); 40] = [
            |p| p.seed = 1,
            |p| p.channels = 1,
            |p| p.fingerprint = "cifar10:abd",
            |p| p.position = 1,
            |p| p.settings.width = Width::Number(32),
            |p| p.settings.network = crate::NetworkName::Mlp,
            |p| p.settings.stem = crate::Stem::Conv7,
            |p| p.settings.init = crate::Init::KaimingNormal,
            |p| p.settings.precision = crate::Precision::Bf16,
            |p| p.settings.threads = 2,
            |p| p.settings.train_images = Count::AtMost(100),
            |p| p.settings.test_images = Count::AtMost(100),
            |p| p.settings.validation_fraction = 0.2,
            |p| p.settings.split_seed = crate::SplitSeeds::one(1),
            |p| p.step.process.lr = 2e-3,
            |p| p.step.process.momentum = 0.8,
            |p| p.step.process.weight_decay = 0.0,
            |p| p.step.process.batch_size = 64,
            |p| p.step.process.max_epochs = 100,
            |p| p.step.process.patience = 20,
            |p| p.step.process.carry = crate::Carry::Last,
            |p| p.step.process.schedule = crate::Schedule::Cosine(crate::Cosine::default()),
            |p| p.step.process.augmentation = crate::Augmentation::CropFlip,
            |p| p.step.task.transform.upside_down = 1.0,
            |p| p.step.task.transform.noise = 1.0,
            |p| p.step.task.transform.pixel_permutation = 1,
            |p| p.step.task.transform.random_labels = 1.0,
            |p| p.step.task.transform.label_permutation = 1,
            |p| p.step.task.transform.images = 0.5,
            |p| p.step.task.transform.blur = 0.5,
            |p| p.step.task.transform.contrast = 0.5,
            |p| p.step.task.transform.shift = 0.5,
            |p| p.step.interventions.push(Intervention::bias_reset(0.01)),
            |p| p.step.interventions.push(Intervention::ShrinkAndPerturb(crate::ShrinkAndPerturb::default())),
            |p| p.step.interventions.push(Intervention::Dash(crate::Dash::default())),
            |p| p.step.interventions.push(Intervention::ResetLast(crate::ResetLast::default())),
            |p| p.step.interventions.push(Intervention::ResetNormalisation(crate::ResetNormalisation::default())),
            |p| p.step.interventions.push(Intervention::Redo(crate::Redo::default())),
            |p| p.step.interventions.push(Intervention::L2Init(crate::L2Init::default())),
            |p| p.step.interventions.push(Intervention::RescaleWeights(crate::RescaleWeights::default())),
        ];
        let mut seen = vec![id(&parts())];
        for (number, change) in changes.iter().enumerate() {
            let mut changed = parts();
            change(&mut changed);
            let id = id(&changed);
            assert!(!seen.contains(&id), "change {number}");
            seen.push(id);
        }
    }

    #[test]
    fn what_does_not_matter_does_not_change_the_identity() {
        let mut other = parts();
        other.settings.seeds = crate::SeedList::first(2);
        other.settings.datasets = vec![DatasetName::Cifar10];
        assert_eq!(id(&parts()), id(&other));
        // Titles and labels are no part of a stage.
        let file = |label: &str| {
            let text = format!("name = \"n\"\ntitle = \"{label}\"\n[[conditions]]\nlabel = \"{label}\"\npath = [{{}}]");
            ExperimentFile::parse(&text).unwrap().resolve(None, &[]).unwrap().runs().remove(3).path
        };
        assert_eq!(file("a"), file("b"));
    }

    #[test]
    fn the_same_images_and_the_same_network_have_one_identity() {
        for all in [50_000, 60_000, 1_000_000_000] {
            let mut other = parts();
            other.settings.train_images = Count::AtMost(all);
            other.settings.test_images = Count::AtMost(all);
            other.settings.width = Width::Number(64);
            assert_eq!(id(&parts()), id(&other));
        }
    }

    #[test]
    fn identities_read_back() {
        let id = id(&parts());
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "12", "zz5f2a62292f2b8c257dce4e3149005a", "ééééééééééééééé12"] {
            assert!(bad.parse::<StageId>().is_err());
        }
    }
}
