//! The engine on real, very small trainings: the same results whatever the number of jobs, the order, the interruptions.

mod damage;
mod kill;
mod measures;
mod memory;
mod repeat;
mod support;
mod worker;
