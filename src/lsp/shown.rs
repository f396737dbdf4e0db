//! A finding goes in; a diagnostic, its quick fixes and the text of a hover come out.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use lsp_types::{
    CodeAction, CodeActionKind, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DocumentChanges,
    Location, NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit,
    WorkspaceEdit,
};

use super::document::{IndexedText, uri_of};
use crate::outcome::{Finding, ToldCall, ToldRead};
use crate::policy::Applicability;
use crate::report::{DocumentationFormat, said, write_documentation};
use crate::rewrite::FileEdit;
use crate::rules::{Rules, Severity};
use crate::source::{Kind, Position, Source};
use crate::suppression::{Suppressible, suppressions};

/// The kind of the action that applies all safe fixes of a file.
pub(super) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.cascade-fix");

/// What diagnostics come from.
const TOOL: &str = env!("CARGO_PKG_NAME");

/// The most places that are named beside a diagnostic.
const MOST_RELATED: usize = 10;

/// The files that edits and places lead to.
pub(super) trait ShownFiles {
    /// The text of a file at an absolute path as the finding knows it; None where it is another one by now.
    fn text(&self, path: &Path) -> Option<Rc<IndexedText>>;
    /// The version of the document that is open with the file.
    fn version(&self, path: &Path) -> Option<i32>;
    /// Whether the editor takes edits together with the version of the document that they are for.
    fn takes_versions(&self) -> bool;
}

pub(super) fn diagnostic(
    files: &impl ShownFiles,
    root: Option<&Path>,
    text: &IndexedText,
    finding: &Finding,
) -> Diagnostic {
    let severity = match finding.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Information => DiagnosticSeverity::INFORMATION,
    };
    let calls = finding.details.reach.iter().flat_map(|reach| &reach.calls);
    let places = calls.flat_map(|call| std::iter::once(of_call(call)).chain(call.reads.iter().map(of_read)));
    let related = places.take(MOST_RELATED).filter_map(|(path, start, message)| {
        Some(DiagnosticRelatedInformation { location: location(files, &root?.join(path), start)?, message })
    });
    Diagnostic {
        range: text.range(&finding.span),
        severity: Some(severity),
        code: Some(NumberOrString::String(finding.code.to_string())),
        source: Some(TOOL.to_owned()),
        message: said(finding),
        related_information: Some(related.collect()),
        ..Diagnostic::default()
    }
}

fn of_call(call: &ToldCall) -> (&str, Position, String) {
    let does = call.kind.does();
    (&call.path, call.start, format!("this {does} an object that leads to it: what is loaded of it is expired"))
}

fn of_read(read: &ToldRead) -> (&str, Position, String) {
    (&read.path, read.start, format!("`{}` raises MissingGreenlet after it", read.text))
}

fn location(files: &impl ShownFiles, path: &Path, start: Position) -> Option<Location> {
    let text = files.text(path)?;
    let at = text.position(text.offset_of(start.line, start.column)?);
    Some(Location { uri: uri_of(path)?, range: lsp_types::Range::new(at, at) })
}

/// What can be done about a finding of a file.
pub(super) fn actions(
    files: &impl ShownFiles,
    path: &Path,
    text: &IndexedText,
    finding: &Finding,
    diagnostic: &Diagnostic,
    rules: &Rules,
) -> Vec<CodeAction> {
    let quick = |title: String, edit: Option<WorkspaceEdit>, is_preferred: bool| CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic.clone()]),
        edit,
        is_preferred: Some(is_preferred),
        ..CodeAction::default()
    };
    let fix = finding.fix.as_ref().and_then(|fix| {
        let is_safe = fix.applicability == Applicability::Safe;
        let mark = if is_safe { "" } else { " (unsafe: see the reasons)" };
        let what = finding.advice();
        let what = what.replacen(|c: char| c.is_alphabetic(), &what[..1].to_uppercase(), 1);
        Some(quick(format!("{what}{mark}"), Some(edit_of(files, &fix.edits)?), is_safe))
    });
    let suppression = suppressing(files, path, text, finding, rules);
    let suppression =
        suppression.map(|edit| quick(format!("Suppress {} here with a comment", finding.code), Some(edit), false));
    fix.into_iter().chain(suppression).collect()
}

