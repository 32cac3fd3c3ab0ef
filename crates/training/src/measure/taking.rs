//! Taking the measures of a stage as its training goes on.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use datasets::{ImageSet, TaskData};
use paths::LearningProcess;
use serde::{Deserialize, Deserializer, Serializer};
use tch::Tensor;

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::steps::Steps;
use super::table::{MeasureRow, measures_from_csv, measures_to_csv};
use super::view::{Passed, View};
use crate::network::{Blueprint, Network};

/// What a stage's network is held against, the images it is shown, and what was found so far.
pub struct Measuring {
    measures: Vec<&'static dyn Measure>,
    blueprint: Blueprint,
    initial: Vec<Tensor>,
    received: Box<dyn Network>,
    previously_received: Option<Vec<Tensor>>,
    task: Task,
    rows: Vec<MeasureRow>,
    of_received: RefCell<HashMap<&'static str, Tensor>>,
}

/// The task of a stage, as measures see it.
pub struct Task {
    /// Its images.
    pub data: TaskData,
    /// How it is learnt.
    pub process: LearningProcess,
    /// Its position in the path, from 0.
    pub position: usize,
}

impl Measuring {
    /// Of a stage that receives `network`, which was made from `blueprint`, to learn `task`. No measure is taken until
    /// [`Measuring::with`] says which.
    pub fn new(blueprint: Blueprint, network: &dyn Network, task: Task) -> Self {
        let mut received = blueprint.build();
        let initial = parameters_of(&*received);
        received.load(&network.tensors()).expect("networks of one blueprint have the same tensors");
        Self {
            measures: Vec::new(),
            blueprint,
            initial,
            received,
            previously_received: None,
            task,
            rows: Vec::new(),
            of_received: RefCell::default(),
        }
    }

    /// The same with these measures.
    pub fn with(self, measures: &[&'static dyn Measure]) -> Self {
        Self { measures: measures.to_vec(), ..self }
    }

    /// The same, knowing the parameters that the task before received.
    pub fn after(self, previously_received: Vec<Tensor>) -> Self {
        Self { previously_received: Some(previously_received), ..self }
    }

    /// The parameters before all training.
    pub fn initial(&self) -> &[Tensor] {
        &self.initial
    }

    /// What the network was made from.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// The network as the stage received it.
    pub fn received(&self) -> &dyn Network {
        &*self.received
    }

    /// What was found so far, moment by moment.
    pub fn rows(&self) -> &[MeasureRow] {
        &self.rows
    }

    /// The identities of the measures that are taken.
    pub fn ids(&self) -> Vec<String> {
        self.measures.iter().map(|measure| measure.id()).collect()
    }

    /// Goes on from an interruption, before which `rows` were found by the measures `taken`. One that is not among them, or is no longer
    /// asked for, would have only a part of its moments: it is left out, and can be taken later as a whole.
    pub fn resume(&mut self, rows: Vec<MeasureRow>, taken: &[String]) {
        self.measures.retain(|measure| taken.contains(&measure.id()));
        let ids = self.ids();
        self.rows = rows.into_iter().filter(|row| ids.contains(&row.measure)).collect();
    }

    /// Lets measures look at what others found before.
    pub fn know(&mut self, rows: Vec<MeasureRow>) {
        self.rows = rows;
    }

    /// What measures look at.
    pub fn view<'b>(&'b self, at: Moment, network: &'b dyn Network) -> View<'b> {
        View {
            at,
            network,
            initial: &self.initial,
            received: &*self.received,
            previously_received: self.previously_received.as_deref(),
            data: &self.task.data,
            process: &self.task.process,
            position: self.task.position,
            steps: None,
            carried_epoch: None,
            rows: &self.rows,
            blueprint: &self.blueprint,
            of_received: &self.of_received,
            passed: Rc::default(),
        }
    }

    /// Takes every measure that is due as received.
    pub fn received_now(&mut self, network: &dyn Network) {
        self.take(Moment::Received, network, None, None, Passed::default());
    }

    /// Takes every measure that is due before the first step.
    pub fn start(&mut self, network: &dyn Network) {
        let unchanged =
            network.tensors().iter().zip(self.received.tensors()).all(|((_, now), (_, then))| now.equal(&then));
        self.take(Moment::Start, network, unchanged.then_some(Moment::Received), None, Passed::default());
    }

    /// Takes every measure that is due after an epoch, from 1.
    pub fn epoch(&mut self, epoch: usize, network: &dyn Network, steps: &Steps) {
        self.take(Moment::Epoch(epoch), network, None, Some(steps), Passed::default());
    }

    /// Takes every measure that is due at the end, when the network has the weights of `epoch`, where that is known. Of the sets in `logits`
    /// these are the logits of all images, so that they need not be computed again.
    pub fn end(&mut self, epoch: Option<usize>, network: &dyn Network, logits: Vec<(ImageSet, Tensor)>) {
        self.take(Moment::End, network, epoch.map(Moment::Epoch), None, Passed::with(logits));
    }

    /// Takes the measures that are due, or repeats what they found at a moment at which the network was the same.
    fn take(&mut self, at: Moment, network: &dyn Network, same: Option<Moment>, steps: Option<&Steps>, passed: Passed) {
        let passed = Rc::new(passed);
        let carried_epoch = match (at, same) {
            (Moment::End, Some(Moment::Epoch(epoch))) => Some(epoch),
            _ => None,
        };
        for measure in self.measures.clone().into_iter().filter(|measure| measure.is_taken(at)) {
            let same = same.filter(|_| measure.is_of_weights_alone());
            if same.is_some_and(|same| self.repeat(measure, same, at)) {
                continue;
            }
            let values = measure.take(&View { steps, carried_epoch, passed: passed.clone(), ..self.view(at, network) });
            let row = |value: Value| MeasureRow {
                moment: at,
                measure: measure.id(),
                subject: value.subject,
                name: value.name.to_owned(),
                // What is read back after an interruption has a table's digits.
                value: f64::from(value.value as f32),
            };
            self.rows.extend(values.into_iter().map(row));
        }
    }

    /// Notes that `measure` finds at the moment `to` what it found at `from`; `false` where it found nothing then.
    fn repeat(&mut self, measure: &dyn Measure, from: Moment, to: Moment) -> bool {
        let id = measure.id();
        let same = |row: &&MeasureRow| row.moment == from && row.measure == id;
        let rows: Vec<MeasureRow> =
            self.rows.iter().filter(same).map(|row| MeasureRow { moment: to, ..row.clone() }).collect();
        self.rows.extend_from_slice(&rows);
        !rows.is_empty()
    }
}

/// Copies of the parameters of `network`, in their order.
pub fn parameters_of(network: &dyn Network) -> Vec<Tensor> {
    network.parameters().iter().map(|parameter| parameter.tensor.detach().copy()).collect()
}

/// Rows inside JSON, as the text of their table.
pub(crate) mod as_csv {
    use super::*;

