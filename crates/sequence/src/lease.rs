//! Who trains a stage now, so that two processes on one store do not do the same work.
//!
//! A lease is a file made by linking, which fails where the name exists, on local and network file systems alike; there is
//! no reliance on `flock`. Its holder touches it every few seconds. A lease is taken over at once where its holder was a
//! process of this machine that is gone, and otherwise when nobody has touched it for [`EXPIRY`] of the *observer's* time,
//! so that clocks need not agree. Should two processes train one stage after all, the store stays whole and the results
//! are the same: leases save work, correctness does not rest on them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use paths::StageId;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::{read_if_there, write_durably};
use crate::store::Store;

/// A lease that has not been touched for so long is nobody's.
const EXPIRY: Duration = Duration::from_secs(120);
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The leases of one process on a store.
pub struct Leases {
    folder: PathBuf,
    owner: Owner,
    held: Arc<Mutex<Vec<PathBuf>>>,
    watched: Mutex<HashMap<StageId, Watched>>,
    expiry: Duration,
    heartbeat: Option<(std::sync::mpsc::Sender<()>, JoinHandle<()>)>,
}

/// A stage leased by this process until dropped.
pub struct Lease {
    path: PathBuf,
    held: Arc<Mutex<Vec<PathBuf>>>,
}

/// A process, as far as another can tell whether it lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    host: String,
    /// The boot and the process namespace: process numbers mean something only inside both.
    space: String,
    pid: u32,
    /// When the process started, in clock ticks after boot: numbers are used again.
    started: String,
    nonce: String,
}

struct Watched {
    touched: Option<SystemTime>,
    nonce: String,
    since: Instant,
}

impl Leases {
    /// The leases of this process in a store's folder of leases.
    pub fn new(folder: PathBuf) -> Self {
        Self::with_expiry(folder, EXPIRY)
    }

    fn with_expiry(folder: PathBuf, expiry: Duration) -> Self {
        let held = Arc::new(Mutex::new(Vec::<PathBuf>::new()));
        let (stop, stopped) = std::sync::mpsc::channel();
        let touching = held.clone();
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(HEARTBEAT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                for path in touching.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                    // A lease that cannot be touched expires at worst, which costs work and nothing else.
                    let _ = File::options().write(true).open(path).and_then(|f| f.set_modified(SystemTime::now()));
                }
            }
        });
        Self {
            folder,
            owner: Owner::this_process(),
            held,
            watched: Mutex::default(),
            expiry,
            heartbeat: Some((stop, thread)),
        }
    }

    /// Takes the lease of a stage; `None` where a living process has it.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn take(&self, id: StageId) -> Result<Option<Lease>, StoreError> {
        let path = self.folder.join(id.to_string());
        if let Some(lease) = self.create(&path)? {
            return Ok(Some(lease));
        }
        let Some(holder) = read_owner(&path)? else { return self.create(&path) };
        if self.lives(id, &path, holder.as_ref()) {
            return Ok(None);
        }
        self.take_away(&path, holder.as_ref())?;
        self.create(&path)
    }

    fn create(&self, path: &Path) -> Result<Option<Lease>, StoreError> {
        let own = self.folder.join(format!(".{}-{}", self.owner.nonce, unique()));
        write_durably(&own, &serde_json::to_vec(&self.owner).expect("an owner is plain data"))?;
        let linked = fs::hard_link(&own, path);
        let _ = fs::remove_file(&own);
        match linked {
            Ok(()) => {
                self.held.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
                Ok(Some(Lease { path: path.to_owned(), held: self.held.clone() }))
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(e) => Err(StoreError::io(path, e)),
        }
    }

    /// Whether the holder is alive as far as can be told.
    fn lives(&self, id: StageId, path: &Path, holder: Option<&Owner>) -> bool {
        if let Some(lives) = holder.and_then(|holder| self.owner.knows_alive(holder)) {
            return lives;
        }
        let touched = fs::metadata(path).and_then(|m| m.modified()).ok();
        let nonce = holder.map(|h| h.nonce.clone()).unwrap_or_default();
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let entry =
            watched.entry(id).or_insert_with(|| Watched { touched, nonce: nonce.clone(), since: Instant::now() });
        if entry.touched != touched || entry.nonce != nonce {
            *entry = Watched { touched, nonce, since: Instant::now() };
        }
        entry.since.elapsed() < self.expiry
    }

    /// Removes a dead holder's lease, unless another process did so first and has leased the stage since.
    fn take_away(&self, path: &Path, dead: Option<&Owner>) -> Result<(), StoreError> {
        let away = self.folder.join(format!(".gone-{}-{}", self.owner.nonce, unique()));
        match fs::rename(path, &away) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(StoreError::io(path, e)),
        }
        if read_owner(&away)?.flatten().as_ref() != dead {
            // It was a living process's new lease: it goes back, unless somebody has leased the stage in between.
            let _ = fs::hard_link(&away, path);
        }
        fs::remove_file(&away).map_err(|e| StoreError::io(&away, e))
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.heartbeat.take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.path);
        let _ = fs::remove_file(&self.path);
    }
}

