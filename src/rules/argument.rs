//! A rule as it is written goes in; the name of the keyword arguments that it matches comes out, where it says one.

use serde_json::Value;

use crate::syntax::kind;

/// The name that a rule demands: it matches a `keyword_argument`, one of whose parts is `has: { field: name, regex: ^NAME$ }`. Most rules of
/// which a node is no match are told by it, without being tried.
pub(super) fn name(document: &Value) -> Option<&str> {
    let rule = document.get("rule")?;
    let parts = rule.get("all").and_then(Value::as_array).into_iter().flatten();
    let is_of_arguments = rule.get("kind").and_then(Value::as_str) == Some(kind::KEYWORD_ARGUMENT);
    std::iter::once(rule).chain(parts).filter(|_| is_of_arguments).find_map(|part| {
        let has = part.get("has").filter(|has| has.get("field").and_then(Value::as_str) == Some("name"))?;
        let name = has.get("regex")?.as_str()?.strip_prefix('^')?.strip_suffix('$')?;
        let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        Some(name).filter(is_name)
    })
}
