//! Every test, in one binary: it is linked once, and its tests share the processors. Each module is about one part of the program.

mod add_ignore;
mod baseline;
mod bases;
mod behaviour;
mod choice;
mod commands;
mod common;
mod dependencies;
mod directions;
mod files;
mod graph;
mod help;
mod html;
mod inputs;
#[cfg(unix)]
mod interactive;
mod layout;
mod loaders;
mod oracle;
mod orphans;
mod patches;
mod policy;
mod properties;
mod pull_request;
mod reports;
mod repositories;
mod rules;
mod said;
mod settings;
mod since;
mod spellings;
mod suppression;
mod syntax;
mod table_names;
mod uses;
mod verify;
