//! A small network and images for tests of measures, without libtorch's random generator, which nothing here may touch.

use datasets::{ChannelStatistics, ImageSet, Selected, TaskData, stripes};
use paths::{DatasetName, LearningProcess, ModelSpec, Transform};
use tch::{Device, Kind};

use super::contract::{Measure, Value};
use super::moment::Moment;
use super::steps::Steps;
use super::taking::{Measuring, Task};
use crate::network::{Blueprint, Input, Network};

pub struct Example {
    pub blueprint: Blueprint,
    pub network: Box<dyn Network>,
    pub data: TaskData,
    pub process: LearningProcess,
}

pub fn blueprint() -> Blueprint {
    Blueprint {
        spec: ModelSpec { width: 4, ..ModelSpec::default() },
        input: Input::of(DatasetName::Cifar10),
        seed: 0,
        compute: Kind::Float,
        device: Device::Cpu,
    }
}

/// Two steps of an epoch.
pub fn steps() -> Steps {
    Steps {
        before: 0,
        losses: vec![2.5, 1.75],
        correct: vec![1.0, 3.0],
        gradient_norms: vec![3.0, 1.0],
        update_norms: vec![0.25, 0.5],
        turns: Vec::new(),
    }
}

impl Example {
    pub fn of(blueprint: Blueprint) -> Self {
        // Tests run side by side, and threads that wait for one another inside of tiny operations would be most of the time.
        tch::set_num_threads(1);
        let raw = stripes(DatasetName::Cifar10, (0..20).map(|image| image % 10).collect());
        let statistics = ChannelStatistics::of(&raw);
        let set = |images: std::ops::Range<usize>| {
            let selected = Selected::new(DatasetName::Cifar10, &raw, &images.collect::<Vec<_>>());
            ImageSet::prepare(&selected, &Transform::STANDARD, &statistics, true, 0, Kind::Float, Device::Cpu)
        };
        let test = set(12..20);
        let data = TaskData { train: set(0..12), validation: set(4..12), test: test.clone(), standard_test: test };
        Self { network: blueprint.build(), blueprint, data, process: LearningProcess::default() }
    }

    pub fn measuring(&self) -> Measuring {
        self.measuring_from(&*self.network)
    }

    /// Of a stage that received `network`.
    pub fn measuring_from(&self, network: &dyn Network) -> Measuring {
        let task = Task { data: self.data.clone(), process: self.process.clone(), position: 0 };
        Measuring::new(self.blueprint.clone(), network, task)
    }

    /// What `measure` finds of the network now, of a stage that received it as it is.
    pub fn find(&self, measure: &dyn Measure, at: Moment) -> Vec<Value> {
        measure.take(&self.measuring().view(at, &*self.network))
    }
}

/// The one number of the whole network of this name.
pub fn number(values: &[Value], name: &str) -> f64 {
    let mut found = values.iter().filter(|value| value.name == name && value.subject == "network");
    let value = found.next().unwrap_or_else(|| panic!("no {name} among {values:?}")).value;
    assert!(found.next().is_none(), "{name} is there twice");
    value
}
