//! A rule as it is written goes in; how many rules a node may be tried with comes out, those of `utils` counted at each use.

use foldhash::HashMap;
use serde_json::Value;

/// The most that a rule may take: no one that a person writes has a hundredth of it, and each node of a file may be tried with all.
const MOST: usize = 10_000;

/// Whether a rule, whose `utils` may use each other again and again, is of a size that can be tried.
pub(super) fn is_bearable(document: &Value) -> bool {
    let utils = document.get("utils").and_then(Value::as_object);
    let mut known: HashMap<&str, usize> = HashMap::default();
    // ast-grep refuses those that use each other in a circle
    let rounds = utils.map_or(0, serde_json::Map::len);
    for _ in 0..rounds {
        let mut grew = false;
        for (name, util) in utils.into_iter().flatten() {
            let weight = weight(util, &known);
            grew |= known.insert(name, weight) != Some(weight);
        }
        if !grew || known.values().any(|weight| *weight > MOST) {
            break;
        }
    }
    let rule = document.get("rule").map_or(0, |rule| weight(rule, &known));
    rule <= MOST && known.values().all(|weight| *weight <= MOST)
}

fn weight(rule: &Value, known: &HashMap<&str, usize>) -> usize {
    match rule {
        Value::Object(parts) => parts.iter().fold(1, |sum: usize, (key, part)| {
            let used = part.as_str().filter(|_| key == "matches").and_then(|name| known.get(name));
            sum.saturating_add(used.copied().unwrap_or_else(|| weight(part, known)))
        }),
        Value::Array(parts) => parts.iter().fold(0, |sum: usize, part| sum.saturating_add(weight(part, known))),
        _ => 0,
    }
}
