//! Why an experiment could not be read, in words for a person.

/// Why an experiment could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The text is not an experiment; the message shows line, key and what is allowed.
    #[error("{0}")]
    Text(String),
    /// The scale is not in the file.
    #[error("unknown scale `{asked}`; {}", allowed_scales(.allowed))]
    Scale {
        /// What was asked for.
        asked: String,
        /// The scales of the file.
        allowed: Vec<String>,
    },
    /// What followed `--set` is not a setting with a possible value.
    #[error("{0}")]
    Set(String),
}

/// Names types as a person does who does not know Rust.
pub(crate) fn in_plain_words(message: &str) -> String {
    [
        ("f64", "a number"),
        ("usize", "a whole number of 0 or more"),
        ("u64", "a whole number of 0 or more"),
        ("a sequence", "a list"),
    ]
    .iter()
    .fold(message.to_owned(), |text, (rust, plain)| {
        text.replace(&format!("expected {rust}"), &format!("expected {plain}"))
    })
}

fn allowed_scales(scales: &[String]) -> String {
    if scales.is_empty() { "this experiment has no scales".into() } else { format!("allowed: {}", scales.join(", ")) }
}
