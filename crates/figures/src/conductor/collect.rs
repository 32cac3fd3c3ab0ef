//! Tables, tests and figure from what is in the store.

use std::process::ExitCode;

use counted::counted;
use paths::Experiment;
use reports::{FIGURES, command};
use sequence::{Plan, Report, Standing, Store, lacking_measures, results, standing};

use crate::command_line::Options;
use crate::conductor::conclude::{conclude, say};
use crate::conductor::stage_name::stage_name;
use crate::drawing::Places;
use crate::error::FigureError;

/// Writes everything that the runs in the store allow, and names the stages that have no result.
pub(crate) fn run(
    plan: &Plan,
    experiment: &Experiment,
    places: &Places,
    options: &Options,
) -> Result<ExitCode, FigureError> {
    let store = Store::open_to_read(&options.store())?;
    for (index, (stage, standing)) in plan.stages.iter().zip(standing(plan, &store)?).enumerate() {
        if standing == Standing::ToTrain {
            terminal::err(format!("Stage {} has no result: {}", stage.id, stage_name(plan, index)));
        }
    }
    let lacking = lacking_measures(plan, &store)?.len();
    if lacking > 0 {
        let measures = counted(lacking, "measure");
        terminal::err(format!(
            "{measures} of stages that were trained before they were asked for: the same command without --submit and --collect takes them."
        ));
    }
    let none = results(plan, &store)?.0.is_empty();
    let code = conclude(Report::default(), plan, &store, experiment, places, options)?;
    if !none {
        for path in command::run(&report(experiment, places, options))? {
            say(options, &format!("Report:  {}", path.display()));
        }
    }
    Ok(code)
}

/// A figure of the paper is reported with the claims on it, anything else by itself.
fn report(experiment: &Experiment, places: &Places, options: &Options) -> command::Arguments {
    let number = experiment.name.strip_prefix("fig").and_then(|number| number.parse().ok());
    let figure = number.filter(|number| FIGURES.contains(number) && experiment.scale.is_some());
    let nothing = command::Arguments::default();
    match figure {
        Some(_) => command::Arguments { figure, scale: experiment.scale.clone(), out: Some(options.out()), ..nothing },
        None => command::Arguments {
            runs: Some(places.runs().to_owned()),
            out: places.runs().parent().map(ToOwned::to_owned),
            ..nothing
        },
    }
}
