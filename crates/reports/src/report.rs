//! Reports: the statistics of a table of runs as files for people and for programs.
//!
//! `reports/<scale>/figN/` gets `report.md`, `summary.csv`, `tests.csv` and `report.json`, `reports/<scale>/` gets `claims.md`,
//! `claims.csv` and, on request, `index.html`; on request every table as Parquet, too.

mod answers;
mod claims_file;
mod error;
mod explorer;
mod files;
mod format;
mod html;
mod json;
mod markdown;
mod notes;
mod page;
mod parquet_file;
mod scale_folder;
mod shared_trainings;
mod summary_file;
mod tables;
mod tests_file;

pub use error::ReportError;
pub use files::{DETAILS, REPORTS};
pub(crate) use files::{write, write_own_html};
pub use html::escape;
pub(crate) use parquet_file::write_parquet;
pub use scale_folder::{FIGURES, ScaleFolder};
pub use shared_trainings::SharedTrainings;
pub use summary_file::summary_csv;
