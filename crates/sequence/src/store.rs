//! The store: a folder a stage, whole or not there.
//!
//! ```text
//! runs/
//!   store.json                          format of the store
//!   stages/ab/ab…/record.json           what the stage was and what came out
//!                 epochs.csv            a line an epoch
//!                 weights.safetensors   carried weights, PyTorch's names
//!                 checksums.json        SHA-256 of these
//!                 measures/…            a table a measure, with its SHA-256 beside it
//!   checkpoints/ab…                     where an unfinished stage goes on
//!   leases/ab…                          which process trains a stage now
//!   plans/…json                         what was asked for, so that `inspect clean` knows what is still needed
//!   planned/ab/ab….json                 what a stage is, for a worker that is told its identity only
//!   submissions/…                       what was handed to Slurm: scripts, logs (the crate `submission`)
//!   damaged/                            entries whose checksums did not match
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use datasets::digest::sha256_hex;
use paths::StageId;
use serde::{Deserialize, Serialize};
use training::{MeasureRow, NamedTensors, from_safetensors};

use crate::error::StoreError;
use crate::files::{create_folder, read_if_there, replace, sync_folder, write_durably};
use crate::measures_file;
use crate::record::Record;

const FORMAT: u32 = 3;
const RECORD: &str = "record.json";
const EPOCHS: &str = "epochs.csv";
const WEIGHTS: &str = "weights.safetensors";
const CHECKSUMS: &str = "checksums.json";

/// A folder of finished and unfinished stages. Several processes may use it at once.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// What a finished stage leaves.
pub struct StageFiles {
    /// The record.
    pub record: Record,
    /// The epoch log as CSV.
    pub epochs: Vec<u8>,
    /// What was measured.
    pub measures: Vec<MeasureRow>,
    /// Carried weights as safetensors; `None` for a diverged stage.
    pub weights: Option<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
}

