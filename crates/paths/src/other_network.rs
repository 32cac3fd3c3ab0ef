//! Networks besides that of the settings.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::model::{Init, NetworkName};
use crate::width::Width;

/// A network that conditions are trained with besides that of the settings, at a width of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form")]
pub struct OtherNetwork {
    /// Which network.
    pub network: NetworkName,
    /// Its width.
    pub width: Width,
    /// Its initialisation, where it is not that of the settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<Init>,
}

/// A network by its name, at its own width, or with more that is said of it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a network's name, or a table such as { network = \"mlp\", width = 64 }")]
enum Form {
    Name(String),
    Table(Table),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    network: NetworkName,
    #[serde(default = "standard_width")]
    width: Width,
    init: Option<Init>,
}

impl TryFrom<Form> for OtherNetwork {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        Ok(match form {
            Form::Name(name) => Self { network: name.parse()?, width: Width::Standard, init: None },
            Form::Table(Table { network, width, init }) => Self { network, width, init },
        })
    }
}

fn standard_width() -> Width {
    Width::Standard
}

/// Networks in a list, none of them twice.
pub(crate) fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<OtherNetwork>>, D::Error> {
    let networks = Vec::<OtherNetwork>::deserialize(deserializer)?;
    match networks.iter().enumerate().find(|(at, other)| networks[..*at].iter().any(|o| o.network == other.network)) {
        Some((_, twice)) => Err(de::Error::custom(format!("the network `{}` is named twice", twice.network))),
        None => Ok(Some(networks)),
    }
}
