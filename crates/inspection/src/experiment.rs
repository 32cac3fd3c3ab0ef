//! An experiment's plan, for the commands that look at what was trained for it.

use paths::Experiment;
use sequence::Plan;

use crate::common::{Chosen, Of};
use crate::error::InspectError;

/// The experiment of a figure or a file at one of its scales, and its plan.
pub(crate) fn plan(chosen: Chosen<'_>) -> Result<(Experiment, Plan), InspectError> {
    let Chosen { of, scale, set } = chosen;
    let experiment = match of {
        Of::Figure(number) => figures::experiment_of_figure(number, scale, set).ok_or_else(|| {
            let known: Vec<String> = figures::WITH_TRAININGS.iter().map(u8::to_string).collect();
            InspectError::Refused(format!("no training is behind Figure {number}; allowed: {}", known.join(", ")))
        })?,
        Of::File(path) => figures::experiment_of_file(path, scale, set),
    }
    .map_err(InspectError::Refused)?;
    let plan = Plan::new(&experiment);
    Ok((experiment, plan))
}

/// Says that nothing of it is there.
pub(crate) fn nothing(chosen: Chosen<'_>) -> InspectError {
    let (what, command) = match chosen.of {
        Of::Figure(number) => (format!("Figure {number}"), format!("cargo xtask figure {number}")),
        Of::File(path) => (path.display().to_string(), format!("cargo xtask run {}", path.display())),
    };
    let (at, option) = match chosen.scale {
        Some(scale) => (format!(" at {scale} scale"), format!(" -- --scale {scale}")),
        None => Default::default(),
    };
    let settings = if chosen.set.is_empty() { "" } else { " with these settings" };
    InspectError::Refused(format!("nothing of {what}{at}{settings} is trained; `{command}{option}` does it"))
}
