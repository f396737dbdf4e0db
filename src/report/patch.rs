//! The changes as one patch that `git apply` and `patch -p1` take in the folder that it is for, byte for byte; on a terminal in colour,
//! with the changed words marked.
//!
//! There is no `diff --git` line: behind one git takes names to be relative to the top of the work tree, and passes over what is not there
//! without an error, while `patch` takes them to be relative to its folder. Without it both take them to be relative to their folder.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::visible_but;
use crate::disk::work_tree_around;
use crate::outcome::{FileOutcome, Outcome, Status};
use crate::repository::way_to;

/// What follows a line that ends with the file.
const NO_NEWLINE: &[u8] = b"\\ No newline at end of file\n";
/// Lines of context around a change, as git has it.
pub(super) const CONTEXT: usize = 3;

/// The folder that a patch is for: what its names are relative to, and where it is applied.
#[derive(Debug, Clone)]
pub struct PatchFolder {
    /// Absolute.
    path: PathBuf,
    /// Its path below the top of its work tree, with `/` at the end; empty at the top and outside of one.
    below_top: Vec<u8>,
}

impl PatchFolder {
    /// An absolute folder, which is looked up in its work tree of git.
    pub fn at(path: &Path) -> Self {
        let below = work_tree_around(path).and_then(|top| path.strip_prefix(top).ok());
        let mut below_top = Vec::new();
        for folder in below.into_iter().flat_map(Path::components) {
            below_top.extend(folder.as_os_str().as_encoded_bytes());
            below_top.push(b'/');
        }
        Self { path: path.to_owned(), below_top }
    }

    /// The changed files that no patch for this folder can change, since they are not below it.
    pub fn outside<'a>(&self, outcome: &'a Outcome) -> Vec<&'a FileOutcome> {
        let changed = outcome.files.iter().filter(|file| matches!(file.status, Status::Changed(_)));
        changed.filter(|file| !file.path.starts_with(&self.path)).collect()
    }

    /// The names of the old and of the new file.
    fn names(&self, file: &Path) -> [Vec<u8>; 2] {
        let name = way_to(file, &self.path);
        let name: Vec<&[u8]> = name.components().map(|part| part.as_os_str().as_encoded_bytes()).collect();
        let name = name.join(&b'/');
        let new = [b"b/", &*name].concat();
        let plain = [b"a/", &*name].concat();
        let others = [[&*self.below_top, &name].concat(), [b"a/", &*self.below_top, &name].concat()];
        let is_good = |old: &Vec<u8>| !self.misleads_git(old, &new);
        let old = std::iter::once(plain.clone()).chain(others).find(is_good).unwrap_or(plain);
        [old, new]
    }

    /// Whether git, in this folder, would strip more than one folder of two names. It guesses how many, where they begin like the way to
    /// the folder, and does as it guesses where both names have the same (`guess_p_value` in its apply.c).
    fn misleads_git(&self, old: &[u8], new: &[u8]) -> bool {
        let way = &self.below_top;
        if way.is_empty() {
            return false;
        }
        let length = way.iter().filter(|byte| **byte == b'/').count();
        let guess = |name: &[u8]| {
            let behind_first = name.iter().position(|byte| *byte == b'/').map(|end| &name[end + 1..]);
            match behind_first {
                _ if name.starts_with(way) => Some(length),
                Some(behind_first) if behind_first.starts_with(way) => Some(length + 1),
                _ => None,
            }
        };
        let (old, new) = (guess(old), guess(new));
        old.or(new) == new && new.is_some_and(|stripped| stripped != 1)
    }
}

/// Prints the patch of all fixes that are carried out.
///
/// # Errors
/// The output can't be written, or a text does not fit its encoding.
pub fn write_patch(outcome: &Outcome, folder: &PatchFolder, color: bool, out: &mut dyn Write) -> io::Result<()> {
    outcome.files.iter().try_for_each(|file| write_file(file, folder, color, out))
}

fn write_file(file: &FileOutcome, folder: &PatchFolder, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let (Status::Changed(changed), Some(source)) = (&file.status, &file.source) else {
        return Ok(());
    };
    let old = source.to_bytes().map_err(io::Error::other)?;
    let new = changed.to_bytes().map_err(io::Error::other)?;
    let diff = TextDiff::from_slices(&lines(&old), &lines(&new));
    let style = |style: Style, text: &str| if color { format!("{style}{text}{style:#}") } else { text.to_owned() };
    let bold = Style::new().bold();
    for (sign, name) in ["---", "+++"].iter().zip(folder.names(&file.path)) {
        // a blank would end the name, unless a tab does
        let tab = if name.contains(&b' ') { "\t" } else { "" };
        writeln!(out, "{}", style(bold, &format!("{sign} {}{tab}", name_in_patch(&name))))?;
    }
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        writeln!(out, "{}", style(AnsiColor::Cyan.on_default(), &hunk.header().to_string()))?;
        if color {
            // for people alone: no program reads colours
            for op in hunk.ops() {
                for change in diff.iter_inline_changes(op) {
                    write_marked(change.tag(), change.iter_strings_lossy(), out)?;
                }
            }
        } else {
            hunk.iter_changes().try_for_each(|change| write_line(change.tag(), change.value(), out))?;
        }
    }
    Ok(())
}

/// The lines of a text with their ends: git ends them at `\n` alone.
pub(super) fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn write_line(tag: ChangeTag, line: &[u8], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{tag}")?;
    out.write_all(line)?;
    if !line.ends_with(b"\n") {
        writeln!(out)?;
        out.write_all(NO_NEWLINE)?;
    }
    Ok(())
}

fn write_marked<'a>(
    tag: ChangeTag,
    words: impl Iterator<Item = (bool, std::borrow::Cow<'a, str>)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = match tag {
        ChangeTag::Equal => Style::new(),
        ChangeTag::Delete => AnsiColor::Red.on_default(),
        ChangeTag::Insert => AnsiColor::Green.on_default(),
    };
    write!(out, "{style}{tag}{style:#}")?;
    let mut ended = false;
    for (is_changed, word) in words {
        let style = if is_changed { style.invert() } else { style };
        ended = word.ends_with('\n');
        let word = word.trim_end_matches(['\n', '\r']);
        write!(out, "{style}{}{style:#}", visible_but(word, &['\t']))?;
    }
    writeln!(out)?;
    if ended { Ok(()) } else { out.write_all(NO_NEWLINE) }
}

/// A name as git writes it in a patch: quoted where it has a control character, a quote or a backslash, or is no UTF-8.
fn name_in_patch(name: &[u8]) -> String {
    match str::from_utf8(name) {
        Ok(text) if !text.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) => text.to_owned(),
        _ => format!("\"{}\"", name.iter().map(|byte| escaped_byte(*byte)).collect::<String>()),
    }
}

fn escaped_byte(byte: u8) -> String {
    match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    }
}
