//! The experiments behind the paper's figures.

use paths::{ExperimentError, ExperimentFile, Scales};

/// The experiment file of a figure; `None` where no training is behind it.
pub(crate) fn file(figure: u8) -> Option<&'static str> {
    Some(match figure {
        3 => include_str!("../../../../experiments/fig3.toml"),
        4 => include_str!("../../../../experiments/fig4.toml"),
        5 => include_str!("../../../../experiments/fig5.toml"),
        6 => include_str!("../../../../experiments/fig6.toml"),
        8 => include_str!("../../../../experiments/fig8.toml"),
        9 => include_str!("../../../../experiments/fig9.toml"),
        10 => include_str!("../../../../experiments/fig10.toml"),
        11 => include_str!("../../../../experiments/fig11.toml"),
        _ => return None,
    })
}

/// Reads an experiment file, which may ask for the scales that all figures share.
///
/// # Errors
/// Where it is no experiment.
pub(crate) fn parse(text: &str) -> Result<ExperimentFile, ExperimentError> {
    let scales = Scales::parse(include_str!("../../../../experiments/scales.toml"))?;
    Ok(ExperimentFile::parse(text)?.with_scales(&scales))
}

#[cfg(test)]
mod tests {
    use paths::Experiment;
    use reports::FIGURES;
    use sequence::Plan;
    use std::collections::HashSet;

    fn experiment(figure: u8, scale: &str) -> Option<Result<Experiment, String>> {
        crate::experiment_of_figure(figure, Some(scale), &[])
    }

    const SCALES: [&str; 4] = ["smoke", "demo", "lite", "paper"];

    fn plan(figure: u8, scale: &str) -> Plan {
        Plan::new(&experiment(figure, scale).unwrap().unwrap())
    }

    #[test]
    fn every_figure_has_every_scale() {
        for figure in FIGURES {
            for scale in SCALES {
                assert!(!plan(figure, scale).stages.is_empty(), "{figure} {scale}");
            }
        }
        assert!(experiment(7, "demo").is_none());
    }

    #[test]
    fn figure_8_trains_nothing_that_figure_6_does_not() {
        for scale in SCALES {
            let ids = |figure| plan(figure, scale).stages.iter().map(|stage| stage.id).collect::<HashSet<_>>();
            assert_eq!(ids(6), ids(8), "{scale}");
        }
    }

    #[test]
    fn figures_3_and_6_share_their_default_path_and_their_baseline() {
        for scale in SCALES {
            let ids = |figure| plan(figure, scale).stages.iter().map(|stage| stage.id).collect::<HashSet<_>>();
            let shared = ids(3).intersection(&ids(6)).count();
            let settings = experiment(6, scale).unwrap().unwrap().settings;
            let runs = settings.datasets.len() * (2 * settings.seeds.0.len() + settings.baseline_seeds.0.len());
            assert_eq!(shared, runs, "{scale}");
        }
    }
}
