//! Networks besides that of the settings.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::{Init, NetworkName};
use crate::values;
use crate::width::Width;

/// A network that conditions are trained with besides that of the settings, at a width of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OtherNetwork {
    /// Which network.
    pub network: NetworkName,
    /// Its width.
    pub width: Width,
    /// Its initialisation, where it is not that of the settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<Init>,
    /// The learning rate that factors of tasks multiply, where it is not that of the settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lr: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    network: NetworkName,
    #[serde(default = "standard_width")]
    width: Width,
    init: Option<Init>,
    #[serde(default, deserialize_with = "values::some_lr")]
    lr: Option<f64>,
}

/// Reads a network's name, which has its own width, or a table that says more.
struct NameOrTable;

impl<'de> Visitor<'de> for NameOrTable {
    type Value = OtherNetwork;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a network's name, or a table such as { network = \"mlp\", width = 64 }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<OtherNetwork, E> {
        let network = name.parse().map_err(E::custom)?;
        Ok(OtherNetwork { network, width: Width::Standard, init: None, lr: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OtherNetwork, A::Error> {
        let Table { network, width, init, lr } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(OtherNetwork { network, width, init, lr })
    }
}

impl<'de> Deserialize<'de> for OtherNetwork {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrTable)
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
