//! Codes, prefixes of codes and names go in; the set of codes to report comes out.

use crate::rules::{Code, UnknownDiagnostic, code_named, unknown};

/// The codes to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    codes: Vec<Code>,
    /// Those that would be reported, and are ignored.
    ignored: Vec<Code>,
}

impl Default for Selection {
    fn default() -> Self {
        let codes = Code::ALL.into_iter().filter(|code| code.is_on_by_default()).collect();
        Self { codes, ignored: Vec::new() }
    }
}

impl Selection {
    /// The codes of `select` (those that are on by default, where it is empty) that `ignore` does not name.
    ///
    /// # Errors
    /// A name selects nothing.
    pub fn new(select: &[String], ignore: &[String]) -> Result<Self, UnknownDiagnostic> {
        let mut selected = Self::default();
        if !select.is_empty() {
            selected.codes = named(select)?;
        }
        Ok(selected.without(&named(ignore)?))
    }

    /// The codes, in order.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The same without some codes.
    pub fn without<'c>(&self, codes: impl IntoIterator<Item = &'c Code>) -> Self {
        let left_out: Vec<&Code> = codes.into_iter().collect();
        let (gone, codes): (Vec<_>, Vec<_>) = self.codes.iter().partition(|code| left_out.contains(code));
        Self { codes, ignored: [&*self.ignored, &*gone].concat() }
    }

    /// Whether the code is to be reported.
    pub fn has(&self, code: Code) -> bool {
        self.codes.contains(&code)
    }

    /// Whether the code would be reported if it were not ignored.
    pub fn ignores(&self, code: Code) -> bool {
        self.ignored.contains(&code)
    }
}

/// The codes that are meant: codes, prefixes of codes, or names of diagnostics.
///
/// # Errors
/// A name selects nothing.
pub fn named(names: &[String]) -> Result<Vec<Code>, UnknownDiagnostic> {
    let mut codes = Vec::new();
    for name in names {
        let wanted = name.trim().to_ascii_uppercase();
        let mut matching: Vec<_> = Code::ALL.into_iter().filter(|code| code.as_str().starts_with(&wanted)).collect();
        if matching.is_empty() {
            matching.extend(code_named(name.trim()));
        }
        if matching.is_empty() || wanted.is_empty() {
            return Err(unknown(name));
        }
        codes.extend(matching);
    }
    Ok(codes)
}