impl Owner {
    fn this_process() -> Self {
        let read = |path: &str| fs::read_to_string(path).map(|s| s.trim().to_owned()).unwrap_or_default();
        let namespace = fs::read_link("/proc/self/ns/pid").map(|p| p.display().to_string()).unwrap_or_default();
        let pid = std::process::id();
        Self {
            host: host_name(),
            space: format!("{} {namespace}", read("/proc/sys/kernel/random/boot_id")),
            pid,
            started: started(pid),
            nonce: format!("{pid}-{:x}", unique()),
        }
    }

    /// Whether `other` lives; `None` where it is a process of another machine or namespace, or where the system does not tell when
    /// processes started.
    fn knows_alive(&self, other: &Self) -> Option<bool> {
        let near = !self.started.is_empty() && other.space == self.space && other.host == self.host;
        near.then(|| other.started == started(other.pid) && !other.started.is_empty())
    }
}

/// Removes whatever lease there is on a finished stage: nobody trains it, and nobody would ask whether its holder lives.
pub fn forget(folder: &Path, id: StageId) {
    // One that cannot be removed is in nobody's way.
    let _ = fs::remove_file(folder.join(id.to_string()));
}

/// The name of this machine; empty where the system does not tell.
pub fn host_name() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").map(|s| s.trim().to_owned()).unwrap_or_default()
}

/// The stages that a living process has leased, and the name of its machine. A lease of another machine counts as long as
/// it was touched within the last two minutes by the clock of this one.
///
/// # Errors
/// Where the leases cannot be read.
pub fn leased(store: &Store) -> Result<HashMap<StageId, String>, StoreError> {
    let folder = store.root().join("leases");
    let this = Owner::this_process();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(e) => return Err(StoreError::io(&folder, e)),
    };
    let mut leased = HashMap::new();
    for entry in entries {
        let path = entry.map_err(|e| StoreError::io(&folder, e))?.path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()?.parse::<StageId>().ok()) else { continue };
        let Some(Some(holder)) = read_owner(&path)? else { continue };
        let touched = fs::metadata(&path).and_then(|m| m.modified()).ok();
        let lives = this.knows_alive(&holder).unwrap_or_else(|| {
            touched.is_some_and(|touched| touched.elapsed().map_or(true, |silence| silence < EXPIRY))
        });
        if lives {
            leased.insert(id, holder.host);
        }
    }
    Ok(leased)
}

