//! A `CODEOWNERS` file goes in; the owners of files come out, as GitHub and GitLab find them: by the last pattern that matches, in GitLab's
//! sections by the last of each.

use std::collections::BTreeSet;
use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::disk::read_for_tools;

/// Where the hosts look for it, in order.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Who owns which files.
#[derive(Debug, Default)]
pub struct CodeOwners {
    sections: Vec<Section>,
}

#[derive(Debug, Default)]
struct Section {
    /// Of patterns that name none.
    owners: Vec<String>,
    rules: Vec<CodeOwnersRule>,
}

#[derive(Debug)]
struct CodeOwnersRule {
    pattern: Gitignore,
    /// `docs/*` is about files directly in the folder.
    is_shallow: bool,
    owners: Vec<String>,
}

impl CodeOwners {
    /// The file of the repository with the root; None where there is none.
    pub fn of_repository(root: &Path) -> Option<Self> {
        PLACES.iter().find_map(|place| read_for_tools(&root.join(place)).ok()).map(|text| Self::read(&text))
    }

    /// Reads the text of such a file. Lines that the hosts pass over are passed over.
    pub fn read(text: &str) -> Self {
        let mut sections = vec![Section::default()];
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(owners) = section_head(line) {
                sections.push(Section { owners, rules: Vec::new() });
            } else if let Some(section) = sections.last_mut() {
                let rule = CodeOwnersRule::read(line, &section.owners);
                section.rules.extend(rule);
            }
        }
        Self { sections }
    }

    /// The owners of a file, whose path is relative to the root; none where nobody owns it.
    pub fn of(&self, path: &str) -> BTreeSet<&str> {
        let rules =
            self.sections.iter().filter_map(|section| section.rules.iter().rev().find(|rule| rule.matches(path)));
        rules.flat_map(|rule| rule.owners.iter().map(String::as_str)).collect()
    }
}

impl CodeOwnersRule {
    fn read(line: &str, default: &[String]) -> Option<Self> {
        let words = words(line);
        let (pattern, owners) = words.split_first()?;
        // neither host knows exceptions
        if pattern.starts_with('!') {
            return None;
        }
        let owners: Vec<String> = owners.iter().filter(|owner| owner.contains('@')).cloned().collect();
        let mut builder = GitignoreBuilder::new("");
        builder.add_line(None, pattern).ok()?;
        Some(Self {
            pattern: builder.build().ok()?,
            is_shallow: pattern.ends_with("/*"),
            owners: if owners.is_empty() { default.to_vec() } else { owners },
        })
    }

    fn matches(&self, path: &str) -> bool {
        let matched = match self.is_shallow {
            true => self.pattern.matched(path, false),
            false => self.pattern.matched_path_or_any_parents(path, false),
        };
        matched.is_ignore()
    }
}

/// The owners that the head of a section names: `^[Name][2] @owner`.
fn section_head(line: &str) -> Option<Vec<String>> {
    let inside = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = inside.split_once(']')?;
    // a pattern such as `[ab].py` is no head
    let rest = rest.strip_prefix('[').and_then(|rest| Some(rest.split_once(']')?.1)).unwrap_or(rest);
    (rest.is_empty() || rest.starts_with(char::is_whitespace))
        .then(|| rest.split_whitespace().map(str::to_owned).collect())
}

/// The words of a line; a backslash takes a blank or a `#` into one, a bare `#` ends the line.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek().is_some_and(|next| next.is_whitespace() || *next == '#') => {
                let escaped = characters.next();
                // gitignore trims blanks that are not escaped
                words.last_mut().into_iter().for_each(|word| word.extend(['\\'].into_iter().chain(escaped)));
            }
            '#' if words.last().is_some_and(String::is_empty) => break,
            character if character.is_whitespace() => words.push(String::new()),
            character => words.last_mut().into_iter().for_each(|word| word.push(character)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
