//! Measures: what is looked at in a network beside its losses.
//!
//! A new measure is a file here with an `impl Measure`, and a line in [`measures`].

mod activations;
mod contract;
mod norms;
mod table;
mod taking;
mod update_path;

pub use activations::{ACTIVATIONS, PROBE_IMAGES};
pub use contract::{Measure, Moment, Updates, Value, View};
pub use norms::NORMS;
pub use table::{MeasureRow, measures_from_csv, measures_to_csv};
pub use taking::Measuring;
pub(crate) use taking::as_csv;

/// Every measure that a stage takes.
pub fn measures() -> &'static [&'static dyn Measure] {
    &[&norms::Norms, &activations::Activations, &update_path::UpdatePathLength]
}

/// The measure called `id`, such as "norms@1"; the version may be left out.
///
/// # Errors
/// Says which there are.
pub fn measure(id: &str) -> Result<&'static dyn Measure, String> {
    let found = measures().iter().find(|measure| measure.id() == id || measure.name() == id);
    found.copied().ok_or_else(|| {
        let known: Vec<String> = measures().iter().map(|measure| measure.id()).collect();
        format!("there is no measure `{id}`; there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_found_by_name_and_by_version() {
        for wanted in measures() {
            assert_eq!(measure(&wanted.id()).unwrap().id(), wanted.id());
            assert_eq!(measure(wanted.name()).unwrap().id(), wanted.id());
        }
        let message = measure("norms@9").err().unwrap();
        assert!(message.contains("norms@1") && message.contains("activations@1"), "{message}");
    }
}
