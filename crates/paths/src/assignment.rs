//! Settings that a command line gives one by one.

use crate::error::in_plain_words;
use crate::{ExperimentError, Settings, SettingsPatch};

impl SettingsPatch {
    /// Reads `key=value` as `--set` takes it. Quotes around text may be left out.
    ///
    /// # Errors
    /// [`ExperimentError::Set`] names the key and says what is allowed.
    pub fn parse_assignment(given: &str) -> Result<Self, ExperimentError> {
        let refuse = ExperimentError::Set;
        let (key, value) =
            given.split_once('=').ok_or_else(|| refuse("expected key=value, for example lr=0.01".into()))?;
        let (key, value) = (key.trim(), value.trim());
        if !Settings::KEYS.contains(&key) {
            return Err(refuse(format!("unknown setting `{key}`; allowed: {}", Settings::KEYS.join(", "))));
        }
        if value.contains(['\n', '\r']) {
            return Err(refuse("expected key=value on one line; give --set once for each setting".into()));
        }
        let as_written = toml::from_str(&format!("{key} = {value}"));
        let parsed = as_written.or_else(|e| {
            // Only a bare word is given the quotes it lacks: anything else keeps the message about what was written.
            let bare = value.starts_with(|c: char| c.is_ascii_alphanumeric()) && !value.contains('"');
            match bare.then(|| toml::from_str(&format!("{key} = \"{value}\""))) {
                Some(Ok(patch)) => Ok(patch),
                Some(Err(quoted)) if toml::from_str::<toml::Table>(&format!("{key} = {value}")).is_err() => Err(quoted),
                _ => Err(e),
            }
        });
        parsed.map_err(|e: toml::de::Error| refuse(in_plain_words(e.message())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatasetName;

    #[test]
    fn assignments_may_leave_out_quotes_and_say_what_is_allowed() {
        let set = |text| SettingsPatch::parse_assignment(text);
        assert_eq!(set("stem=7x7").unwrap().stem, Some(crate::Stem::Conv7));
        assert_eq!(set("seeds=2..4").unwrap().seeds, Some(crate::SeedList(vec![2, 3])));
        assert_eq!(set("datasets=[\"mnist\"]").unwrap().datasets, Some(vec![DatasetName::Mnist]));
        let refusal = |text| set(text).unwrap_err().to_string();
        assert!(refusal("lr").contains("key=value"));
        assert!(refusal("rate=1").contains("unknown setting `rate`; allowed: datasets"));
        assert!(refusal("lr=-1").contains("0 or more"));
        assert!(refusal("lr=fast").contains("expected a number"));
        assert!(refusal("stem=5x5").contains("3x3"));
        assert!(refusal("lr=1\nwidth=2").contains("on one line"));
    }
}
