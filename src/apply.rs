//! A scanned file and its verdicts go in; its outcome comes out, with the text after the fixes. Writing it is a step of its own.

use std::io::Write;
use std::path::Path;

use crate::cascade::CascadeOptions;
use crate::layout::{self, Styles};
use crate::outcome::{FileOutcome, Finding, Fix, Status};
use crate::policy::{Applicability, ExpungeCall, Profile, Rewrite, Verdict, judge};
use crate::rewrite::{self, Edit};
use crate::rules::{Code, Rules};
use crate::scan::Scanned;
use crate::selection::Selection;
use crate::site::Site;
use crate::source::Source;
use crate::syntax::Tree;

/// What decides about the sites of a file.
pub struct Context<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// The codes to report.
    pub selection: &'a Selection,
    /// Which list to write.
    pub profile: Profile,
    /// How its folders are laid out; None where the layout stays as it is.
    pub layout: Option<&'a Styles>,
    /// Where the repository notices that expunge cascades.
    pub expunge_call: ExpungeCall<'a>,
}

impl Context<'_> {
    /// Judges every site of a file and applies the fixes to its text.
    pub fn outcome(&self, scanned: Scanned, display: String) -> FileOutcome {
        let Scanned { path, source, sites, syntax_errors } = scanned;
        let mut findings = Vec::new();
        let mut safe_sites = 0;
        for site in &sites {
            match judge(site, self.profile, self.expunge_call) {
                Verdict::Safe => safe_sites += 1,
                Verdict::Rewrite(rewrite) if self.selection.has(rewrite.code) => {
                    findings.push(self.rewritten(&source, site, rewrite));
                }
                Verdict::Manual { code, reason, before, help } if self.selection.has(code) => {
                    let mut finding = self.finding(&source, site, code, &reason);
                    finding.before = before;
                    finding.help = help.unwrap_or(finding.help);
                    findings.push(finding);
                }
                _ => {}
            }
        }
        if let Some(styles) = self.layout {
            lay_out(&path, &source, &mut findings, styles);
        }
        let status = match apply(&source, &findings) {
            Ok(None) => Status::Unchanged,
            Ok(Some(changed)) => Status::Changed(Box::new(changed)),
            Err(reason) => {
                for finding in &mut findings {
                    finding.fix = None;
                    finding.after = None;
                }
                Status::Failed(reason)
            }
        };
        let syntax_errors = syntax_errors.iter().map(|range| source.position(range.start)).collect();
        FileOutcome { path, display, source: Some(source), status, findings, safe_sites, syntax_errors }
    }

    fn finding(&self, source: &Source, site: &Site, code: Code, reason: &str) -> Finding {
        let diagnostic = self.rules.diagnostic(code);
        let line = |offset| source.position(offset).line;
        Finding {
            code,
            name: diagnostic.map(|diagnostic| diagnostic.name.clone()).unwrap_or_default(),
            severity: diagnostic.map_or(crate::rules::Severity::Warning, |diagnostic| diagnostic.severity),
            message: diagnostic.map(|diagnostic| diagnostic.message.replace("{reason}", reason)).unwrap_or_default(),
            help: diagnostic.map(|diagnostic| diagnostic.help.clone()).unwrap_or_default(),
            span: site.value_span.clone(),
            start: source.position(site.value_span.start),
            end: source.position(site.value_span.end),
            call_lines: (line(site.call_span.start), line(site.call_span.end)),
            callee: site.callee.clone(),
            relationship: site.relationship.clone(),
            before: None,
            after: None,
            fix: None,
        }
    }

    fn rewritten(&self, source: &Source, site: &Site, rewrite: Rewrite) -> Finding {
        let mut finding = self.finding(source, site, rewrite.code, "");
        finding.before = Some(rewrite.before);
        match checked_edits(source, site, rewrite.after) {
            Ok(edits) => {
                finding.after = Some(rewrite.after);
                finding.fix = Some(Fix {
                    applicability: Applicability::Safe,
                    edits,
                    lost: rewrite.before.minus(rewrite.after),
                    notes: rewrite.notes,
                });
            }
            Err(reason) => finding.help = format!("write `{}` by hand: {reason}", rewrite.after),
        }
        finding
    }
}

