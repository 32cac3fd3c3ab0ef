//! A table of made-up runs, to find out before training whether there is room for the figure.

use paths::Experiment;
use reports::RunTable;

/// One run for every condition on every dataset, all alike: their values only have to be numbers of a usual length.
pub(super) fn table(experiment: &Experiment) -> RunTable {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let header = ["dataset", "condition", "seed", "test_loss", "best_epoch"];
    csv.write_record(header).expect("writing to memory does not fail");
    for &dataset in &experiment.settings.datasets {
        for condition in experiment.baselines().chain(&experiment.conditions) {
            let cells = [dataset.id(), condition.label.as_str(), "0", "1.2345", "10"];
            csv.write_record(cells).expect("writing to memory does not fail");
        }
    }
    let bytes = csv.into_inner().expect("writing to memory does not fail");
    RunTable::from_csv(bytes, std::path::Path::new("runs.csv")).expect("every label is another and every cell a number")
}

#[cfg(test)]
mod tests {
    use paths::ExperimentFile;

    fn experiment(conditions: usize, figure: &str) -> paths::Experiment {
        let conditions: String = (0..conditions)
            .map(|i| format!("[[conditions]]\nlabel = \"c{i}\"\npanel = \"p{i}\"\npath = [{{ blur = 0.25, shift = 0.25, lr = 0.1 }}, {{}}]\n"))
            .collect();
        let text = format!("name = \"t\"\ntitle = \"t\"\n{figure}\n{conditions}");
        ExperimentFile::parse(&text).unwrap().resolve(None, &[]).unwrap()
    }

    #[test]
    fn many_conditions_go_on_in_further_rows() {
        for conditions in [1, 15, 16, 60, 121, 300] {
            super::super::check(&experiment(conditions, "figure = { epochs_row = true }")).unwrap();
            super::super::check(&experiment(conditions, "")).unwrap();
        }
    }

    #[test]
    fn what_has_no_room_is_refused_before_it_is_trained() {
        let message = super::super::check(&experiment(40, "figure = { kind = \"paths\" }")).unwrap_err().to_string();
        assert!(message.contains("told apart"), "{message}");
    }
}
