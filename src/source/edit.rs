//! A text and edits go in; the text with the edits carried out comes out.

use std::ops::Range;

use super::DecodeError;

/// One replacement. The range is in bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

/// Why edits can't be carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EditError {
    /// Two edits are about the same text.
    #[error("two fixes overlap; nothing was changed")]
    Overlap,
    /// A notebook has nothing between two cells that could be replaced.
    #[error("a fix reaches from one cell into another; nothing was changed")]
    AcrossCells,
    /// The edited notebook is not what it was meant to be.
    #[error("the notebook would not be read back as it was written; nothing was changed")]
    NotReadBack,
    /// The edited file can't be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// The text with the edits carried out, which are in order of position.
///
/// # Errors
/// Two of them overlap.
pub fn splice(text: &str, edits: &[&Edit]) -> Result<String, EditError> {
    let mut out = String::with_capacity(text.len() + 64 * edits.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.range.start).ok_or(EditError::Overlap)?);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).ok_or(EditError::Overlap)?);
    Ok(out)
}
