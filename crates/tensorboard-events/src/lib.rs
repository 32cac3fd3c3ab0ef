//! Event files, which TensorBoard reads its curves from: numbers over steps, under names that are called tags.
//!
//! A file is a sequence of TFRecords, each of them one `Event` as a protocol buffer. TensorBoard takes every folder with event
//! files for a run, so each run has a folder of its own, with one file in it.
//!
//! ```
//! use tensorboard_events::{EventsWriter, file_name};
//!
//! let began = 1_735_689_600.0; // seconds since 1970
//! let mut events = EventsWriter::new(Vec::new(), began)?;
//! events.scalar("test/loss", 0, 2.3, began + 1.5)?;
//! events.scalar("test/loss", 100, 0.4, began + 3.0)?;
//! let content = events.finish()?;
//! # assert_eq!(content.len(), 132);
//! assert_eq!(file_name(began, "node7"), "events.out.tfevents.1735689600.node7");
//! # Ok::<(), std::io::Error>(())
//! ```

mod event;
mod file_name;
mod record;
mod writer;

pub use file_name::file_name;
pub use writer::EventsWriter;
