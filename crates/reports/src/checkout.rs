//! Where results lie unless the command line says otherwise.

use std::path::{Path, PathBuf};

/// The folder that `NEGPRE_HOME` names, as a bundle's `run` does; the checkout that the program was built in; or the current folder
/// where that is no longer there.
pub fn checkout() -> PathBuf {
    if let Some(home) = std::env::var_os("NEGPRE_HOME").filter(|home| !home.is_empty()) {
        return PathBuf::from(home);
    }
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    built_in.filter(|folder| folder.join("Cargo.toml").exists()).unwrap_or(Path::new(".")).to_owned()
}
