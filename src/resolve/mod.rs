//! A site's nodes go in; who is called and which values are possible come out, or why that can't be known.

mod binding;
mod callee;
mod carry_out;
mod compute;
mod dictionary;
mod effort;
mod expression;
mod function;
mod lineage;
mod literal;
mod locals;
mod members;
mod names;
mod operation;
mod origin;
mod pattern;
mod pinned;
mod place;
mod reason;
mod returned;
mod runs;
mod strings;
mod suspected;
mod value;

pub use binding::is_bound_by_comprehension;
pub use callee::{Callee, Resolver};
pub use dictionary::{Entries, Entry};
pub use effort::Effort;
pub(crate) use literal::shortened;
pub use literal::{Literal, Shape, StringPart, evaluate};
pub use locals::KnownClass;
pub use names::{End, Found};
pub use place::Place;
pub use reason::Reason;
pub use runs::Ran;
pub use value::{Alternative, Argument, Holder, Port, Step, Value, Written};
