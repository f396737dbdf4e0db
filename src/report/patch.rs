//! The changes as one patch that `git apply` takes, byte for byte; on a terminal in colour, with the changed words marked.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::outcome::{FileOutcome, Outcome, Status};

/// What follows a line that ends with the file.
const NO_NEWLINE: &[u8] = b"\\ No newline at end of file\n";
/// Lines of context around a change, as git has it.
pub(super) const CONTEXT: usize = 3;

/// Prints the patch of all safe fixes.
///
/// # Errors
/// The output can't be written, or a text does not fit its encoding.
pub fn write_patch(outcome: &Outcome, color: bool, out: &mut dyn Write) -> io::Result<()> {
    outcome.files.iter().try_for_each(|file| write_file(file, color, out))
}

fn write_file(file: &FileOutcome, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let (Status::Changed(changed), Some(source)) = (&file.status, &file.source) else {
        return Ok(());
    };
    let old = source.to_bytes().map_err(io::Error::other)?;
    let new = changed.to_bytes().map_err(io::Error::other)?;
    let diff = TextDiff::from_slices(&lines(&old), &lines(&new));
    let style = |style: Style, text: &str| if color { format!("{style}{text}{style:#}") } else { text.to_owned() };
    let bold = Style::new().bold();
    let (a, b) = (name_in_patch("a/", &file.display), name_in_patch("b/", &file.display));
    // a blank in a name would end it on the lines below, a tab does not
    let tab = if file.display.contains(' ') { "\t" } else { "" };
    for line in [format!("diff --git {a} {b}"), format!("--- {a}{tab}"), format!("+++ {b}{tab}")] {
        writeln!(out, "{}", style(bold, &line))?;
    }
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        writeln!(out, "{}", style(AnsiColor::Cyan.on_default(), &hunk.header().to_string()))?;
        if color {
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
        write!(out, "{style}{word}{style:#}")?;
    }
    writeln!(out)?;
    if ended { Ok(()) } else { out.write_all(NO_NEWLINE) }
}

/// A path as git writes it in a patch: quoted where it has a control character, a quote or a backslash.
fn name_in_patch(prefix: &str, path: &str) -> String {
    let path = path.trim_start_matches('/');
    if path.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
        let escaped: String = path.bytes().map(escaped_byte).collect();
        return format!("\"{prefix}{escaped}\"");
    }
    format!("{prefix}{path}")
}

fn escaped_byte(byte: u8) -> String {
    match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    }
}
