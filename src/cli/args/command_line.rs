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
        list(&mut words, "--select", &self.select);
        list(&mut words, "--ignore", &self.ignore);
        list(&mut words, "--exclude", &self.exclude);
        let named = [
            ("--profile", self.profile.as_ref().map(name_of)),
            ("--lazy", self.lazy.as_ref().map(name_of)),
            ("--layout", self.layout.as_ref().map(name_of)),
            ("--sqlalchemy-version", self.sqlalchemy_version.map(|version| version.to_string())),
            ("--facts", self.facts.as_ref().map(|file| file.display().to_string())),
            ("--baseline", self.baseline.as_ref().map(|file| file.display().to_string())),
            // other paths are those that it is about
            ("--since", self.since.clone().filter(|_| paths.is_none())),
            ("--config", self.config.as_ref().map(|file| file.display().to_string())),
        ];
        words.extend(named.into_iter().filter_map(|(option, value)| Some([option.to_owned(), value?])).flatten());
        let flags = [
            ("--unsafe-fixes", unsafe_fixes.unwrap_or(self.unsafe_fixes)),
            ("--require-asyncio", self.require_asyncio),
            ("--staged", self.staged),
            ("--diff-only", self.diff_only && (paths.is_none() || self.staged)),
            ("--no-baseline", self.no_baseline),
            ("--isolated", self.isolated),
            ("--no-ignore", self.no_ignore),
            ("--no-force-exclude", self.no_force_exclude),
        ];
        words.extend(flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.to_owned()));
        for folder in &self.rules {
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
