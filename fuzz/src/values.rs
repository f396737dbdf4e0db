//! Statements, and on the last line an expression: what it gives is looked for as the cascade of a relationship.

use cascade_fix::python::PyValue;
use cascade_fix::resolve::evaluate;
use cascade_fix::syntax::{Tree, has_error, unparenthesized};

use super::whole;

const IMPORTS: &str = "from sqlalchemy.orm import backref, relationship\n";

/// A literal's value is what Python's `repr` of it evaluates to, and a fix of the relationship holds what all fixes hold.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (statements, expression) = text.trim_end().rsplit_once('\n').unwrap_or(("", &text));
    if let Some(value) = literal(expression).filter(is_literal) {
        let repr = value.repr();
        assert_eq!(literal(&repr).as_ref(), Some(&value), "{repr}");
    }
    let module = format!("{IMPORTS}{statements}\nposts = relationship(\"Post\", cascade=(\n    {expression}\n))\n");
    whole::check(module.as_bytes());
}

fn literal(expression: &str) -> Option<PyValue> {
    let tree = Tree::parse(&format!("(\n{expression}\n)"));
    if has_error(&tree.root()) {
        return None;
    }
    let statement = tree.root().named_children().next()?;
    evaluate(&unparenthesized(&statement.named_children().next()?)).ok().map(|literal| literal.value)
}

/// Whether the value's `repr` is an expression that is evaluated here.
fn is_literal(value: &PyValue) -> bool {
    match value {
        PyValue::None | PyValue::Bool(_) | PyValue::Str(_) => true,
        PyValue::Int(number) => *number >= 0,
        PyValue::Bytes(_) | PyValue::Opaque(_) => false,
        PyValue::Collection(_, items) => items.iter().all(is_literal),
    }
}
