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
mod files;
mod graph;
mod help;
mod html;
mod inputs;
#[cfg(unix)]
mod interactive;
mod layers;
mod layout;
mod loaders;
mod module_checks;
mod oracle;
mod orphans;
mod patches;
mod policy;
mod properties;
mod pull_request;
<<<<<<< HEAD
mod reach;
=======
mod raises;
>>>>>>> 196cf74 (Reads that a refresh or an expire makes raise are told with the calls, and held against random coroutines)
mod readings;
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