/// All safe fixes of a file's findings in one.
pub(super) fn fix_all<'f>(files: &impl ShownFiles, findings: impl Iterator<Item = &'f Finding>) -> Option<CodeAction> {
    let safe = findings.filter_map(|finding| finding.fix.as_ref());
    let safe = safe.filter(|fix| fix.applicability == Applicability::Safe);
    let mut edits: Vec<FileEdit> = Vec::new();
    for edit in safe.flat_map(|fix| &fix.edits) {
        if !edits.contains(edit) {
            edits.push(edit.clone());
        }
    }
    Some(CodeAction {
        title: format!("{TOOL}: apply all safe fixes of this file"),
        kind: Some(FIX_ALL),
        edit: Some(edit_of(files, &edits).filter(|_| !edits.is_empty())?),
        ..CodeAction::default()
    })
}

fn suppressing(
    files: &impl ShownFiles,
    path: &Path,
    text: &IndexedText,
    finding: &Finding,
    rules: &Rules,
) -> Option<WorkspaceEdit> {
    let source = Source::of_kind(Kind::of(path).unwrap_or_default(), text.text.as_bytes().to_vec()).ok()?;
    let (value, call) = (finding.span.clone(), finding.call_span.clone());
    let made = suppressions(&Arc::new(source), rules, &[Suppressible { value, call, code: finding.code }], "");
    let path: Arc<Path> = path.into();
    let edits: Vec<FileEdit> = made.edits.into_iter().map(|edit| FileEdit { path: Arc::clone(&path), edit }).collect();
    edit_of(files, &edits).filter(|_| !edits.is_empty())
}

/// Edits of files as the protocol has them; None where one of the files is another by now.
fn edit_of(files: &impl ShownFiles, edits: &[FileEdit]) -> Option<WorkspaceEdit> {
    let mut by_file: Vec<(&Path, Vec<TextEdit>)> = Vec::new();
    for FileEdit { path, edit } in edits {
        let edit = TextEdit { range: files.text(path)?.range(&edit.range), new_text: edit.text.clone() };
        match by_file.iter_mut().find(|(known, _)| *known == &**path) {
            Some((_, edits)) => edits.push(edit),
            None => by_file.push((path, vec![edit])),
        }
    }
    if !files.takes_versions() {
        #[expect(clippy::mutable_key_type, reason = "as the protocol's types have it")]
        let changes = by_file.into_iter().map(|(path, edits)| Some((uri_of(path)?, edits))).collect::<Option<_>>()?;
        return Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() });
    }
    let of_version = |(path, edits): (&Path, Vec<TextEdit>)| {
        let text_document =
            OptionalVersionedTextDocumentIdentifier { uri: uri_of(path)?, version: files.version(path) };
        Some(TextDocumentEdit { text_document, edits: edits.into_iter().map(OneOf::Left).collect() })
    };
    let changes = by_file.into_iter().map(of_version).collect::<Option<_>>()?;
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Edits(changes)), ..WorkspaceEdit::default() })
}

/// What is to be read about a finding: the relationship, what speaks for the fix, and what the diagnostic is.
pub(super) fn hover(finding: &Finding, rules: &Rules) -> String {
    let name = finding.relationship_name().map(|name| format!("**{name}** ")).unwrap_or_default();
    let reasons: String = finding.reasons().iter().map(|reason| format!("- {reason}\n")).collect();
    let mut page = Vec::new();
    if let Some(diagnostic) = rules.diagnostic(finding.code) {
        // a page in memory can always be written
        let _ = write_documentation(DocumentationFormat::Markdown, &[diagnostic], false, &mut page);
    }
    format!("{name}{}\n\n{reasons}\n---\n\n{}", said(finding), String::from_utf8_lossy(&page))
}
