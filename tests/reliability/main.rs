//! The fault table of `docs/reliability.md`: whatever happens to a program, the same command again gives the same bits.
//!
//! The program is the real one, from its command line to its figure, run as a process of its own on made-up images.

mod damage;
mod disk;
mod edges;
mod kill;
mod looks;
mod outside;
mod place;
mod program;
mod replaced;
mod signals;
mod streams;
mod users;
