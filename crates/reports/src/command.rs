//! The command line of `report`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Parser};

use crate::analysis::Analysis;
use crate::checkout::checkout;
use crate::looks_plan::looks_plan;
use crate::report::{FIGURES, ReportError, ScaleFolder, write, write_own_html, write_parquet};
use crate::roles::Reading;
use crate::runs::Measure;
use crate::table::RunTable;

/// Exit code for a command line that cannot be used.
const USAGE: u8 = 2;

/// Computes the statistics of finished runs, decides the claims on them, and writes reports.
#[derive(Parser, Clone, Debug, Default)]
#[command(name = "report", version, max_term_width = 100)]
#[command(group(ArgGroup::new("what").required(true).args(["figure", "all", "runs", "looks"])))]
pub struct Arguments {
    /// The figure whose runs to report on
    #[arg(long, value_name = "N")]
    pub figure: Option<u8>,

    /// Report on every figure that has runs
    #[arg(long)]
    pub all: bool,

    /// Report on a table of your own: CSV with the columns dataset, condition, seed, test_loss, and any others. Columns that
    /// say what a condition is (is_baseline, path, tasks, lr_1, …) are those of a figure's runs.csv; without them, roles are
    /// read from labels: `baseline`, `NAME N=tasks`, `(rate, rate)`, `[No, Yes]`
    #[arg(long, value_name = "FILE", conflicts_with = "scale")]
    pub runs: Option<PathBuf>,

    /// The scale of the runs, such as smoke, demo, lite or paper [default: demo]
    #[arg(long, value_name = "NAME")]
    pub scale: Option<String>,

    /// The condition that others are compared with besides the baseline [default: the fewest tasks of the same path, the base
    /// learning rate twice, no bias reset, or the first condition]
    #[arg(long, value_name = "CONDITION")]
    pub reference: Option<String>,

    /// The label of the baseline, of a table without the column is_baseline [default: baseline]
    #[arg(long, value_name = "LABEL", conflicts_with_all = ["figure", "all"])]
    pub baseline: Option<String>,

