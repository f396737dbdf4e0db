//! Each finding as a compiler shows it: the source with the value underlined, the new list, and the reasons.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::notes::Notes;
use super::{visible, visible_but};
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::policy::Applicability;
use crate::rules::Severity;
use crate::source::Source;

/// How many relationships are named beside what several findings have in common.
const MOST_NAMED: usize = 5;

/// Control characters of the renderer's own; those of a text it shows as pictures itself, but for a few.
const RENDERED: &[char] = &['\n', '\u{1b}'];

pub(super) fn write(outcome: &Outcome, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let notes = Notes::of(outcome.findings_by_weight());
    for (file, finding) in outcome.findings_by_weight() {
        if let Some(source) = &file.source {
            let text = renderer.render(&groups(file, finding, source, &notes));
            writeln!(out, "{}\n", visible_but(&text, RENDERED))?;
        }
    }
    if notes.shared().next().is_some() {
        let text = renderer.render(&[in_common(&notes, outcome.findings().count())]);
        writeln!(out, "{}\n", visible_but(&text, RENDERED))?;
    }
    Ok(())
}

/// What several of so many findings would repeat.
fn in_common<'a>(notes: &Notes<'_>, findings: usize) -> Group<'a> {
    let mut group = Group::with_title(Level::NOTE.primary_title("what several of these findings have in common"));
    for common in notes.shared() {
        let whose = match common.number {
            number if number == findings => format!("all {number} findings"),
            number => format!("{number} findings: {}", common.whose(MOST_NAMED, str::to_owned)),
        };
        let text = format!("{} ({whose})", common.note.text);
        group = group.element(Level::NOTE.message(visible(&text).into_owned()));
    }
    group
}

fn groups<'a>(file: &'a FileOutcome, finding: &'a Finding, source: &'a Source, notes: &Notes<'_>) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Information => Level::INFO,
    };
    // a dictionary of keyword arguments stands apart from the call that gets it
    let (value, call) = (&finding.span, &finding.call_span);
    // one that reaches over from a notebook's other cell has not been closed there
    let is_around = call.start <= value.start && value.end <= call.end;
    let is_in_cell = source.position(call.start).cell == finding.start.cell;
    let shown = if is_around && is_in_cell { call } else { value };
    let lines = source.line_at(shown.start).start..source.line_at(shown.end).end;
    let value = finding.span.start - lines.start..finding.span.end - lines.start;
    let cell = finding.start.cell.map(|cell| format!(":cell {cell}")).unwrap_or_default();
    let snippet = Snippet::source(source.shown_text(lines))
        .line_start(source.position(shown.start).line)
        .path(visible(&format!("{}{cell}", file.display)).into_owned())
        .annotation(AnnotationKind::Primary.span(value).label(label(finding)));
    let mut group = level.primary_title(&finding.message).id(finding.code.as_str()).element(snippet);
    for note in notes.own_reasons(finding) {
        group = group.element(Level::NOTE.message(visible(&note).into_owned()));
    }
    match &finding.fix {
        None => group = group.element(Level::HELP.message(&finding.help)),
        Some(fix) if fix.applicability == Applicability::Unsafe => {
            group = group.element(Level::HELP.message("this fix is unsafe: --unsafe-fixes applies it"));
        }
        Some(_) => {}
    }
    vec![group]
}

/// Which relationship it is, and what is to be written.
pub(super) fn label(finding: &Finding) -> String {
    let relationship = finding.relationship_name().map(|name| format!("{name}: ")).unwrap_or_default();
    match finding.fix {
        Some(_) => format!("{relationship}{}", finding.advice()),
        None if finding.is_information() => format!("{relationship}information"),
        None => format!("{relationship}needs a human"),
    }
}
