//! What SQLAlchemy itself says, whatever the code that is looked at: its words, and what they mean in which version.

pub mod cascade;
mod direction;
mod loader;
mod observable;
mod version;

pub use direction::Direction;
pub use loader::{Lazy, Loader, unkept_by};
pub use observable::Observable;
pub use version::SqlalchemyVersion;

/// The top-level modules of SQLAlchemy, and of libraries on top of it whose names are as good as its own.
pub const LIBRARIES: [&str; 3] = ["sqlalchemy", "sqlmodel", "flask_sqlalchemy"];
