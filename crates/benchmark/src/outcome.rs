//! What a part leaves: its numbers, and what is needed to judge and repeat them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::BenchError;
use crate::machine::Machine;

/// The numbers of a part and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome<T> {
    /// The part: `steps`, `figure`, `share`, `growth` or `precision`.
    pub part: String,
    /// Whether this was a check that everything works, whose numbers mean nothing.
    pub quick: bool,
    /// The command.
    pub command: String,
    /// Rounds in which each side was measured once.
    pub rounds: usize,
    /// Where was computed: `cpu` or `cuda:N`.
    pub device: String,
    /// The machine.
    pub machine: Machine,
    /// What could not be measured.
    pub left_out: Vec<LeftOut>,
    /// The numbers.
    pub result: T,
}

/// Something that was not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// Numbers that can be shown to a person.
pub trait Tables {
    /// Markdown.
    fn tables(&self) -> String;
}

impl<T: Serialize + Tables> Outcome<T> {
    /// Markdown: the tables, what was left out, machine and command.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("# {}\n\n", self.part);
        if self.quick {
            text += "A quick check that everything works; its numbers mean nothing.\n\n";
        }
        text += &self.result.tables();
        for left_out in &self.left_out {
            text += &format!("\nLeft out: {}: {}\n", left_out.what, left_out.reason);
        }
        text + &format!(
            "\n{} rounds on {}. {}\n\n```sh\n{}\n```\n",
            self.rounds,
            self.device,
            self.machine.text(),
            self.command
        )
    }

    /// Writes `<part>.json` and `<part>.md`.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), BenchError> {
        std::fs::create_dir_all(folder).map_err(BenchError::io(folder))?;
        let mut json = serde_json::to_string_pretty(self).expect("results are plain data");
        json.push('\n');
        for (ending, text) in [("json", json), ("md", self.text())] {
            let path = folder.join(format!("{}.{ending}", self.part));
            std::fs::write(&path, text).map_err(BenchError::io(&path))?;
        }
        Ok(())
    }
}
