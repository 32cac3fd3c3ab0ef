//! `inspect norms`: what training does to weights, biases and activations.

mod arguments;
mod conditions;
mod look;
mod stage;

use crate::error::InspectError;

pub(crate) use arguments::Arguments;

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let text = match (&arguments.stage, arguments.experiment.chosen()) {
        (Some(stage), _) => stage::text(arguments, stage)?,
        (None, Some(chosen)) => conditions::text(arguments, chosen)?,
        (None, None) => unreachable!("the command line asks for one of the two"),
    };
    terminal::write(text.as_bytes());
    Ok(())
}
