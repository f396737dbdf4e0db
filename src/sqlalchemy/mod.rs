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