impl Store {
    /// Opens a store for writing, and makes it where there is none.
    ///
    /// # Errors
    /// Where the folder cannot be written or holds a store of another format.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let store = Self { root: root.to_owned() };
        for folder in ["stages", "checkpoints", "leases", "plans", "damaged", "staging"] {
            create_folder(&root.join(folder))?;
        }
        store.check_format()?;
        let header = root.join("store.json");
        if !header.exists() {
            replace(&header, &serde_json::to_vec(&Header { format: FORMAT }).expect("a header is plain data"))?;
        }
        Ok(store)
    }

    /// Opens a store for reading; a folder that is not there is an empty store.
    ///
    /// # Errors
    /// Where the folder holds a store of another format.
    pub fn open_to_read(root: &Path) -> Result<Self, StoreError> {
        let store = Self { root: root.to_owned() };
        store.check_format()?;
        Ok(store)
    }

    fn check_format(&self) -> Result<(), StoreError> {
        let path = self.root.join("store.json");
        let Some(bytes) = read_if_there(&path)? else { return Ok(()) };
        match serde_json::from_slice::<Header>(&bytes) {
            Ok(Header { format: FORMAT }) => Ok(()),
            Ok(Header { format }) => {
                Err(StoreError::Format { path: self.root.clone(), found: format.to_string(), expected: FORMAT })
            }
            Err(_) => Err(StoreError::Format { path: self.root.clone(), found: "unknown".into(), expected: FORMAT }),
        }
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a stage.
    pub fn folder(&self, id: StageId) -> PathBuf {
        let name = id.to_string();
        self.root.join("stages").join(&name[..2]).join(name)
    }

    /// Whether the stage is finished.
    pub fn contains(&self, id: StageId) -> bool {
        self.folder(id).join(RECORD).exists()
    }

    /// Every finished stage, in ascending order.
    ///
    /// # Errors
    /// Where a folder cannot be read.
    pub fn stages(&self) -> Result<Vec<StageId>, StoreError> {
        let mut ids = Vec::new();
        for outer in list(&self.root.join("stages"))?.into_iter().filter(|path| path.is_dir()) {
            for entry in list(&outer)? {
                let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
                ids.extend(name.parse::<StageId>().ok());
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// Deletes what killed processes left half-written and returns the number of files and folders. Nothing is deleted while
    /// a stage is leased, as its process may be writing.
    ///
    /// # Errors
    /// Where something cannot be read or deleted.
    pub fn clear_temporary(&self) -> Result<usize, StoreError> {
        let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let leases = list(&self.root.join("leases"))?;
        if leases.iter().any(|path| !hidden(path)) {
            return Ok(0);
        }
        let mut left = list(&self.root.join("staging"))?;
        left.extend(leases);
        for folder in ["checkpoints", "plans"] {
            left.extend(list(&self.root.join(folder))?.into_iter().filter(|path| hidden(path)));
        }
        for path in &left {
            let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            gone.map_err(|e| StoreError::io(path, e))?;
        }
        Ok(left.len())
    }

    /// The stages that were begun and not finished, with a checkpoint to go on from.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn unfinished(&self) -> Result<Vec<StageId>, StoreError> {
        let names = list(&self.root.join("checkpoints"))?.into_iter();
        Ok(names.filter_map(|path| path.file_name()?.to_str()?.parse().ok()).collect())
    }

    /// The record of a stage, checked against its checksum together with the epoch log; `None` where it is not finished.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a file is not what was written.
    pub fn record(&self, id: StageId) -> Result<Option<Record>, StoreError> {
        if !self.folder(id).exists() {
            return Ok(None);
        }
        self.checked(id, EPOCHS)?;
        let (path, bytes) = self.checked(id, RECORD)?;
        let record: Record = serde_json::from_slice(&bytes)
            .map_err(|e| StoreError::Damaged { path: path.clone(), reason: format!("not a record: {e}") })?;
        if record.stage != id {
            return Err(StoreError::Damaged { path, reason: format!("it is the record of stage {}", record.stage) });
        }
        Ok(Some(record))
    }

    /// The epoch log of a finished stage, as CSV.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is missing or not what was written.
    pub fn epochs(&self, id: StageId) -> Result<Vec<u8>, StoreError> {
        Ok(self.checked(id, EPOCHS)?.1)
    }

    /// The measures of a finished stage, in the order of their identities.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a table is not what was written.
    pub fn measures(&self, id: StageId) -> Result<Vec<MeasureRow>, StoreError> {
        let mut rows = Vec::new();
        for measure in measures_file::list(&self.measures_folder(id))? {
            rows.extend(self.measure(id, &measure)?.unwrap_or_default());
        }
        Ok(rows)
    }

    /// What one measure, named by its identity, found of a finished stage; `None` where it was not taken.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where its table is not what was written.
    pub fn measure(&self, id: StageId, measure: &str) -> Result<Option<Vec<MeasureRow>>, StoreError> {
        measures_file::read(&self.measures_folder(id), measure)
    }

    /// Adds what measures found of a finished stage; the stage and its other measures stay as they are.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn add_measures(&self, id: StageId, rows: &[MeasureRow]) -> Result<(), StoreError> {
        measures_file::add(&self.measures_folder(id), rows)
    }

    fn measures_folder(&self, id: StageId) -> PathBuf {
        self.folder(id).join(measures_file::FOLDER)
    }

    /// Whether a finished stage still has its weights.
    pub fn has_weights(&self, id: StageId) -> bool {
        self.folder(id).join(WEIGHTS).exists()
    }

    /// The carried weights of a finished stage, checked against their checksum.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where they are missing or not what was written.
    pub fn weights(&self, id: StageId) -> Result<NamedTensors, StoreError> {
        let (path, bytes) = self.checked(id, WEIGHTS)?;
        let (tensors, _) = from_safetensors(&bytes).map_err(|reason| StoreError::Damaged { path, reason })?;
        Ok(tensors)
    }

    /// Checks every file of a finished stage; weights that were dropped are no damage.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names the first file that is not what was written.
    pub fn verify(&self, id: StageId) -> Result<(), StoreError> {
        self.record(id)?;
        self.measures(id)?;
        if self.has_weights(id) {
            self.checked(id, WEIGHTS)?;
        }
        Ok(())
    }

    fn checked(&self, id: StageId, file: &str) -> Result<(PathBuf, Vec<u8>), StoreError> {
        let folder = self.folder(id);
        let path = folder.join(file);
        let damaged =
            |path: &Path, reason: &str| StoreError::Damaged { path: path.to_owned(), reason: reason.to_owned() };
        let list = folder.join(CHECKSUMS);
        let sums = read_if_there(&list)?.ok_or_else(|| damaged(&list, "it is missing"))?;
        let sums: BTreeMap<String, String> =
            serde_json::from_slice(&sums).map_err(|_| damaged(&list, "not a list of checksums"))?;
        let expected = sums.get(file).ok_or_else(|| damaged(&list, &format!("it does not list {file}")))?;
        let bytes = read_if_there(&path)?.ok_or_else(|| damaged(&path, "it is missing"))?;
        let found = sha256_hex(&bytes);
        if found != *expected {
            let reason = format!("its SHA-256 is {found}, and {expected} was written");
            return Err(StoreError::Damaged { path, reason });
        }
        Ok((path, bytes))
    }

    /// Adds a finished stage: written beside, flushed, renamed into place. Where another process has finished the same
    /// stage meanwhile, theirs stays; results are the same.
    ///
    /// # Errors
    /// Where the store cannot be written; then the stage is not in it.
    pub fn publish(&self, files: &StageFiles) -> Result<(), StoreError> {
        let id = files.record.stage;
        let staging = self.root.join("staging");
        let folder = tempfile::Builder::new()
            .prefix(&format!("{id}-"))
            .tempdir_in(&staging)
            .map_err(|e| StoreError::io(&staging, e))?;
        let record = serde_json::to_vec_pretty(&files.record).expect("a record has text keys only");
        let mut sums = BTreeMap::new();
        let parts = [(RECORD, Some(&record)), (EPOCHS, Some(&files.epochs)), (WEIGHTS, files.weights.as_ref())];
        for (name, bytes) in parts.into_iter().filter_map(|(name, bytes)| Some((name, bytes?))) {
            write_durably(&folder.path().join(name), bytes)?;
            sums.insert(name, sha256_hex(bytes));
        }
        let sums = serde_json::to_vec_pretty(&sums).expect("checksums are plain data");
        write_durably(&folder.path().join(CHECKSUMS), &sums)?;
        let measures = folder.path().join(measures_file::FOLDER);
        create_folder(&measures)?;
        measures_file::write_all(&measures, &files.measures)?;
        sync_folder(&measures)?;
        sync_folder(folder.path())?;

        let target = self.folder(id);
        let outer = target.parent().expect("a stage lies in a folder");
        create_folder(outer)?;
        if target.exists() && files.weights.is_some() && !self.has_weights(id) {
            // The entry lost its weights to `inspect clean`; the new one is the same with them.
            let old = staging.join(format!("{id}-old-{}", std::process::id()));
            fs::rename(&target, &old).map_err(|e| StoreError::io(&target, e))?;
            fs::rename(folder.path(), &target).map_err(|e| StoreError::io(&target, e))?;
            fs::remove_dir_all(&old).map_err(|e| StoreError::io(&old, e))?;
        } else {
            if let Err(e) = fs::rename(folder.path(), &target) {
                match self.verify(id) {
                    Ok(()) if self.contains(id) => {}
                    Err(StoreError::Damaged { .. }) => {
                        self.set_aside(id)?;
                        fs::rename(folder.path(), &target).map_err(|e| StoreError::io(&target, e))?;
                    }
                    _ => return Err(StoreError::io(&target, e)),
                }
            }
        }
        sync_folder(outer)
    }

    /// Moves a damaged entry out of the way and returns where it is now.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn set_aside(&self, id: StageId) -> Result<PathBuf, StoreError> {
        let from = self.folder(id);
        for number in 0.. {
            let to = self.root.join("damaged").join(format!("{id}-{number}"));
            if !to.exists() {
                return match fs::rename(&from, &to) {
                    // Another process found the same damage first.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(to),
                    outcome => outcome.map(|()| to).map_err(|e| StoreError::io(&from, e)),
                };
            }
        }
        unreachable!("numbers do not run out")
    }

    /// Size of the weights of a finished stage; 0 where they were dropped.
    ///
    /// # Errors
    /// Where they cannot be looked at.
    pub fn weights_bytes(&self, id: StageId) -> Result<u64, StoreError> {
        let path = self.folder(id).join(WEIGHTS);
        match fs::metadata(&path) {
            Ok(metadata) => Ok(metadata.len()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(e) => Err(StoreError::io(&path, e)),
        }
    }

    /// Deletes the weights of a finished stage and returns how many bytes that freed; the record stays.
    ///
    /// # Errors
    /// Where they cannot be deleted.
    pub fn drop_weights(&self, id: StageId) -> Result<u64, StoreError> {
        let bytes = self.weights_bytes(id)?;
        let path = self.folder(id).join(WEIGHTS);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io(&path, e)),
            _ => Ok(bytes),
        }
    }
}

/// The entries of a folder; none where it is not there.
fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io(folder, e)),
    };
    entries.map(|entry| entry.map(|e| e.path()).map_err(|e| StoreError::io(folder, e))).collect()
}
