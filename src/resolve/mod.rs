//! A site's nodes go in; who is called and which value is given come out, or why that can't be known.

mod bindings;
mod callee;
mod literal;

pub use bindings::Scope;
pub use callee::{Callee, Resolver};
pub use literal::{Literal, Shape, StringPart, evaluate};
