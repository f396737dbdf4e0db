//! What someone typed goes in; the list that it names comes out, or what SQLAlchemy, or we, have against it.

use crate::python::PyValue;
use crate::sqlalchemy::cascade::{self, CascadeOption, CascadeOptions};

/// Reads a list as SQLAlchemy does: `save-update, merge`. Blanks and quotes around it do not count.
///
/// # Errors
/// It has an option that does not exist, or refresh-expire, in words.
pub fn read_list(typed: &str) -> Result<CascadeOptions, String> {
    let list = typed.trim();
    let unquoted = ['"', '\''].into_iter().find_map(|quote| list.strip_prefix(quote)?.strip_suffix(quote));
    let list = unquoted.unwrap_or(list);
    let parsed = cascade::parse(&PyValue::Str(list.to_owned())).map_err(|error| match nearest_list(list) {
        Some(nearest) => format!("{error}; did you mean `{nearest}`?"),
        None => format!("{error}; there are {}", cascade::OPTION_NAMES.join(", ")),
    })?;
    match parsed.options {
        options if options.contains(CascadeOption::RefreshExpire) => {
            let without = options.without(CascadeOption::RefreshExpire);
            Err(format!("refresh-expire is what has to go; without it that is `{without}`"))
        }
        options => Ok(options),
    }
}

/// The list with each option replaced by the nearest that exists.
fn nearest_list(list: &str) -> Option<String> {
    let names: Option<Vec<String>> =
        cascade::split(list).into_iter().map(|range| cascade::nearest_spelling(&list[range])).collect();
    names.map(|names| names.join(", "))
}
