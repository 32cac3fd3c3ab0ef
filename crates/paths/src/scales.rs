//! Scales that several experiments share.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::in_plain_words;
use crate::{ExperimentError, SettingsPatch};

/// A table of scales: the settings of each by its name.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Scales(BTreeMap<String, SettingsPatch>);

impl Scales {
    /// Reads a file with a table of settings for each scale.
    ///
    /// # Errors
    /// [`ExperimentError::Text`] shows the line and says what is allowed there.
    pub fn parse(text: &str) -> Result<Self, ExperimentError> {
        let scales: Self =
            toml::from_str(text).map_err(|e| ExperimentError::Text(in_plain_words(e.to_string().trim_end())))?;
        scales.0.keys().try_for_each(|name| check_name(name)).map_err(ExperimentError::Text)?;
        Ok(scales)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &SettingsPatch)> {
        self.0.iter().map(|(name, patch)| (name.as_str(), patch))
    }
}

/// Refuses a scale's name that cannot name a folder.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    // Experiments without scales write to folders called `own`.
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) || name == "own" {
        return Err(format!(
            "scale \"{name}\": allowed are 1 to 64 lower-case letters, digits and hyphens, as it names folders, and no scale \
             called own"
        ));
    }
    Ok(())
}
