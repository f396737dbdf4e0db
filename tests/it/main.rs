//! Every test, in one binary: it is linked once, and its tests share the processors. Each module is about one part of the program.

mod add_ignore;
mod analysis;
mod baseline;
mod bases;
mod behaviour;
mod calls;
mod choice;
mod commands;
mod common;
mod dependencies;
mod directions;
mod documentation;
mod embedding;
mod faults;
mod files;
mod generated;
mod graph;
mod help;
mod html;
mod inputs;
#[cfg(unix)]
mod interactive;
mod kinds;
mod layers;
mod layout;
mod loaders;
mod lsp;
mod module_checks;
mod oracle;
mod orphans;
mod patches;
mod policy;
mod properties;
mod pull_request;
mod raises;
mod reach;
mod readings;
mod recipes;
mod reports;
mod repositories;
mod rules;
mod said;
mod seeds;
mod settings;
mod since;
mod spellings;
mod stream;
mod suppression;
mod syntax;
mod table_names;
// a package of its own, with a compiler of its own
#[path = "../../fuzz/src/lib.rs"]
mod targets;
mod uses;
mod verify;
mod verify_trace;
