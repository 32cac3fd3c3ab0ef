//! The writer of an event file.

use std::io::{self, Write};

use prost::Message;

use crate::event::{Event, Summary, Value, What};
use crate::record::framed;

/// What the first event of a file says of those that follow: `kVersionPrefix` and `kCurrentVersion` in TensorFlow's
/// `tensorflow/core/util/events_writer.h`.
const FILE_VERSION: &str = "brain.Event:2";

/// An event file that is being written, of scalars.
///
/// Each event reaches the writer in one call of [`Write::write_all`]. TensorBoard shows what has been written so far while a
/// file grows, and takes an event that is cut off at the end for one that is still to come. Wall times are in seconds since 1970.
///
/// Nothing is flushed on drop: [`EventsWriter::finish`] does that, and tells of errors.
#[derive(Debug)]
pub struct EventsWriter<W: Write> {
    writer: W,
}

impl<W: Write> EventsWriter<W> {
    /// Begins an event file: writes the event that states the format's version.
    ///
    /// `wall_time` is when the run began.
    ///
    /// # Errors
    /// Where `writer` cannot be written to.
    pub fn new(writer: W, wall_time: f64) -> io::Result<Self> {
        let mut events = Self { writer };
        events.write(wall_time, 0, What::FileVersion(FILE_VERSION.to_owned()))?;
        Ok(events)
    }

    /// Writes one point of a curve: the number `value` that is known by the name `tag` after `step` steps.
    ///
    /// TensorBoard puts tags with the same beginning up to a `/` into one group. A value that is not finite is written as it
    /// is.
    ///
    /// # Errors
    /// Where the writer cannot be written to; the file may end with a part of the event then.
    pub fn scalar(&mut self, tag: &str, step: i64, value: f32, wall_time: f64) -> io::Result<()> {
        let value = Value { tag: tag.to_owned(), simple_value: Some(value) };
        self.write(wall_time, step, What::Summary(Summary { value: vec![value] }))
    }

    /// Hands on what the writer has buffered, so that TensorBoard can show it.
    ///
    /// # Errors
    /// Where the writer cannot be written to.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Ends the file: flushes the writer and gives it back.
    ///
    /// # Errors
    /// Where the writer cannot be written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.writer)
    }

    fn write(&mut self, wall_time: f64, step: i64, what: What) -> io::Result<()> {
        let event = Event { wall_time, step, what: Some(what) };
        self.writer.write_all(&framed(&event.encode_to_vec()))
    }
}

#[cfg(test)]
mod tests;
