//! PyTorch's numbers, from the fixtures in `tests/fixtures/pytorch` and the scripts that made them.

mod early_stopping;
mod fixture;
mod initialisation;
mod resnet;
mod round_trip;
mod sgd;
mod transforms;
