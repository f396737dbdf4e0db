//! What holds for every input: a function for each target, which panics where it does not. The fuzzer calls them with what it makes up,
//! and `tests/it/seeds.rs`, which has this file as a module of its own, with the seeds.

pub mod decode;
pub mod layout;
pub mod notebook;
pub mod outline;
pub mod rewrite;
pub mod rules;
pub mod settings;
pub mod suppression;
pub mod template;
pub mod values;
pub mod whole;