    pub fn serialize<S: Serializer>(rows: &[MeasureRow], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(&measures_to_csv(rows)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MeasureRow>, D::Error> {
        let text = String::deserialize(deserializer)?;
        measures_from_csv(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::example::{Example, blueprint, steps};
    use crate::measure::measures;
    use crate::network::NamedTensors;

    #[test]
    fn a_look_changes_nothing() {
        let example = Example::of(blueprint());
        let model = &*example.network;
        let copy = |network: &dyn Network| -> NamedTensors {
            network.tensors().into_iter().map(|(n, t)| (n, t.detach().copy())).collect()
        };
        let before = copy(model);
        let mut measuring = example.measuring().with(measures());
        measuring.received_now(model);
        measuring.start(model);
        measuring.epoch(1, model, &steps());
        measuring.end(Some(1), model, Vec::new());
        assert!(copy(model).iter().zip(&before).all(|((_, now), (_, then))| now.equal(then)));
        assert!(copy(measuring.received()).iter().zip(&before).all(|((_, now), (_, then))| now.equal(then)));
        assert!(model.parameters().iter().all(|p| p.tensor.requires_grad() && !p.tensor.grad().defined()));
    }

    #[test]
    fn after_an_interruption_only_what_was_taken_throughout_goes_on() {
        let example = Example::of(blueprint());
        let model = &*example.network;
        let by = |name: &str| crate::measure::measure(name).unwrap();
        let mut before = example.measuring().with(&[by("norms"), by("test-curve")]);
        before.start(model);
        let mut after = example.measuring().with(&[by("norms"), by("units")]);
        after.resume(before.rows().to_vec(), &before.ids());
        after.end(None, model, Vec::new());
        assert_eq!(after.ids(), ["norms@1"]);
        assert!(after.rows().iter().all(|row| row.measure == "norms@1"));
        assert!(after.rows().iter().any(|row| row.moment == Moment::Start) && !after.rows().is_empty());
    }

    #[test]
    fn a_moment_with_the_same_weights_finds_the_same() {
        let example = Example::of(blueprint());
        let model = &*example.network;
        let of_weights: Vec<_> =
            measures().iter().copied().filter(|m| m.is_of_weights_alone() && !m.is_on_request()).collect();
        let mut measuring = example.measuring().with(&of_weights);
        let at = |measuring: &Measuring, moment: Moment| -> Vec<(String, f64)> {
            let rows = measuring.rows().iter().filter(|row| row.moment == moment && row.measure == "norms@1");
            rows.map(|row| (format!("{} {} {}", row.measure, row.subject, row.name), row.value)).collect()
        };
        measuring.received_now(model);
        let mut bias = model.parameters().pop().unwrap().tensor;
        let value = bias.detach().copy();
        let _ = tch::no_grad(|| bias.g_add_scalar_(1.0));
        measuring.start(model);
        measuring.epoch(1, model, &steps());
        tch::no_grad(|| bias.copy_(&value));
        measuring.epoch(2, model, &steps());
        let of = |moment| at(&measuring, moment);
        assert_ne!(of(Moment::Received), of(Moment::Start));
        assert_eq!(of(Moment::Start), of(Moment::Epoch(1)));
        assert_eq!(of(Moment::Received), of(Moment::Epoch(2)));
        // What epoch 2 found is not computed again, and what was not taken then is.
        measuring.end(Some(2), model, Vec::new());
        measuring.end(Some(7), model, Vec::new());
        let ends = at(&measuring, Moment::End);
        assert_eq!(ends.len(), 2 * at(&measuring, Moment::Received).len());
        assert_eq!(ends[..ends.len() / 2], ends[ends.len() / 2..]);
    }
}
