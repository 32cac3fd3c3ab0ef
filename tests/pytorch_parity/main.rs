//! PyTorch's numbers, from the fixtures in `tests/fixtures/pytorch` and the scripts that made them.

mod comparison;
mod early_stopping;
mod fixture;
mod initialisation;
mod measures;
mod networks;
mod place;
mod resnet;
mod round_trip;
mod sgd;
mod transforms;
