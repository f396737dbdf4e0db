//! Each finding as a compiler shows it: the source with the value underlined, the new list, and the reasons.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::visible;
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::policy::Applicability;
use crate::rules::Severity;
use crate::source::Source;

pub(super) fn write(outcome: &Outcome, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    for (file, finding) in outcome.findings() {
        if let Some(source) = &file.source {
            writeln!(out, "{}\n", renderer.render(&groups(file, finding, source)))?;
        }
    }
    Ok(())
}

fn groups<'a>(file: &'a FileOutcome, finding: &'a Finding, source: &'a Source) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
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
    for note in finding.reasons() {
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
    match finding.written() {
        Some(written) => format!("{relationship}write {written}"),
        None => format!("{relationship}needs a human"),
    }
}
