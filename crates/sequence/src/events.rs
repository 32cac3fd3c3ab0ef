//! What is told while a plan is carried out.

use training::StepEvent;

use crate::record::Record;

/// What is told while a plan is carried out, from several threads; what is not listened to is passed over. Stages are named by
/// their index in the plan.
pub trait Events: Sync {
    /// The store was looked through: so many stages will be trained.
    fn surveyed(&self, _to_train: usize) {}
    /// A stage begins.
    fn started(&self, _stage: usize) {}
    /// A step of it is done.
    fn step(&self, _stage: usize, _event: &StepEvent<'_>) {}
    /// It is finished, by this process or another.
    fn finished(&self, _stage: usize, _record: &Record) {}
    /// It ended without a result: interrupted, or failed with a reason.
    fn ended(&self, _stage: usize, _reason: Option<&str>) {}
    /// Something a person should know.
    fn notice(&self, _text: &str) {}
}

/// For whoever wants to know nothing of it.
impl Events for () {}
