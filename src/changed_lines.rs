//! What `git diff -U0` prints goes in; which lines of which files were added or changed comes out.

use std::ops::Range;
use std::path::{Path, PathBuf};

use foldhash::HashMap;

use crate::disk::path_of;
use crate::source::Source;

/// The lines that are not as they were. A file that is not in it was not changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedLines(HashMap<PathBuf, FileChanges>);

/// The changed lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FileChanges {
    /// Git does not know it.
    All,
    /// The hunks, in order.
    Some(Vec<Hunk>),
}

/// Lines behind which something was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hunk {
    /// The first line, 1-based; where lines were only taken away, the one before them.
    start: usize,
    /// How many lines there are now.
    number: usize,
}

impl ChangedLines {
    /// Those of a patch without context, whose names are relative to a root.
    pub fn of_patch(patch: &[u8], root: &Path) -> Self {
        let mut changed = Self::default();
        // of the file, once its name is known
        let mut path: Option<PathBuf> = None;
        for line in patch.split(|byte| *byte == b'\n') {
            if line.starts_with(b"diff --git ") {
                path = None;
            } else if let Some(name) = path.is_none().then(|| line.strip_prefix(b"+++ ")).flatten() {
                let name = unquoted(name);
                path = name.strip_prefix(b"b/").map(|name| root.join(path_of(name)));
            } else if let (Some(hunk), Some(path)) = (Hunk::of(line), &path) {
                let lines = changed.0.entry(path.clone()).or_insert_with(|| FileChanges::Some(Vec::new()));
                if let FileChanges::Some(hunks) = lines {
                    hunks.push(hunk);
                }
            }
        }
        changed
    }

    /// Those of one file, each range from 0; an empty one is where lines were taken out.
    pub fn of_file(path: PathBuf, lines: &[Range<usize>]) -> Self {
        let hunk =
            |lines: &Range<usize>| Hunk { start: lines.start + usize::from(!lines.is_empty()), number: lines.len() };
        Self(HashMap::from_iter([(path, FileChanges::Some(lines.iter().map(hunk).collect()))]))
    }

    /// Adds a file of which all lines count as changed.
    pub fn add_all_of(&mut self, path: PathBuf) {
        self.0.insert(path, FileChanges::All);
    }

    /// Whether a range of a file's text, which is at an absolute path, has a changed line, or one was taken out of it.
    pub fn touch(&self, path: &Path, source: &Source, range: &Range<usize>) -> bool {
        match self.0.get(path) {
            None => false,
            Some(FileChanges::All) => true,
            Some(FileChanges::Some(hunks)) => {
                let stored = source.stored_range(range);
                // as git counts them
                let lines = |part: Range<usize>| source.stored()[part].matches('\n').count();
                let first = lines(0..stored.start) + 1;
                let last = first + lines(stored);
                hunks.iter().any(|hunk| match hunk.number {
                    0 => first <= hunk.start && hunk.start < last,
                    number => first < hunk.start + number && hunk.start <= last,
                })
            }
        }
    }
}

impl Hunk {
    /// `@@ -12,0 +13,2 @@ class Post:`
    fn of(line: &[u8]) -> Option<Self> {
        // what follows is text of the file, in whatever encoding
        let end = line.strip_prefix(b"@@ -").and_then(|rest| memchr::memmem::find(rest, b" @@"))?;
        let rest = std::str::from_utf8(&line[4..4 + end]).ok()?;
        let added = rest.split(' ').nth(1)?.strip_prefix('+')?;
        let (start, number) = added.split_once(',').unwrap_or((added, "1"));
        Some(Self { start: start.parse().ok()?, number: number.parse().ok()? })
    }
}

/// A name as git prints it: in quotes, with escapes, where it has unusual characters; a tab ends one with blanks.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    let Some(quoted) = name.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return name.to_owned();
    };
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        let [escaped, tail @ ..] = rest else { break };
        rest = tail;
        let letters = [(b'a', 7), (b'b', 8), (b't', 9), (b'n', 10), (b'v', 11), (b'f', 12), (b'r', 13)];
        let octal = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok();
        match (letters.iter().find(|(letter, _)| letter == escaped), tail) {
            (Some((_, byte)), _) => bytes.push(*byte),
            (None, [second, third, tail @ ..]) if escaped.is_ascii_digit() => {
                bytes.extend(octal(&[*escaped, *second, *third]));
                rest = tail;
            }
            _ => bytes.push(*escaped),
        }
    }
    bytes
}
