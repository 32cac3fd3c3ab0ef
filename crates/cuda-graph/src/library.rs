//! The shared library that this crate's build made, and that every program carries in itself.

use std::ffi::{c_char, c_int, c_void};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::sync::{Mutex, OnceLock, PoisonError};

use libloading::os::unix::{Library as Loaded, RTLD_LOCAL, RTLD_NOW, Symbol};
use rustix::fs::{MemfdFlags, memfd_create};

/// Empty where there were no headers of CUDA to build it with.
const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cuda_graph.so"));

/// The reason on a machine without CUDA, or before libtorch's part for it is in use.
pub const WITHOUT_CUDA: &str = "libtorch's CUDA part is not loaded";

/// Its functions, as `native/cuda_graph.cpp` defines them.
pub(crate) struct Library {
    pub enter_stream: Symbol<unsafe extern "C" fn(c_int, *mut *mut c_void) -> *mut c_char>,
    pub leave_stream: Symbol<unsafe extern "C" fn(*mut c_void) -> *mut c_char>,
    pub synchronise: Symbol<unsafe extern "C" fn(c_int) -> *mut c_char>,
    pub begin: Symbol<unsafe extern "C" fn(*mut *mut c_void) -> *mut c_char>,
    pub end: Symbol<unsafe extern "C" fn(*mut c_void) -> *mut c_char>,
    pub replay: Symbol<unsafe extern "C" fn(*mut c_void) -> *mut c_char>,
    pub free: Symbol<unsafe extern "C" fn(*mut c_void)>,
    // Last: functions are gone with it.
    _loaded: Loaded,
}

impl Library {
    /// The library, loaded once. It can be loaded after libtorch's CUDA part has been.
    pub fn get() -> Result<&'static Self, String> {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        static LOADING: Mutex<()> = Mutex::new(());
        let _alone = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        if LIBRARY.get().is_none() {
            let loaded = Self::load()?;
            return Ok(LIBRARY.get_or_init(|| loaded));
        }
        Ok(LIBRARY.get().expect("it was there"))
    }

    fn load() -> Result<Self, String> {
        if BYTES.is_empty() {
            return Err("this program was built without CUDA's headers".into());
        }
        // RTLD_NOLOAD: without what it calls, the library would load in vain.
        const NO_LOAD: c_int = 4;
        // SAFETY: nothing is loaded.
        if unsafe { Loaded::open(Some("libtorch_cuda.so"), RTLD_NOW | NO_LOAD) }.is_err() {
            return Err(WITHOUT_CUDA.into());
        }
        let cannot = |error: &dyn std::fmt::Display| format!("the part for CUDA's graphs cannot be loaded: {error}");
        let memory = memfd_create("cuda_graph", MemfdFlags::CLOEXEC).map_err(|error| cannot(&error))?;
        let mut file = std::fs::File::from(memory);
        file.write_all(BYTES).map_err(|error| cannot(&error))?;
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        // SAFETY: the library has no initialisers of its own; what it needs of libtorch is of the same version, as it was built with that
        // one's headers. Its functions are called as they are declared.
        unsafe {
            let loaded = Loaded::open(Some(path), RTLD_NOW | RTLD_LOCAL).map_err(|error| cannot(&error))?;
            macro_rules! function {
                ($name:literal) => {
                    loaded.get(concat!("cuda_graph_", $name, "\0").as_bytes()).map_err(|error| cannot(&error))?
                };
            }
            Ok(Self {
                enter_stream: function!("enter_stream"),
                leave_stream: function!("leave_stream"),
                synchronise: function!("synchronise"),
                begin: function!("begin"),
                end: function!("end"),
                replay: function!("replay"),
                free: function!("free"),
                _loaded: loaded,
            })
        }
    }
}
