//! `inspect runs`: the stages of a store.

mod settings;

use clap::{Args, ValueEnum};
use counted::counted;
use paths::DatasetName;
use sequence::{Outcome, Record, StoreError};

use crate::common::StoreArgument;
use crate::error::InspectError;
use crate::runs::settings::Settings;
use crate::table::aligned;
use crate::watch;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    store: StoreArgument,

    /// Only stages on these datasets
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    dataset: Vec<DatasetName>,

    /// Only stages of these seeds
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    seed: Vec<u64>,

    /// Only stages with this outcome
    #[arg(long)]
    status: Option<Status>,

    /// Only stages at this position of their path, the first being 0
    #[arg(long, value_name = "N")]
    position: Option<usize>,

    /// Only stages whose description contains this text, such as "blur 0.25" or "reset"
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,

    /// Check the checksum of every file, weights included
    #[arg(long)]
    verify: bool,

    /// Print CSV instead of a table, with every setting instead of those that differ
    #[arg(long)]
    csv: bool,

    #[command(flatten)]
    watch: watch::Arguments,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Status {
    Finished,
    Diverged,
}

const HEADER: [&str; 16] = [
    "stage",
    "parent",
    "dataset",
    "task",
    "seed",
    "position",
    "lr",
    "network",
    "width",
    "epochs",
    "best",
    "validation",
    "test",
    "accuracy",
    "images/s",
    "weights",
];
const RIGHT: [bool; 16] =
    [false, false, false, false, true, true, true, false, true, true, true, true, true, true, true, false];

pub(crate) fn run(arguments: &Arguments) -> Result<(), InspectError> {
    let store = arguments.store.open()?;
    if arguments.watch.watch {
        return watch::run(&arguments.watch, &store);
    }
    let (mut rows, mut total, mut damaged) = (Vec::new(), 0, Vec::new());
    for id in store.stages()? {
        total += 1;
        let checked = if arguments.verify { store.verify(id) } else { Ok(()) };
        match checked.and_then(|()| store.record(id)) {
            Ok(Some(record)) if arguments.selects(&record) => rows.push((record, store.has_weights(id))),
            Ok(_) => {}
            Err(damage @ StoreError::Damaged { .. }) => damaged.push(damage.to_string()),
            Err(other) => return Err(other.into()),
        }
    }
    rows.sort_by_key(|(r, _)| (r.task.dataset, r.seed, r.position, r.stage));
    let shown = rows.len();
    let records = rows.iter().map(|(record, _)| record);
    // A program is to find the same columns whatever the stages.
    let settings = if arguments.csv { Settings::all(records) } else { Settings::that_differ(records) };
    let rows: Vec<Vec<String>> = rows
        .iter()
        .zip(settings.cells)
        .map(|((record, weights), settings)| [row(record, *weights, arguments.csv), settings].concat())
        .collect();
    let header: Vec<&str> = HEADER.into_iter().chain(settings.columns.iter().map(String::as_str)).collect();
    let text = if arguments.csv {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).expect("writing to memory does not fail");
        for row in rows {
            writer.write_record(row).expect("rows have as many cells as the header");
        }
        writer.into_inner().expect("writing to memory does not fail")
    } else {
        let unfinished = store.unfinished()?.len();
        let begun = if unfinished > 0 { format!(", and {unfinished} begun") } else { String::new() };
        let of = counted(total, "finished stage");
        let right: Vec<bool> = RIGHT.into_iter().chain(settings.columns.iter().map(|_| false)).collect();
        format!("{}{shown} of {of}{begun}\n", aligned(&header, &right, &rows)).into_bytes()
    };
    terminal::write(&text);
    for damage in &damaged {
        terminal::err(format_args!("{damage}. The next run that needs it sets it aside and trains it again"));
    }
    if damaged.is_empty() { Ok(()) } else { Err(InspectError::Refused(counted(damaged.len(), "damaged stage"))) }
}

impl Arguments {
    fn selects(&self, record: &Record) -> bool {
        let status = match record.outcome {
            Outcome::Finished(_) => Status::Finished,
            Outcome::Diverged { .. } => Status::Diverged,
        };
        (self.dataset.is_empty() || self.dataset.contains(&record.task.dataset))
            && (self.seed.is_empty() || self.seed.contains(&record.seed))
            && self.status.is_none_or(|wanted| wanted == status)
            && self.position.is_none_or(|wanted| wanted == record.position)
            && self.contains.as_ref().is_none_or(|text| describe(record).contains(text.as_str()))
    }
}

fn describe(record: &Record) -> String {
    let before: String = record.interventions.iter().map(|intervention| format!("{intervention}, ")).collect();
    format!("{before}{}", record.task.transform)
}

/// A row for a person or, `exact`, for a program: with whole identities and every digit.
fn row(record: &Record, weights: bool, exact: bool) -> Vec<String> {
    let id = |id: paths::StageId| if exact { id.to_string() } else { id.short() };
    let number = |value: f64, decimals: usize| if exact { value.to_string() } else { format!("{value:.decimals$}") };
    let mut row = vec![
        id(record.stage),
        record.parent.map_or("-".into(), id),
        record.task.dataset.to_string(),
        describe(record),
        record.seed.to_string(),
        record.position.to_string(),
        format!("{}", record.process.lr),
        record.model.network.to_string(),
        record.model.width.to_string(),
    ];
    row.extend(match &record.outcome {
        Outcome::Finished(s) => [
            s.epochs.to_string(),
            s.best_epoch.to_string(),
            number(s.validation.loss, 4),
            number(s.test.loss, 4),
            number(s.test.accuracy, 4),
        ],
        Outcome::Diverged { epoch } => [epoch.to_string(), "-".into(), "diverged".into(), "-".into(), "-".into()],
    });
    row.push(number(record.provenance.images_per_second, 0));
    row.push(if weights { "kept" } else { "-" }.into());
    row
}
