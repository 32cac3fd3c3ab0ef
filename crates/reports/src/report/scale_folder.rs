//! Where the results of a scale lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::analysis::Analysis;
use crate::claims::{Evidence, Ruling, rule};
use crate::report::claims_file;
use crate::report::error::ReportError;
use crate::report::files::replace;
use crate::report::page;
use crate::report::shared_trainings::SharedTrainings;
use crate::table::RunTable;

/// Figures that come from runs.
pub const FIGURES: [u8; 8] = [3, 4, 5, 6, 8, 9, 10, 11];

/// Where the results of one scale lie.
pub struct ScaleFolder {
    root: PathBuf,
    scale: String,
}

impl ScaleFolder {
    /// The results of `scale` under `root`, which holds `reports/` and `figures/`.
    ///
    /// # Errors
    /// For a scale that is no plain name.
    pub fn new(root: &Path, scale: &str) -> Result<Self, ReportError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if scale.is_empty() || scale.starts_with('.') || !scale.chars().all(plain) {
            return Err(ReportError::Refused(format!("`{scale}` is no scale; scales are names such as demo or paper")));
        }
        Ok(Self { root: root.to_owned(), scale: scale.to_owned() })
    }

    /// The scale's name.
    pub fn scale(&self) -> &str {
        &self.scale
    }

    /// `reports/<scale>`.
    pub fn reports(&self) -> PathBuf {
        self.root.join("reports").join(&self.scale)
    }

    /// `reports/<scale>/figN`.
    pub fn of_figure(&self, number: u8) -> PathBuf {
        self.reports().join(format!("fig{number}"))
    }

    fn drawing(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.root.join("figures").join(&self.scale).join(format!("{name}.svg"))).ok()
    }

    /// The tables of runs that are there, by figure.
    ///
    /// # Errors
    /// Where a table cannot be used.
    pub fn tables(&self) -> Result<BTreeMap<u8, RunTable>, ReportError> {
        let mut tables = BTreeMap::new();
        for number in FIGURES {
            let path = self.of_figure(number).join("runs.csv");
            if path.exists() {
                tables.insert(number, RunTable::read_csv(&path)?);
            }
        }
        Ok(tables)
    }

    /// Whether figures that share trainings have the same ones.
    pub fn shared_trainings(&self, tables: &BTreeMap<u8, RunTable>) -> SharedTrainings {
        let named: Vec<_> =
            tables.iter().map(|(&number, table)| (format!("Figure {number}"), self.of_figure(number), table)).collect();
        SharedTrainings::among(named.iter().map(|(name, folder, table)| (name.as_str(), folder.as_path(), *table)))
    }

    /// Decides every claim on the tables of this scale, and writes `claims.md`, which begins with `warnings`, and `claims.csv`.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write_claims(
        &self,
        tables: &BTreeMap<u8, RunTable>,
        warnings: &[String],
    ) -> Result<Vec<Ruling>, ReportError> {
        let rulings = rule(&Evidence::of(tables));
        let markdown = claims_file::markdown(&rulings, &self.scale, warnings);
        replace(&self.reports().join("claims.md"), markdown.as_bytes())?;
        replace(&self.reports().join("claims.csv"), &claims_file::csv(&rulings, &self.scale))?;
        Ok(rulings)
    }

    /// Writes `index.html`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_html(&self, analyses: &[Analysis], rulings: &[Ruling]) -> Result<PathBuf, ReportError> {
        let drawings: Vec<(String, String)> = (1..=*FIGURES.last().expect("there are figures"))
            .map(|number| format!("fig{number}"))
            .filter_map(|name| Some((name.clone(), self.drawing(&name)?)))
            .collect();
        let settings: Vec<(String, String)> = analyses
            .iter()
            .filter_map(|a| {
                let path = self.reports().join(&a.name).join("settings.json");
                Some((a.name.clone(), std::fs::read_to_string(path).ok()?))
            })
            .collect();
        let runs = analyses.iter().map(|a| (a.name.clone(), self.reports().join(&a.name).join("runs.csv"))).collect();
        let path = self.reports().join("index.html");
        replace(
            &path,
            page::page(&page::Content { scale: Some(&self.scale), analyses, rulings, drawings, settings, runs })
                .as_bytes(),
        )?;
        Ok(path)
    }
}
