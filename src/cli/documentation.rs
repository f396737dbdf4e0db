//! Codes and names of diagnostics go in; their documentation is printed.

use std::collections::HashSet;

use super::{CLEAN, print};
use crate::report::{DocumentationFormat, ListFormat, write_documentation, write_list};
use crate::rules::{Code, Diagnostic, Rules};

/// Prints the documentation of the diagnostics that are meant by codes, prefixes or names.
pub(super) fn explain(wanted: &[String], all: bool, format: DocumentationFormat) -> anyhow::Result<u8> {
    let rules = Rules::built_in()?;
    let named = wanted.iter().map(|name| rules.named(name)).collect::<Result<Vec<_>, _>>()?;
    let mut codes: Vec<Code> = named.into_iter().flatten().map(|diagnostic| diagnostic.code).collect();
    if all {
        codes = Code::ALL.to_vec();
    }
    let mut explained = HashSet::new();
    codes.retain(|code| explained.insert(*code));
    let explained: Vec<&Diagnostic> = codes.into_iter().filter_map(|code| rules.diagnostic(code)).collect();
    print(|color, out| write_documentation(format, &explained, color, out))?;
    Ok(CLEAN)
}

/// Prints the list of diagnostics.
pub(super) fn rules(format: ListFormat) -> anyhow::Result<u8> {
    let rules = Rules::built_in()?;
    print(|color, out| write_list(format, &rules.diagnostics().collect::<Vec<_>>(), color, out))?;
    Ok(CLEAN)
}
