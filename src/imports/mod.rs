//! A module and the edits in it go in; the imports of which they take the last use away come out, with the edits that take them out, or
//! why they stay.

mod harmless;
mod statement;
mod uses;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::module::Module;
use crate::rewrite::Edit;
use crate::syntax::Node;

pub(crate) use harmless::{can_be_left_out, is_taken_from};
use statement::ImportStatement;
use uses::{Imported, Uses};

/// An import statement some names of which are not used any more.
#[derive(Debug, Clone)]
pub(crate) struct Unused {
    /// As it is told: `from consts import OWNED`.
    pub text: String,
    /// Where the statement stands.
    pub range: Range<usize>,
    /// The names, as this file has them.
    pub names: Vec<String>,
    /// The edits that take the last uses away.
    pub taken_by: Vec<Range<usize>>,
    /// Nothing of the statement is left.
    pub is_whole: bool,
    /// What takes the names out, or why they stay, in words that complete "it stays: …".
    pub removal: Result<Vec<Edit>, String>,
}

/// The statements with names that only the edited ranges use, in order of position.
pub(crate) fn left_unused(module: &Module, edits: &[Edit]) -> Vec<Unused> {
    if edits.iter().all(|edit| uses::names_taken_by(module.source.text(), edit).is_empty()) {
        return Vec::new();
    }
    let uses = Uses { module, edits };
    let mut statements: BTreeMap<usize, (ImportStatement<'_>, Vec<Imported<'_>>)> = BTreeMap::new();
    for imported in uses.imports_taken() {
        let Some(statement) = ImportStatement::around(module, &imported.name) else { continue };
        let known = statements.entry(statement.range().start).or_insert_with(|| (statement, Vec::new()));
        known.1.push(imported);
    }
    statements.into_values().filter_map(|(statement, imported)| of_statement(&uses, &statement, imported)).collect()
}

fn of_statement(uses: &Uses<'_>, statement: &ImportStatement<'_>, imported: Vec<Imported<'_>>) -> Option<Unused> {
    let mut unused: Vec<Imported<'_>> = Vec::new();
    let mut doubt = None;
    for one in imported {
        match uses.others(&one, &statement.range()) {
            uses::Others::Certain => continue,
            uses::Others::None => {}
            uses::Others::Perhaps(why) => doubt = Some(why),
        }
        unused.push(one);
    }
    if unused.is_empty() {
        return None;
    }
    let gone: Vec<Node<'_>> = unused.iter().map(|one| one.name.clone()).collect();
    let removal = match doubt.or_else(|| statement.obstacle(&gone)) {
        Some(why) => Err(why),
        None => Ok(statement.without(&gone)),
    };
    Some(Unused {
        text: statement.told(&gone),
        range: statement.range(),
        names: gone.iter().map(|name| name.text().into_owned()).collect(),
        taken_by: unused.into_iter().flat_map(|one| one.taken_by).collect(),
        is_whole: statement.is_whole(&gone),
        removal,
    })
}
