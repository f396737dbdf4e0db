//! Codes, prefixes of codes and names go in; the set of codes to report comes out.

use crate::rules::{Code, code_named};

/// The codes to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection(Vec<Code>);

/// What selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no diagnostic's code or name, and no prefix of a code{}", nearest.map(|code| format!("; did you mean {code}?")).unwrap_or_default())]
pub struct UnknownCode {
    given: String,
    nearest: Option<Code>,
}

impl Default for Selection {
    fn default() -> Self {
        Self(Code::ALL.into_iter().filter(|code| code.is_on_by_default()).collect())
    }
}

impl Selection {
    /// The codes of `select` (those that are on by default, where it is empty) that `ignore` does not name.
    ///
    /// # Errors
    /// A name selects nothing.
    pub fn new(select: &[String], ignore: &[String]) -> Result<Self, UnknownCode> {
        let selected = if select.is_empty() { Self::default().0 } else { named(select)? };
        let ignored = named(ignore)?;
        Ok(Self(selected.into_iter().filter(|code| !ignored.contains(code)).collect()))
    }

    /// The codes, in order.
    pub fn codes(&self) -> &[Code] {
        &self.0
    }

    /// The same without some codes.
    pub fn without<'c>(&self, codes: impl IntoIterator<Item = &'c Code>) -> Self {
        let left_out: Vec<&Code> = codes.into_iter().collect();
        Self(self.0.iter().filter(|code| !left_out.contains(code)).copied().collect())
    }

    /// Whether the code is to be reported.
    pub fn has(&self, code: Code) -> bool {
        self.0.contains(&code)
    }
}

/// The codes that are meant: codes, prefixes of codes, or names of diagnostics.
///
/// # Errors
/// A name selects nothing.
pub fn named(names: &[String]) -> Result<Vec<Code>, UnknownCode> {
    let mut codes = Vec::new();
    for name in names {
        let wanted = name.trim().to_ascii_uppercase();
        let mut matching: Vec<_> = Code::ALL.into_iter().filter(|code| code.as_str().starts_with(&wanted)).collect();
        if matching.is_empty() {
            matching.extend(code_named(name.trim()));
        }
        if matching.is_empty() || wanted.is_empty() {
            let nearest = Code::ALL.into_iter().min_by_key(|code| strsim::damerau_levenshtein(code.as_str(), &wanted));
            let nearest = nearest.filter(|code| strsim::damerau_levenshtein(code.as_str(), &wanted) <= 2);
            return Err(UnknownCode { given: name.clone(), nearest });
        }
        codes.extend(matching);
    }
    Ok(codes)
}
