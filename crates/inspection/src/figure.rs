//! A figure's plan, for the commands that look at what was trained for it.

use paths::Experiment;
use sequence::Plan;

use crate::error::InspectError;

/// The experiment behind a figure at one of its scales, and its plan.
pub(crate) fn plan(figure: u8, scale: &str) -> Result<(Experiment, Plan), InspectError> {
    let refuse = |text: String| InspectError::Refused(text);
    let experiment = figures::experiment(figure, scale)
        .ok_or_else(|| {
            let known: Vec<String> = figures::WITH_TRAININGS.iter().map(u8::to_string).collect();
            refuse(format!("no training is behind Figure {figure}; allowed: {}", known.join(", ")))
        })?
        .map_err(|e| refuse(e.to_string()))?;
    let plan = Plan::new(&experiment);
    Ok((experiment, plan))
}

/// Says that nothing of a figure is there.
pub(crate) fn nothing(figure: u8, scale: &str) -> InspectError {
    InspectError::Refused(format!(
        "nothing of Figure {figure} at {scale} scale is trained; `cargo xtask figure {figure} -- --scale {scale}` does it"
    ))
}
