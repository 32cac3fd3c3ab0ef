//! Text from outside in batch scripts, so that no space, quote or dollar sign in a path means anything to a shell or to Slurm.

use std::path::Path;

use crate::error::SubmissionError;

/// A word of a shell command.
pub(crate) fn word(what: &str, text: &str) -> Result<String, SubmissionError> {
    let quoted = shlex::try_quote(text).map_err(|_| unwritable(what, text, "it contains a NUL byte"))?;
    Ok(quoted.into_owned())
}

/// A `#SBATCH` line. sbatch takes what is in double quotes as it is, but for backslashes, which it removes.
pub(crate) fn directive(option: &str, value: &str) -> Result<String, SubmissionError> {
    check_line(option, value)?;
    Ok(format!("#SBATCH --{option}=\"{}\"\n", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A line of a script or comment: anything but a line break.
pub(crate) fn check_line(what: &str, text: &str) -> Result<(), SubmissionError> {
    if text.contains(['\n', '\r', '\0']) {
        return Err(unwritable(what, text, "it contains a line break or a NUL byte"));
    }
    Ok(())
}

/// The folder of a log file as Slurm's file-name patterns take it, in which `%` begins a replacement.
pub(crate) fn log_folder(folder: &Path) -> Result<String, SubmissionError> {
    let text = utf8("the store's path", folder)?;
    if text.contains('\\') {
        return Err(unwritable("the store's path", text, "Slurm allows no backslash in the path of a log file"));
    }
    Ok(text.replace('%', "%%"))
}

/// A path as text.
pub(crate) fn utf8<'a>(what: &str, path: &'a Path) -> Result<&'a str, SubmissionError> {
    path.to_str().ok_or_else(|| unwritable(what, &path.to_string_lossy(), "it is not UTF-8"))
}

fn unwritable(what: &str, text: &str, reason: &'static str) -> SubmissionError {
    SubmissionError::Unwritable { what: what.into(), text: text.into(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_shell_reads_words_as_they_were() {
        for text in [
            "plain",
            "",
            "with space",
            "it's",
            "\"double\"",
            "$HOME `id` $(id)",
            "a\\b",
            "*?[x]",
            "~",
            "-n",
            "a;b&c|d",
            "é\t\n#!",
        ] {
            let script = format!("printf %s {}", word("argument", text).unwrap());
            let output = Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text, "{script}");
        }
        assert!(word("argument", "a\0b").unwrap_err().to_string().contains("NUL"));
    }

    #[test]
    fn directives_are_one_line_each() {
        assert_eq!(directive("chdir", "/a \"b\" \\c").unwrap(), "#SBATCH --chdir=\"/a \\\"b\\\" \\\\c\"\n");
        let message = directive("partition", "gpu\n#SBATCH --uid=0").unwrap_err().to_string();
        assert!(message.contains("partition") && message.contains("line break"), "{message}");
    }

    #[test]
    fn a_percent_sign_in_a_log_path_is_no_pattern() {
        assert_eq!(log_folder(Path::new("/50% a")).unwrap(), "/50%% a");
        assert!(log_folder(Path::new("/a\\b")).unwrap_err().to_string().contains("backslash"));
    }
}
