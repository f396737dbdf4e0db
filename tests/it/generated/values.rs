//! Cascades as people write them: expressions inside of brackets.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The text of an expression or a statement.
pub type Text = BoxedStrategy<String>;

/// The constants that values name, and what these are.
pub const CONSTANTS: [&str; 3] = ["CASCADE_ALL", "CASCADE_LIST", "CASCADE_OF_ÄPFEL"];

const OPTIONS: [&str; 8] =
    ["all", "save-update", "merge", "refresh-expire", "expunge", "delete", "delete-orphan", "all"];

/// A cascade, whatever it is.
pub fn value() -> Text {
    let whole = prop_oneof![6 => literal(), 2 => computed(), 1 => unknown()];
    let wrapped = |value: Text| {
        prop_oneof![
            8 => value.clone(),
            1 => value.clone().prop_map(|value| format!("({value})")),
            1 => (value.clone(), value.clone()).prop_map(|(one, other)| format!("{one} if FLAG else {other}")),
            1 => value.clone().prop_map(|value| format!("(given := {value})")),
            1 => value.prop_map(|value| format!("(\n    # why\n    {value}  # behind\n)")),
        ]
    };
    wrapped(whole.boxed()).boxed()
}

/// A string or a collection of strings.
pub fn literal() -> Text {
    prop_oneof![4 => string(), 2 => parts(), 3 => display(), 1 => in_a_call()].boxed()
}

fn names(most: usize) -> BoxedStrategy<Vec<&'static str>> {
    subsequence(OPTIONS.to_vec(), 1..=most).prop_shuffle().boxed()
}

/// The options between commas, with blanks as in real code.
fn list() -> Text {
    let separator = select(vec![", ", ",", " , ", ",  "]);
    (names(5), separator).prop_map(|(names, separator)| names.join(separator)).boxed()
}

/// A string literal with something between its quotes.
fn quoted(content: String) -> Text {
    let quotes = select(vec!["'", "\"", "'''", "\"\"\""]);
    let prefixes = select(vec!["", "", "", "r", "u", "R", "f"]);
    (prefixes, quotes, 0..6_u8).prop_map(move |(prefix, quote, way)| written(&content, prefix, quote, way)).boxed()
}

/// The same content by escapes, or over two lines, where the literal allows that.
fn written(content: &str, prefix: &str, quote: &str, way: u8) -> String {
    let escapes = !prefix.eq_ignore_ascii_case("r");
    let content = match way {
        1 if escapes => content.replacen('a', "\\x61", 1),
        2 if escapes => content.replacen('e', "\\u0065", 1),
        3 if escapes => content.replacen(", ", ", \\\n", 1),
        4 if quote.len() == 3 => content.replacen(", ", ",\n    ", 1),
        _ => content.to_owned(),
    };
    format!("{prefix}{quote}{content}{quote}")
}

fn string() -> Text {
    list().prop_flat_map(quoted).boxed()
}

/// A string in several literals.
fn parts() -> Text {
    let split = (list(), any::<prop::sample::Index>()).prop_map(|(list, at)| {
        let (first, second) = list.split_at(at.index(list.len()));
        [first.to_owned(), second.to_owned()]
    });
    let between =
        select(vec![" ", "\n    ", "  # first\n    ", " + ", " \\\n    ", "\n    # on its own\n    ", " +\n    "]);
    let literals = split.prop_flat_map(|[first, second]| (quoted(first), quoted(second)));
    (literals, between).prop_map(|((first, second), between)| format!("{first}{between}{second}")).boxed()
}

/// An item, with what is between it and the next one.
fn item() -> impl Strategy<Value = String> {
    let behind = select(vec![
        ", ",
        ",",
        ",\n    ",
        ",  # said\n    ",
        "  # said\n    ,",
        ",\n    # above\n    ",
        ",  # noqa: E501\n    ",
    ]);
    (select(OPTIONS.to_vec()).prop_flat_map(|name| quoted(name.to_owned())), behind)
        .prop_map(|(item, behind)| item + behind)
}

fn display() -> Text {
    let brackets =
        select(vec![("[", "]"), ("(", ")"), ("{", "}"), ("frozenset([", "])"), ("list((", "))"), ("set([", "])")]);
    let begin = select(vec!["", "", "\n    ", "  # these\n    "]);
    (brackets, begin, vec(item(), 1..5))
        .prop_map(|((open, close), begin, items)| format!("{open}{begin}{}{close}", items.concat()))
        .boxed()
}

/// What calls and operators make of literals.
fn in_a_call() -> Text {
    let joined = (display(), select(vec!["', '", "\",\"", "', ' ''"]));
    prop_oneof![
        joined.prop_map(|(items, separator)| format!("{separator}.join({items})")),
        string().prop_map(|string| format!("{string}.split(', ')")),
        string().prop_map(|string| format!("str({string})")),
        string().prop_map(|string| format!("'%s' % {string}")),
        string().prop_map(|string| format!("'{{}}'.format({string})")),
        list().prop_map(|list| format!("f\"{{'{list}'}}\"")),
        string().prop_map(|string| format!("{string}.replace('expunge', 'merge').strip()")),
    ]
    .boxed()
}

/// What a name stands for.
fn computed() -> Text {
    let constant = || select(CONSTANTS.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        3 => constant(),
        1 => (constant(), string()).prop_map(|(constant, string)| format!("{constant} or {string}")),
        1 => constant().prop_map(|constant| format!("CASCADES['{constant}']")),
        1 => constant().prop_map(|constant| format!("CASCADES.get(\"{constant}\", 'all')")),
        1 => constant().prop_map(|constant| format!("f\"{{{constant}}}\"")),
    ]
    .boxed()
}

/// What can't be known, and what gives no set.
fn unknown() -> Text {
    select(vec!["None", "compute()", "settings.CASCADE", "False", "...", "()", "[]", "''", "'al'", "b'all'"])
        .prop_map(str::to_owned)
        .boxed()
}
