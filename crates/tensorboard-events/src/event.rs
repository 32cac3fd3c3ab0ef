//! What event files say, as protocol buffers: the part of TensorFlow's `tensorflow/core/util/event.proto` and
//! `tensorflow/core/framework/summary.proto` that scalars need. Names and numbers of the fields are theirs.

use prost::{Message, Oneof};

/// One entry of an event file.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    #[prost(int64, tag = "2")]
    pub step: i64,
    #[prost(oneof = "What", tags = "3, 5")]
    pub what: Option<What>,
}

/// What an event is about.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum What {
    #[prost(string, tag = "3")]
    FileVersion(String),
    #[prost(message, tag = "5")]
    Summary(Summary),
}

/// What is known at a step.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Summary {
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<Value>,
}

/// `Summary.Value`: a number and its name.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Value {
    #[prost(string, tag = "1")]
    pub tag: String,
    /// One of several kinds of values in TensorFlow, and hence written where it is zero, too.
    #[prost(float, optional, tag = "2")]
    pub simple_value: Option<f32>,
}
