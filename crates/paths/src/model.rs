//! Which network, and how its weights are first drawn.

use std::fmt;
use std::str::FromStr;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::complete::Complete;
use crate::values;

/// A kind of network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NetworkName {
    /// ResNet-18 (He et al., 2016), the paper's.
    #[default]
    #[serde(rename = "resnet18")]
    ResNet18,
    /// All-CNN-C (Springenberg et al., 2015) without normalisation: its convolutions have biases.
    #[serde(rename = "all-cnn")]
    AllCnn,
    /// All-CNN-C with batch normalisation after every convolution but the last.
    #[serde(rename = "all-cnn-bn")]
    AllCnnBn,
    /// A perceptron of three linear layers.
    #[serde(rename = "mlp")]
    Mlp,
}

impl NetworkName {
    /// Every network, the paper's first.
    pub const ALL: [NetworkName; 4] = [Self::ResNet18, Self::AllCnn, Self::AllCnnBn, Self::Mlp];

    /// The name used in experiment files and tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::ResNet18 => "resnet18",
            Self::AllCnn => "all-cnn",
            Self::AllCnnBn => "all-cnn-bn",
            Self::Mlp => "mlp",
        }
    }

    /// The name used in figures and prose.
    pub fn title(self) -> &'static str {
        match self {
            Self::ResNet18 => "ResNet-18",
            Self::AllCnn => "All-CNN",
            Self::AllCnnBn => "All-CNN with batch normalisation",
            Self::Mlp => "MLP",
        }
    }

    /// Blocks before the classifier, which `reset_last` counts from the end: of a ResNet its residual blocks and the stem, else layers with
    /// weights.
    pub fn blocks(self) -> usize {
        match self {
            Self::ResNet18 => 9,
            Self::AllCnn | Self::AllCnnBn => 8,
            Self::Mlp => 2,
        }
    }

    /// The width of the network as published: channels of a ResNet's first stage and of All-CNN's first layers, units of a
    /// perceptron's hidden layers (which has no publication; 512 is ours).
    pub fn standard_width(self) -> usize {
        match self {
            Self::ResNet18 => 64,
            Self::AllCnn | Self::AllCnnBn => 96,
            Self::Mlp => 512,
        }
    }

    /// Whether it begins with a stem that can be chosen.
    pub fn has_stem(self) -> bool {
        self == Self::ResNet18
    }
}

impl fmt::Display for NetworkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for NetworkName {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|n| n.id() == s).ok_or_else(|| {
            let allowed = Self::ALL.map(Self::id).join(", ");
            format!("unknown network `{s}`; allowed: {allowed}")
        })
    }
}

/// A network of a given width.
///
/// What is standard is left out when it is serialised, as in every part of an identity: ResNet-18, the network's own width, the
/// 3×3 stem, PyTorch's initialisation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Form")]
pub struct ModelSpec {
    /// Which network.
    pub network: NetworkName,
    /// Its width, in the unit of [`NetworkName::standard_width`]; everything else is in proportion.
    pub width: usize,
    /// The first convolution; of no meaning where the network has no stem.
    pub stem: Stem,
    /// Initialisation of convolutions and linear layers.
    pub init: Init,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    network: NetworkName,
    #[serde(deserialize_with = "values::some_width")]
    width: Option<usize>,
    stem: Stem,
    init: Init,
}

impl ModelSpec {
    /// Whether some of its 3×3 convolutions, without bias, may be of 16 and more channels over images of some size, for which there is a
    /// faster way on a CPU (crate `convolution`). Narrow ResNets behind the 7×7 stem have none.
    pub fn has_large_convolutions(&self) -> bool {
        const NARROW: usize = 16;
        match self.network {
            NetworkName::ResNet18 => self.stem == Stem::Conv3 || self.width > NARROW,
            NetworkName::AllCnnBn => true,
            NetworkName::AllCnn | NetworkName::Mlp => false,
        }
    }
}

impl From<Form> for ModelSpec {
    fn from(form: Form) -> Self {
        let width = form.width.unwrap_or(form.network.standard_width());
        Self { network: form.network, width, stem: form.stem, init: form.init }
    }
}

impl Default for ModelSpec {
    fn default() -> Self {
        Form::default().into()
    }
}

impl Serialize for ModelSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.network != NetworkName::default() {
            map.serialize_entry("network", &self.network)?;
        }
        if self.width != self.network.standard_width() {
            map.serialize_entry("width", &self.width)?;
        }
        if self.stem != Stem::default() && self.network.has_stem() {
            map.serialize_entry("stem", &self.stem)?;
        }
        if self.init != Init::default() {
            map.serialize_entry("init", &self.init)?;
        }
        map.end()
    }
}

impl Complete for ModelSpec {
    fn serialize_complete<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("network", &self.network)?;
        map.serialize_entry("width", &self.width)?;
        if self.network.has_stem() {
            map.serialize_entry("stem", &self.stem)?;
        }
        map.serialize_entry("init", &self.init)?;
        map.end()
    }
}

/// The layers before the first residual block of a ResNet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stem {
    /// 3×3 convolution with stride 1, no max-pool: the usual form for 32×32 images.
    #[default]
    #[serde(rename = "3x3")]
    Conv3,
    /// torchvision's 7×7 convolution with stride 2 and a 3×3 max-pool with stride 2.
    #[serde(rename = "7x7")]
    Conv7,
}

impl std::fmt::Display for Stem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Conv3 => "3x3",
            Self::Conv7 => "7x7",
        })
    }
}

/// How weights are drawn. BatchNorm starts at weight 1 and bias 0 in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Init {
    /// PyTorch's layer defaults: weights and biases of convolutions and linear layers uniform in ±1/√fan_in.
    #[default]
    Pytorch,
    /// Convolution weights normal with variance 2/fan_out (`kaiming_normal_(mode="fan_out")`, as torchvision's ResNet does);
    /// everything else as in [`Init::Pytorch`].
    KaimingNormal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_standard_of_each_network_is_left_out() {
        let json = |spec: &ModelSpec| serde_json::to_string(spec).unwrap();
        assert_eq!(json(&ModelSpec::default()), "{}");
        for network in NetworkName::ALL {
            let spec = ModelSpec { network, width: network.standard_width(), ..ModelSpec::default() };
            let wide = ModelSpec { width: 7, init: Init::KaimingNormal, ..spec.clone() };
            assert!(!json(&spec).contains("width") && json(&wide).contains("\"width\":7"));
            for spec in [spec, wide] {
                assert_eq!(serde_json::from_str::<ModelSpec>(&json(&spec)).unwrap(), spec);
            }
            assert_eq!(network.id().parse(), Ok(network));
        }
        assert!("vgg".parse::<NetworkName>().unwrap_err().contains("all-cnn-bn"));
    }

    #[test]
    fn a_stem_is_no_part_of_a_network_without_one() {
        let json = |network, stem| serde_json::to_string(&ModelSpec { network, stem, ..ModelSpec::default() }).unwrap();
        assert_eq!(json(NetworkName::Mlp, Stem::Conv7), json(NetworkName::Mlp, Stem::Conv3));
        assert_ne!(json(NetworkName::ResNet18, Stem::Conv7), json(NetworkName::ResNet18, Stem::Conv3));
    }
}
