//! What became of a run, in the words of this program and of others.

/// The words for a run that has a result.
const FINISHED: [&str; 3] = ["finished", "completed", "complete"];
/// The words for one that has none.
const UNFINISHED: [&str; 16] = [
    "diverged",
    "failed",
    "fail",
    "crashed",
    "killed",
    "cancelled",
    "canceled",
    "timeout",
    "interrupted",
    "preempted",
    "pruned",
    "running",
    "queued",
    "pending",
    "scheduled",
    "unfinished",
];

/// What a column `status` may hold, in any case.
pub(crate) const ALLOWED: &str = "finished, completed or complete of a run with a result; diverged, failed, fail, crashed, \
                                  killed, cancelled, canceled, timeout, interrupted, preempted, pruned, running, queued, \
                                  pending, scheduled or unfinished of one without";

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It has a result.
    Finished,
    /// It has none, for the reason that the word says.
    Unfinished(&'static str),
}

impl Status {
    /// Reads a cell of the column `status`; `None` where it is none of the words that are [`ALLOWED`].
    pub fn read(cell: &str) -> Option<Self> {
        let is = |word: &&&str| word.eq_ignore_ascii_case(cell.trim());
        if FINISHED.iter().any(|word| is(&word)) {
            return Some(Self::Finished);
        }
        UNFINISHED.iter().find(is).map(|word| Self::Unfinished(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_allowed_in_any_case() {
        for word in FINISHED {
            assert_eq!(Status::read(&format!(" {} ", word.to_uppercase())), Some(Status::Finished));
        }
        for word in UNFINISHED {
            assert_eq!(Status::read(word), Some(Status::Unfinished(word)));
        }
        let listed = |word: &&str| ALLOWED.split([' ', ',', ';']).any(|allowed| allowed == *word);
        assert!(FINISHED.iter().chain(&UNFINISHED).all(listed));
        assert_eq!([Status::read("fine"), Status::read("")], [None, None]);
    }
}
