//! Where results lie unless the command line says otherwise.

use std::path::{Path, PathBuf};

/// The checkout that the program was built in, or the current folder where that is no longer there.
pub fn checkout() -> PathBuf {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    built_in.filter(|folder| folder.join("Cargo.toml").exists()).unwrap_or(Path::new(".")).to_owned()
}
