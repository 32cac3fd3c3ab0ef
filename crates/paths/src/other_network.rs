//! Networks besides that of the settings.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::model::{Init, NetworkName};
use crate::width::Width;

/// A network that conditions are trained with besides that of the settings, at a width of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherNetwork {
    /// Which network.
    pub network: NetworkName,
    /// Its width.
    #[serde(default = "standard_width")]
    pub width: Width,
    /// Its initialisation, where it is not that of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Init>,
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
