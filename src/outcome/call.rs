//! What a call of a session is told as.

use serde::Serialize;

use crate::calls::CallKind;
use crate::source::Position;

/// A call by which a session does something with an object, as reports tell it.
#[derive(Debug, Clone, Serialize)]
pub struct ToldCall {
    /// The file, as reports show it.
    pub path: String,
    /// Where the call begins.
    pub start: Position,
    /// What the session does.
    pub kind: CallKind,
    /// The names of the mapped classes that the object can be.
    pub classes: Vec<String>,
    /// It names the attributes that it is about.
    pub named_attributes: bool,
    /// Why it can't be known of which other classes the object can be.
    pub unknown: Option<String>,
    /// How the classes are known, a step each.
    pub steps: Vec<String>,
    /// The reads that raise after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<ToldRead>,
}

/// A read that raises after a call, because of what that has expired.
#[derive(Debug, Clone, Serialize)]
pub struct ToldRead {
    /// The file, as reports show it.
    pub path: String,
    /// Where it begins.
    pub start: Position,
    /// What is read.
    pub text: String,
    /// The relationships that the call followed, and where each was loaded.
    pub over: Vec<String>,
}
