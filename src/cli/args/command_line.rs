//! Parsed options go in; the command line comes out that runs another command with them.

use super::Common;
use crate::settings::name_of;

impl Common {
    /// The command line that runs another command on the same.
    pub fn command_line(&self, command: &str) -> String {
        self.command_line_of(command, None, None)
    }

    /// The same for other paths, and with or without unsafe fixes, where that is said.
    pub fn command_line_of(&self, command: &str, paths: Option<&[String]>, unsafe_fixes: Option<bool>) -> String {
        let mut words = vec!["cascade-fix".to_owned(), command.to_owned()];
        let list = |words: &mut Vec<String>, option: &str, values: &[String]| {
            if !values.is_empty() {
                words.extend([option.to_owned(), values.join(",")]);
            }
        };
        list(&mut words, "--select", &self.judging.select);
        list(&mut words, "--ignore", &self.judging.ignore);
        list(&mut words, "--exclude", &self.exclude);
        words.extend(self.options_with_values(paths.is_some()));
        words.extend(self.flags(paths.is_some(), unsafe_fixes));
        for folder in &self.means.rules {
            words.extend(["--rules".to_owned(), folder.display().to_string()]);
        }
        if let Some(name) = &self.stdin_filename {
            words.extend(["--stdin-filename".to_owned(), name.display().to_string()]);
        }
        let own = || self.paths.iter().map(|path| path.display().to_string()).collect();
        let paths: Vec<String> = paths.map_or_else(own, <[String]>::to_vec);
        if paths.iter().any(|path| path.starts_with('-') && path != "-") {
            words.push("--".to_owned());
        }
        words.extend(paths);
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// The options that have one value, each followed by it. Other paths than those that were given are what a comparison is about.
    fn options_with_values(&self, has_other_paths: bool) -> impl Iterator<Item = String> {
        let named = [
            ("--profile", self.judging.profile.as_ref().map(name_of)),
            ("--only", self.only.as_ref().map(name_of)),
            ("--lazy", self.lazy.as_ref().map(name_of)),
            ("--layout", self.judging.layout.as_ref().map(name_of)),
            ("--sqlalchemy-version", self.judging.sqlalchemy_version.map(|version| version.to_string())),
            ("--facts", self.facts.as_ref().map(|file| file.display().to_string())),
            ("--baseline", self.baseline.as_ref().map(|file| file.display().to_string())),
            ("--since", self.since.clone().filter(|_| !has_other_paths)),
            ("--config", self.config.as_ref().map(|file| file.display().to_string())),
        ];
        named.into_iter().filter_map(|(option, value)| Some([option.to_owned(), value?])).flatten()
    }

    fn flags(&self, has_other_paths: bool, unsafe_fixes: Option<bool>) -> impl Iterator<Item = String> {
        let flags = [
            ("--unsafe-fixes", unsafe_fixes.unwrap_or(self.judging.unsafe_fixes)),
            ("--require-asyncio", self.require_asyncio),
            ("--staged", self.staged),
            ("--diff-only", self.diff_only && (!has_other_paths || self.staged)),
            ("--no-baseline", self.no_baseline),
            ("--isolated", self.isolated),
            ("--no-ignore", self.no_ignore),
            ("--no-force-exclude", self.no_force_exclude),
        ];
        flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.to_owned())
    }
}

/// A word as a shell takes it.
pub(in crate::cli) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./,=:@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