/// The edits of one site, tried out: with them the value is one expression still, and gives the promised set.
fn checked_edits(source: &Source, site: &Site, after: CascadeOptions) -> Result<Vec<Edit>, String> {
    let edits = rewrite::edits(source, site, after)?;
    let span = site.effective_span();
    let inside: Option<Vec<Edit>> = edits
        .iter()
        .map(|edit| {
            let range = edit.range.start.checked_sub(span.start)?..edit.range.end.checked_sub(span.start)?;
            // the parser knows no lone carriage return
            Some(Edit { range, text: edit.text.replace('\r', "\n") })
        })
        .collect();
    let inside = inside.unwrap_or_default();
    let tried = splice(&source.parser_text()[span.clone()], &inside.iter().collect::<Vec<_>>());
    match tried.and_then(|text| site.options_in(&text)) {
        Some(options) if options == after => Ok(edits),
        _ => Err("its layout leaves no room for it".to_owned()),
    }
}

/// Makes the layout of the changed statements a part of their fixes: of each that changes something in the statement.
fn lay_out(path: &Path, source: &Source, findings: &mut [Finding], styles: &Styles) {
    let mut fixes: Vec<&mut Fix> = findings.iter_mut().filter_map(|finding| finding.fix.as_mut()).collect();
    let mut values: Vec<Edit> = fixes.iter().flat_map(|fix| fix.edits.clone()).collect();
    values.sort_by_key(|edit| (edit.range.start, edit.range.end));
    values.dedup();
    if values.is_empty() {
        return;
    }
    let tree = Tree::parse(source.parser_text());
    let values: Vec<&Edit> = values.iter().collect();
    for relaid in layout::edits(source, &tree, &values, &styles.of(path)) {
        for fix in &mut fixes {
            let is_inside = |edit: &Edit| relaid.range.start <= edit.range.start && edit.range.end <= relaid.range.end;
            if !fix.edits.iter().any(is_inside) {
                continue;
            }
            for edit in &mut fix.edits {
                if let Some((_, replacement)) = relaid.replaced.iter().find(|(value, _)| value == edit) {
                    *edit = replacement.clone();
                }
            }
            fix.edits.extend(relaid.edits.iter().cloned());
            fix.edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        }
    }
}

/// The text after the fixes; None where there are none.
fn apply(source: &Source, findings: &[Finding]) -> Result<Option<Source>, String> {
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
    let mut edits: Vec<&Edit> = fixes.flat_map(|fix| &fix.edits).collect();
    if edits.is_empty() {
        return Ok(None);
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    // the layout of a statement is a part of each fix in it
    edits.dedup();
    let text = splice(source.text(), &edits).ok_or("two fixes overlap; nothing was changed")?;
    let changed = source.with_text(text);
    changed.to_bytes().map_err(|error| error.to_string())?;
    Ok(Some(changed))
}

/// The text with the edits carried out; None where they overlap.
fn splice(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 64 * edits.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.range.start)?);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Writes a changed file in one step: to a temporary file beside it, synced, renamed over it. Mode and owner stay.
///
/// # Errors
/// The new text has more syntax errors than the old one; the file changed since it was read, is read-only or gone, or can't be
/// written. It is as it was then.
pub fn write(path: &Path, before: &Source, after: &Source) -> Result<(), String> {
    let io = |error: std::io::Error| error.to_string();
    let errors = |source: &Source| Tree::parse(source.parser_text()).syntax_errors().len();
    if errors(after) > errors(before) {
        return Err("the fixed text would not parse; nothing was changed".to_owned());
    }
    let expected = before.to_bytes().map_err(|error| error.to_string())?;
    let bytes = after.to_bytes().map_err(|error| error.to_string())?;
    let metadata = std::fs::symlink_metadata(path).map_err(|error| format!("it can't be read again: {error}"))?;
    if metadata.permissions().readonly() {
        return Err("it is read-only; make it writable and run again".to_owned());
    }
    let mut file = writer(path)
        .map_err(|error| format!("a temporary file with its mode and owner can't be made beside it: {error}"))?;
    file.write_all(&bytes).map_err(io)?;
    let current = std::fs::read(path).map_err(|error| format!("it can't be read again: {error}"))?;
    if current != expected {
        return Err("it changed since it was read; run again".to_owned());
    }
    file.commit().map_err(io)
}

#[cfg(unix)]
fn writer(path: &Path) -> std::io::Result<atomic_write_file::AtomicWriteFile> {
    use atomic_write_file::unix::OpenOptionsExt;
    atomic_write_file::OpenOptions::new().preserve_mode(true).preserve_owner(true).open(path)
}

#[cfg(not(unix))]
fn writer(path: &Path) -> std::io::Result<atomic_write_file::AtomicWriteFile> {
    atomic_write_file::AtomicWriteFile::open(path)
}
