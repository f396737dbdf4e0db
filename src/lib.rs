//! cascade-fix finds SQLAlchemy cascades that include refresh-expire, which can raise under asyncio where a relationship is not loaded
//! eagerly, and writes the explicit list.
//!
//! The modules are the stages, in the order of the data: [`discover`] the files, read each as a [`source`], match [`rules`] to find each
//! `site`, [`resolve`] names and values, look up the `usage` of shared ones, [`model`] the relationship, judge by the [`checks`] and a
//! [`policy`] as the [`settings`] want it, leave out what a `suppression` names, a `baseline` lists, or stands on other than
//! `changed_lines`, `plan` where to edit, [`rewrite`], take out `imports` that nothing uses any more, lay out by [`layout`],
//! [`apply`]. What comes out is an [`outcome`], which every [`report`] shows, and of which someone can make a [`choice`]. `verify` holds
//! it against what SQLAlchemy itself says of the models. ARCHITECTURE.md tells the whole way, and which module may use which.

pub mod analysis;
pub mod apply;
mod baseline;
mod calls;
mod changed_lines;
pub mod checks;
pub mod choice;
pub mod cli;
pub mod dependencies;
mod diagnose;
pub mod discover;
mod disk;
mod git;
mod graph;
mod hints;
mod imports;
mod interruption;
pub mod layout;
mod library;
mod looked;
mod lsp;
mod mistake;
pub mod model;
pub mod module;
pub mod outcome;
mod plan;
pub mod policy;
mod pragma;
pub mod profile;
pub mod pull_request;
pub mod python;
mod reach;
mod reads;
mod related;
mod replace;
pub mod report;
pub mod repository;
pub mod resolve;
pub mod rewrite;
pub mod rules;
pub mod scan;
mod selection;
pub mod settings;
mod site;
pub mod source;
pub mod sqlalchemy;
mod stream;
mod suppression;
pub mod syntax;
mod types;
mod usage;
mod verify;
