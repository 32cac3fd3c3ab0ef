//! Measures: what is looked at in a network beside its losses.
//!
//! A new measure is a file here with an `impl Measure`, and a line in [`measures`].

mod activations;
mod calibration;
mod contract;
mod curvature;
mod displacement;
#[cfg(test)]
mod example;
mod function_change;
mod high_loss;
mod lanczos;
mod moment;
mod norms;
mod outputs;
mod sharpness;
mod steps;
mod table;
mod taking;
mod tangent_kernel;
mod test_curve;
mod trainability;
mod units;
mod updates;
mod view;

pub use activations::ACTIVATIONS;
pub use calibration::CALIBRATION;
pub use contract::{Measure, Value};
pub use displacement::DISPLACEMENT;
pub use function_change::FUNCTION_CHANGE;
pub use high_loss::HIGH_LOSS_PHASE;
pub use moment::Moment;
pub use norms::NORMS;
pub use sharpness::SHARPNESS;
pub use steps::{StepRecorder, Steps, Turn};
pub use table::{MeasureRow, measures_from_csv, measures_to_csv};
pub(crate) use taking::as_csv;
pub use taking::{Measuring, Task, parameters_of};
pub use tangent_kernel::TANGENT_KERNEL;
pub use test_curve::TEST_CURVE;
pub use trainability::TRAINABILITY;
pub use units::{UNITS, dormant_units};
pub use updates::UPDATES;
pub use view::{PROBE_IMAGES, PROBE_TRAIN_IMAGES, View};

/// Every measure. One may look at what those before it found.
pub fn measures() -> &'static [&'static dyn Measure] {
    &[
        &norms::Norms,
        &activations::Activations,
        &updates::Updates,
        &displacement::Displacement,
        &high_loss::HighLossPhase,
        &test_curve::TestCurve,
        &units::Units,
        &calibration::Calibration,
        &function_change::FunctionChange,
        &sharpness::Sharpness,
        &tangent_kernel::TangentKernel,
        &trainability::Trainability,
    ]
}

/// The measures that every stage takes, and of the others those of `requested` (their names or identities).
///
/// # Errors
/// Says of a requested one that there is none which there are.
pub fn measures_to_take(requested: &[String]) -> Result<Vec<&'static dyn Measure>, String> {
    let requested: Vec<String> = requested.iter().map(|id| Ok(measure(id)?.id())).collect::<Result<_, String>>()?;
    Ok(measures()
        .iter()
        .copied()
        .filter(|measure| !measure.is_on_request() || requested.contains(&measure.id()))
        .collect())
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

    #[test]
    fn what_costs_much_is_taken_where_it_is_asked_for() {
        let taken = |requested: &[&str]| -> Vec<String> {
            let requested: Vec<String> = requested.iter().map(|&id| id.to_owned()).collect();
            measures_to_take(&requested).unwrap().iter().map(|measure| measure.id()).collect()
        };
        assert!(!taken(&[]).contains(&SHARPNESS.to_owned()) && taken(&[]).contains(&NORMS.to_owned()));
        assert!(taken(&["sharpness"]).contains(&SHARPNESS.to_owned()));
        assert!(measures_to_take(&["sharp".to_owned()]).err().unwrap().contains("sharpness@1"));
    }
}
