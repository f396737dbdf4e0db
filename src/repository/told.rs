//! A text that names files goes in, each by its paths from both bases; what is told from one of them comes out.
//!
//! Reasons and evidence are put in words where they are found, long before it is known who reads them. Where one analysis serves readers
//! with different bases, a file in such a text stays what it is, both of its paths, until the text is told.

use super::PathBase;

/// Noncharacters, which no text has: where a file begins, where its other path does, and where it ends.
const BEGIN: char = '\u{FDD0}';
const OTHER: char = '\u{FDD1}';
const END: char = '\u{FDD2}';

/// A file by its paths from the repository and from the working directory.
pub(super) fn of_each_base(in_repository: String, from_working_directory: &str) -> String {
    match in_repository == from_working_directory {
        true => in_repository,
        false => format!("{BEGIN}{in_repository}{OTHER}{from_working_directory}{END}"),
    }
}

/// The text with the paths from a base; one that has been told stays as it is.
pub(crate) fn told_from(text: &str, base: PathBase) -> String {
    let mut parts = text.split(BEGIN);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some(((in_repository, from_working_directory), rest)) =
            part.split_once(END).and_then(|(file, rest)| Some((file.split_once(OTHER)?, rest)))
        else {
            told.push_str(part);
            continue;
        };
        told.push_str(if base == PathBase::Repository { in_repository } else { from_working_directory });
        told.push_str(rest);
    }
    told
}
