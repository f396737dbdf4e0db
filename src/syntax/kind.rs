//! The kinds of nodes that the grammar has, by name: one that is misspelt, or that a later grammar lacks, doesn't compile.

include!(concat!(env!("OUT_DIR"), "/kind.rs"));
