//! Where an unfinished stage goes on: its checkpoint, in one file with a checksum.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use paths::StageId;
use sha2::{Digest, Sha256};
use training::{Checkpoint, Progress, from_safetensors, to_safetensors};

use crate::error::StoreError;
use crate::files::{read_if_there, replace};
use crate::store::Store;

/// Bytes of the checksum that comes before the tensors.
const CHECKSUM_BYTES: usize = 32;

/// The key of a checkpoint's numbers, with the version of what a checkpoint holds: one of another version is not gone on from.
const PROGRESS: &str = "progress 3";

fn path(store: &Store, id: StageId) -> PathBuf {
    store.root().join("checkpoints").join(id.to_string())
}

/// Keeps a checkpoint in place of the stage's last one.
///
/// # Errors
/// Where the store cannot be written; the last checkpoint stays then.
pub fn save(store: &Store, id: StageId, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let path = path(store, id);
    let progress = serde_json::to_string(&checkpoint.progress).expect("progress has finite numbers only");
    let tensors = to_safetensors(&checkpoint.tensors, HashMap::from([(PROGRESS.to_owned(), progress)]))
        .map_err(|reason| StoreError::Damaged { path: path.clone(), reason })?;
    let mut bytes = Sha256::digest(&tensors).to_vec();
    bytes.extend_from_slice(&tensors);
    replace(&path, &bytes)
}

/// The checkpoint of a stage; `None` where there is none.
///
/// # Errors
/// [`StoreError::Damaged`] where the file is not what was written.
pub fn load(store: &Store, id: StageId) -> Result<Option<Checkpoint>, StoreError> {
    let path = path(store, id);
    let Some(bytes) = read_if_there(&path)? else { return Ok(None) };
    let read = || -> Result<Checkpoint, String> {
        let (checksum, tensors) = bytes.split_at_checked(CHECKSUM_BYTES).ok_or("it is too short")?;
        if Sha256::digest(tensors).as_slice() != checksum {
            return Err("its checksum does not match".into());
        }
        let (tensors, metadata) = from_safetensors(tensors)?;
        let progress = metadata.get(PROGRESS).ok_or("it is of another version of this program")?;
        let progress: Progress = serde_json::from_str(progress).map_err(|e| e.to_string())?;
        Ok(Checkpoint { progress, tensors })
    };
    read().map(Some).map_err(|reason| StoreError::Damaged { path, reason })
}

/// Forgets the checkpoint of a stage.
///
/// # Errors
/// Where it cannot be deleted.
pub fn remove(store: &Store, id: StageId) -> Result<(), StoreError> {
    let path = path(store, id);
    match fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io(&path, e)),
        _ => Ok(()),
    }
}
