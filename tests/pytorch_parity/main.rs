//! PyTorch's numbers, from the fixtures in `tests/fixtures/pytorch` and the scripts that made them.

mod augmentation;
mod comparison;
mod early_stopping;
mod fixture;
mod initialisation;
mod interventions;
mod measures;
mod networks;
mod place;
mod resnet;
mod round_trip;
mod schedules;
mod sgd;
mod transforms;