/// The outer `None` where there is no lease, the inner where its file cannot be understood.
fn read_owner(path: &Path) -> Result<Option<Option<Owner>>, StoreError> {
    Ok(read_if_there(path)?.map(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// The start time of a process, field 22 of its `stat`; empty where there is no such process.
fn started(pid: u32) -> String {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The second field is the command in parentheses, which may hold spaces and parentheses itself.
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = after.split_whitespace();
    // A zombie does no more work: it counts as gone.
    if matches!(fields.clone().next(), Some("Z" | "X")) {
        return String::new();
    }
    fields.nth(19).unwrap_or_default().to_owned()
}

/// A number that no other process and no other call has, for names of temporary files.
fn unique() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    (time << 40) ^ (u128::from(std::process::id()) << 20) ^ u128::from(CALLS.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> StageId {
        "2aeaf7dd9109fb000b5fd77d4bb46046".parse().unwrap()
    }

    fn leave_lease_of(owner: &Owner, folder: &Path) {
        fs::write(folder.join(id().to_string()), serde_json::to_vec(owner).unwrap()).unwrap();
    }

    #[test]
    fn a_stage_is_leased_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let leases = Leases::new(folder.path().to_owned());
        let lease = leases.take(id()).unwrap().unwrap();
        assert!(leases.take(id()).unwrap().is_none());
        drop(lease);
        assert!(leases.take(id()).unwrap().is_some());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn many_threads_make_one_lease() {
        let folder = tempfile::tempdir().unwrap();
        let leases = Leases::new(folder.path().to_owned());
        let won = std::thread::scope(|scope| {
            let attempts: Vec<_> = (0..16).map(|_| scope.spawn(|| leases.take(id()).unwrap())).collect();
            attempts.into_iter().filter_map(|attempt| attempt.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(won.len(), 1);
    }

    #[test]
    fn the_lease_of_a_process_that_is_gone_is_taken_at_once() {
        let folder = tempfile::tempdir().unwrap();
        // A process of this machine with this one's number but an earlier start: the number was used again.
        let gone = Owner { started: "1".into(), nonce: "other".into(), ..Owner::this_process() };
        leave_lease_of(&gone, folder.path());
        assert!(Leases::new(folder.path().to_owned()).take(id()).unwrap().is_some());
    }

    #[test]
    fn the_lease_of_another_machine_holds_until_nobody_touches_it() {
        let folder = tempfile::tempdir().unwrap();
        let far = Owner { host: "elsewhere".into(), nonce: "other".into(), ..Owner::this_process() };
        leave_lease_of(&far, folder.path());
        assert!(Leases::new(folder.path().to_owned()).take(id()).unwrap().is_none());
        let impatient = Leases::with_expiry(folder.path().to_owned(), Duration::ZERO);
        assert!(impatient.take(id()).unwrap().is_some());
    }

    #[test]
    fn a_system_that_tells_nothing_of_processes_makes_no_lease_void() {
        let silent = Owner { host: String::new(), space: " ".into(), started: String::new(), ..Owner::this_process() };
        let other = Owner { pid: 1, nonce: "other".into(), ..silent.clone() };
        assert_eq!(silent.knows_alive(&other), None);
        let this = Owner::this_process();
        assert_eq!(this.knows_alive(&this), Some(true));
    }

    #[test]
    fn leases_of_living_processes_are_listed_with_their_machine() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let leases = Leases::new(folder.path().join("leases"));
        let lease = leases.take(id()).unwrap().unwrap();
        assert_eq!(leased(&store).unwrap(), HashMap::from([(id(), host_name())]));
        drop(lease);
        assert!(leased(&store).unwrap().is_empty());
        let far = Owner { host: "elsewhere".into(), nonce: "other".into(), ..Owner::this_process() };
        leave_lease_of(&far, &folder.path().join("leases"));
        assert_eq!(leased(&store).unwrap(), HashMap::from([(id(), "elsewhere".to_owned())]));
        let old = SystemTime::now() - EXPIRY - Duration::from_secs(10);
        let file = File::options().write(true).open(folder.path().join("leases").join(id().to_string())).unwrap();
        file.set_modified(old).unwrap();
        assert!(leased(&store).unwrap().is_empty());
    }

    #[test]
    fn a_clock_that_jumps_neither_frees_nor_keeps_a_lease() {
        let folder = tempfile::tempdir().unwrap();
        let far = Owner { host: "elsewhere".into(), nonce: "other".into(), ..Owner::this_process() };
        leave_lease_of(&far, folder.path());
        let file = File::options().write(true).open(folder.path().join(id().to_string())).unwrap();
        let year = Duration::from_secs(365 * 24 * 3600);
        let expiry = Duration::from_millis(300);
        let leases = Leases::with_expiry(folder.path().to_owned(), expiry);
        // Touched in what is the future here, then in the past: both are signs of life, whatever they say.
        for time in [SystemTime::now() + year, SystemTime::now() - year, SystemTime::UNIX_EPOCH] {
            file.set_modified(time).unwrap();
            assert!(leases.take(id()).unwrap().is_none());
        }
        // Not touched any more: it expires by this process's own clock, which does not jump.
        file.set_modified(SystemTime::now() + year).unwrap();
        assert!(leases.take(id()).unwrap().is_none());
        std::thread::sleep(expiry);
        assert!(leases.take(id()).unwrap().is_some());
    }

    #[test]
    fn a_lease_that_cannot_be_read_expires_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(id().to_string()), "{").unwrap();
        assert!(Leases::new(folder.path().to_owned()).take(id()).unwrap().is_none());
        assert!(Leases::with_expiry(folder.path().to_owned(), Duration::ZERO).take(id()).unwrap().is_some());
    }
}
