//! Taking the measures of a stage as its training goes on.

use datasets::ImageSet;
use serde::{Deserialize, Deserializer, Serializer};
use tch::Tensor;

use crate::measure::contract::{Measure, Moment, Updates, Value, View};
use crate::measure::table::{MeasureRow, measures_from_csv, measures_to_csv};
use crate::network::Network;

/// What a stage's network is held against, the images it is shown, and what was found so far.
pub struct Measuring {
    measures: Vec<&'static dyn Measure>,
    initial: Vec<Tensor>,
    received: Vec<Tensor>,
    images: Tensor,
    rows: Vec<MeasureRow>,
}

impl Measuring {
    /// Of a stage that receives `network`, whose parameters were `initial` (in their order) before all training, with `images`
    /// (B×C×H×W in the compute type) to activate it. No measure is taken until [`Measuring::with`] says which.
    pub fn new(network: &dyn Network, initial: Vec<Tensor>, images: Tensor) -> Self {
        Self { measures: Vec::new(), initial, received: Self::parameters_of(network), images, rows: Vec::new() }
    }

    /// The same with these measures.
    pub fn with(self, measures: &[&'static dyn Measure]) -> Self {
        Self { measures: measures.to_vec(), ..self }
    }

    /// Copies of the parameters of `network`, in their order.
    pub fn parameters_of(network: &dyn Network) -> Vec<Tensor> {
        network.parameters().iter().map(|parameter| parameter.tensor.detach().copy()).collect()
    }

    /// The parameters before all training.
    pub fn initial(&self) -> &[Tensor] {
        &self.initial
    }

    /// The parameters as the stage received them.
    pub fn received(&self) -> &[Tensor] {
        &self.received
    }

    /// What was found so far, moment by moment.
    pub fn rows(&self) -> &[MeasureRow] {
        &self.rows
    }

    /// Goes on from what was found before an interruption.
    pub fn resume(&mut self, rows: Vec<MeasureRow>) {
        self.rows = rows;
    }

    /// What measures look at.
    pub fn view<'a>(&'a self, network: &'a dyn Network, train: &'a ImageSet, updates: Option<&'a Updates>) -> View<'a> {
        let Self { initial, received, images, .. } = self;
        View { network, initial, received, images, train, updates }
    }

    /// Takes every measure that is due as received, before the first step, or after an epoch.
    pub fn take(&mut self, at: Moment, network: &dyn Network, train: &ImageSet, updates: Option<&Updates>) {
        let unchanged = at == Moment::Start
            && network.parameters().iter().zip(&self.received).all(|(now, then)| now.tensor.equal(then));
        let known = unchanged.then_some(Moment::Received);
        self.take_unless(known, at, network, train, updates);
    }

    /// Takes every measure that is due at the end, when the network has the weights of `epoch`.
    pub fn end(&mut self, epoch: usize, network: &dyn Network, train: &ImageSet) {
        self.take_unless(Some(Moment::Epoch(epoch)), Moment::End, network, train, None);
    }

    /// Takes the measures that are due, or repeats what they found at a moment at which the parameters were the same.
    fn take_unless(
        &mut self,
        known: Option<Moment>,
        at: Moment,
        network: &dyn Network,
        train: &ImageSet,
        updates: Option<&Updates>,
    ) {
        for measure in self.measures.clone().into_iter().filter(|measure| measure.is_taken(at)) {
            if known.is_some_and(|known| self.repeat(measure, known, at)) {
                continue;
            }
            let values = measure.take(&self.view(network, train, updates));
            let row = |value: Value| MeasureRow {
                moment: at,
                measure: measure.id(),
                subject: value.subject,
                name: value.name.to_owned(),
                value: value.value,
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
pub(crate) mod tests {
    use super::*;
    use crate::measure::measures;
    use crate::network::{self, Input, NamedTensors};
    use datasets::{ChannelStatistics, Selected, stripes};
    use paths::{DatasetName, ModelSpec, Transform};
    use tch::{Device, Kind};

    pub fn net(seed: u64) -> Box<dyn Network> {
        let spec = ModelSpec { width: 4, ..ModelSpec::default() };
        network::new(&spec, Input { channels: 3, side: 8 }, seed, Kind::Float, Device::Cpu)
    }

    /// Images without libtorch's random generator, which nothing here may touch.
    pub fn images() -> Tensor {
        (Tensor::arange(8 * 3 * 8 * 8, (Kind::Float, Device::Cpu)) * 12.9898).sin().view([8, 3, 8, 8])
    }

    pub fn train() -> ImageSet {
        let raw = stripes(DatasetName::Cifar10, vec![0, 1, 2, 3]);
        let selected = Selected::new(DatasetName::Cifar10, &raw, &[0, 1, 2, 3]);
        let statistics = ChannelStatistics::of(&raw);
        ImageSet::prepare(&selected, &Transform::STANDARD, &statistics, true, 0, Kind::Float, Device::Cpu)
    }

    fn measuring(network: &dyn Network) -> Measuring {
        Measuring::new(network, Measuring::parameters_of(network), images()).with(measures())
    }

    #[test]
    fn a_look_changes_nothing() {
        let model = net(0);
        let before: NamedTensors = model.tensors().into_iter().map(|(n, t)| (n, t.detach().copy())).collect();
        let mut measuring = measuring(&*model);
        measuring.take(Moment::Received, &*model, &train(), None);
        measuring.take(Moment::Epoch(1), &*model, &train(), None);
        assert!(model.tensors().iter().zip(&before).all(|((_, now), (_, then))| now.equal(then)));
    }

    #[test]
    fn a_moment_with_the_same_weights_finds_the_same() {
        let model = net(0);
        let mut measuring = measuring(&*model);
        let at = |measuring: &Measuring, moment: Moment| -> Vec<(String, f64)> {
            let rows = measuring.rows().iter().filter(|row| row.moment == moment);
            rows.map(|row| (format!("{} {} {}", row.measure, row.subject, row.name), row.value)).collect()
        };
        measuring.take(Moment::Received, &*model, &train(), None);
        let mut bias = model.parameters().pop().unwrap().tensor;
        let value = bias.detach().copy();
        let _ = tch::no_grad(|| bias.g_add_scalar_(1.0));
        measuring.take(Moment::Start, &*model, &train(), None);
        measuring.take(Moment::Epoch(1), &*model, &train(), None);
        tch::no_grad(|| bias.copy_(&value));
        measuring.take(Moment::Epoch(2), &*model, &train(), None);
        let of = |moment| at(&measuring, moment);
        assert_ne!(of(Moment::Received), of(Moment::Start));
        assert_eq!(of(Moment::Start), of(Moment::Epoch(1)));
        assert_eq!(of(Moment::Received), of(Moment::Epoch(2)));
        // What epoch 2 found is not computed again, and what was not taken then is.
        measuring.end(2, &*model, &train());
        measuring.end(7, &*model, &train());
        let ends = at(&measuring, Moment::End);
        assert_eq!(ends.len(), 2 * at(&measuring, Moment::Received).len());
        assert_eq!(ends[..ends.len() / 2], ends[ends.len() / 2..]);
    }
}