    /// The numeric column along which conditions have an order; a sequence is the conditions of a dataset that agree in all
    /// other factors, or in the column path, if there is one, of a table without the column is_baseline [default: numbers of
    /// tasks, and learning rates of the last task]
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["figure", "all"])]
    pub trend_column: Option<String>,

    /// The column that is analysed [default: test_loss]
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["figure", "all"])]
    pub value: Option<String>,

    /// A higher value is the better one, as of an accuracy
    #[arg(long, conflicts_with_all = ["figure", "all"])]
    pub higher_is_better: bool,

    /// Print a plan for looking at results while seeds are still being trained: the p-value that decides at each of these numbers
    /// of seeds, so that all looks together make no more than 5 % false findings
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    pub looks: Vec<u64>,

    /// How many comparisons are tested at each look
    #[arg(long, value_name = "M", default_value_t = 1, requires = "looks")]
    pub comparisons: u32,

    /// Write one page with everything, index.html, as well
    #[arg(long)]
    pub html: bool,

    /// Write every table as Parquet as well, beside its CSV
    #[arg(long)]
    pub parquet: bool,

    /// Where figures/ and reports/ are [default: the checkout]; with --runs, the folder to write to [default: reports/own/ and
    /// the file's name in the checkout]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.looks.is_empty() {
        return match looks_plan(&arguments.looks, arguments.comparisons) {
            Ok(plan) => {
                terminal::out(plan.trim_end());
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error),
        };
    }
    match run(&arguments) {
        Ok(written) => {
            for path in written {
                terminal::out(path.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &ReportError) -> ExitCode {
    terminal::err(format_args!("error: {error}"));
    ExitCode::from(if matches!(error, ReportError::Refused(_)) { USAGE } else { 1 })
}

/// Does what the command line says; the files and folders that were written.
///
/// # Errors
/// Where what was asked for cannot be had, a table cannot be used, or a file cannot be written.
pub fn run(arguments: &Arguments) -> Result<Vec<PathBuf>, ReportError> {
    match &arguments.runs {
        Some(file) => own(file, arguments),
        None => of_scale(arguments),
    }
}

fn own(file: &Path, arguments: &Arguments) -> Result<Vec<PathBuf>, ReportError> {
    let column = arguments.value.clone().unwrap_or_else(|| Measure::TEST_LOSS.to_owned());
    let reading = Reading {
        measure: Measure { column, higher_is_better: arguments.higher_is_better },
        baseline: arguments.baseline.clone(),
        trend_column: arguments.trend_column.clone(),
    };
    let table = RunTable::read_csv_as(file, &reading)?;
    if table.runs.is_empty() {
        let text = format!("{} has no rows; a row a run is needed below the header", file.display());
        return Err(ReportError::Refused(text));
    }
    let name = file.file_stem().map_or_else(|| "runs".into(), |stem| stem.to_string_lossy().into_owned());
    check_reference(&table, arguments)?;
    let folder = arguments.out.clone().unwrap_or_else(|| checkout().join("reports").join("own").join(&name));
    let analysis = Analysis::of(&name, None, &table, arguments.reference.as_deref());
    write(&analysis, &folder)?;
    let mut written = vec![folder.join("report.md")];
    if arguments.html {
        written.push(write_own_html(&analysis, file, &folder)?);
    }
    if arguments.parquet {
        written.extend(write_parquet(&folder, &[file])?);
    }
    Ok(written)
}

fn of_scale(arguments: &Arguments) -> Result<Vec<PathBuf>, ReportError> {
    let root = arguments.out.clone().unwrap_or_else(checkout);
    let folder = ScaleFolder::new(&root, arguments.scale.as_deref().unwrap_or("demo"))?;
    let scale = folder.scale();
    if let Some(number) = arguments.figure {
        if !FIGURES.contains(&number) {
            let known = FIGURES.map(|n| n.to_string()).join(", ");
            return Err(ReportError::Refused(format!(
                "Figure {number} has no runs to report on; figures with runs are {known}"
            )));
        }
        let path = folder.of_figure(number).join("runs.csv");
        if !path.exists() {
            return Err(ReportError::Refused(format!(
                "there is no {}; `cargo xtask figure {number} -- --scale {scale}` trains the runs and writes it",
                path.display()
            )));
        }
    }
    let tables = folder.tables()?;
    if tables.is_empty() {
        let reports = folder.reports();
        let text =
            format!("there is no table of runs at {scale} scale: none of {}/fig*/runs.csv exists", reports.display());
        return Err(ReportError::Refused(text));
    }
    let fruitless =
        |number: &u8| tables.get(number).is_some_and(|table| table.runs.iter().all(|run| run.analysed.is_none()));
    if let Some(number) = arguments.figure.filter(fruitless) {
        let path = folder.of_figure(number).join("runs.csv");
        let text = format!("no run in {} has a result, so there is nothing to report on", path.display());
        return Err(ReportError::Refused(text));
    }
    let wanted = |number: u8| arguments.figure.is_none_or(|figure| figure == number);
    for (_, table) in tables.iter().filter(|(number, _)| wanted(**number)) {
        check_reference(table, arguments)?;
    }
    // The page shows every figure of the scale, whichever was asked for.
    let mut written = Vec::new();
    let mut analyses = Vec::new();
    for (&number, table) in tables.iter().filter(|(number, _)| arguments.html || wanted(**number)) {
        let reference = arguments.reference.as_deref().filter(|_| wanted(number));
        let analysis = Analysis::of(&format!("fig{number}"), Some(scale), table, reference);
        if wanted(number) {
            write(&analysis, &folder.of_figure(number))?;
            written.push(folder.of_figure(number).join("report.md"));
        }
        analyses.push(analysis);
    }
    let warnings = folder.shared_trainings(&tables).contradictions;
    for warning in &warnings {
        terminal::err(format_args!("warning: {warning}"));
    }
    let rulings = folder.write_claims(&tables, &warnings)?;
    written.push(folder.reports().join("claims.md"));
    if arguments.html {
        written.push(folder.write_html(&analyses, &rulings)?);
    }
    if arguments.parquet {
        let figures = tables.keys().filter(|number| wanted(**number)).map(|&number| folder.of_figure(number));
        for folder in figures.chain([folder.reports().to_owned()]) {
            written.extend(write_parquet(&folder, &[])?);
        }
    }
    Ok(written)
}

fn check_reference(table: &RunTable, arguments: &Arguments) -> Result<(), ReportError> {
    let Some(label) = &arguments.reference else {
        return Ok(());
    };
    if table.runs.iter().any(|run| run.condition == *label) {
        return Ok(());
    }
    let mut found: Vec<&str> = table.runs.iter().map(|run| run.condition.as_str()).collect();
    found.sort_unstable();
    found.dedup();
    Err(ReportError::Refused(format!("there is no condition `{label}`; there are {}", found.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
        assert!(Arguments::try_parse_from(["report"]).is_err());
        assert!(Arguments::try_parse_from(["report", "--all", "--figure", "3"]).is_err());
        assert!(Arguments::try_parse_from(["report", "--runs", "a.csv", "--scale", "demo"]).is_err());
        assert!(Arguments::try_parse_from(["report", "--figure", "6", "--scale", "demo", "--html"]).is_ok());
    }
}
