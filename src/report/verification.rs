//! What was proven, as a table, as JSON, and as Markdown for a pull request.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::count;
use super::markup::{code, fenced, prose};
use super::trace::{JsonTrace, TraceRemark, remarks, summary};
use crate::rules::Code;
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::CascadeOptions;
use crate::verify::trace::Trace;
use crate::verify::{Checked, Claim, Failure, Verification};

/// How `verify` prints what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum VerificationFormat {
    /// A table
    #[default]
    Text,
    /// One JSON document
    Json,
    /// Markdown, as in a pull request
    Markdown,
}

/// Prints what was proven.
///
/// # Errors
/// The output can't be written.
pub fn write_verification(
    format: VerificationFormat,
    verification: &Verification,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        VerificationFormat::Text => text(verification, color, out),
        VerificationFormat::Json => json(verification, out),
        VerificationFormat::Markdown => writeln!(out, "{}", verification_markdown(verification, usize::MAX)),
    }
}

impl Checked {
    fn verdict(&self) -> &'static str {
        if self.refuted.is_empty() { "proven" } else { "refuted" }
    }

    fn place(&self) -> String {
        self.claim.as_ref().map(Claim::place).unwrap_or_default()
    }

    /// The direction was not told by the source.
    fn is_news(&self) -> bool {
        self.claim.as_ref().is_some_and(|claim| claim.direction.is_none())
    }
}

fn shown(options: Option<CascadeOptions>) -> String {
    options.map_or_else(|| "–".to_owned(), |options| options.to_string())
}

fn what_was_asked(verification: &Verification) -> String {
    match &verification.sqlalchemy {
        Some(version) => format!("SQLAlchemy {version} on Python {}", verification.python),
        None => "SQLAlchemy could not be asked".to_owned(),
    }
}

/// One sentence.
fn conclusion(verification: &Verification) -> String {
    if let Some(trace) = verification.trace.as_ref().filter(|_| !verification.is_asked) {
        return conclusion_of_trace(trace, verification.is_proven());
    }
    if !verification.failures.is_empty() {
        return format!("Not proven: the models can't be looked at ({}).", what_was_asked(verification));
    }
    let changed = verification.checked.iter().filter(|checked| checked.claim.is_some());
    let (proven, refuted): (Vec<_>, Vec<_>) = changed.partition(|checked| checked.refuted.is_empty());
    let others = verification.checked.len() - proven.len() - refuted.len();
    let claimed = proven.len() + refuted.len();
    let mut parts = vec![match claimed {
        0 => "no relationship is claimed to change".to_owned(),
        _ => format!("{} of {} proven", proven.len(), count(claimed, "claimed relationship")),
    }];
    let mut add = |number: usize, text: String| {
        if number > 0 {
            parts.push(text);
        }
    };
    add(others, format!("{} changed without a claim", count(others, "other")));
    add(verification.not_seen.len(), format!("{} not seen", count(verification.not_seen.len(), "claim")));
    add(verification.unchanged, format!("{} unchanged", count(verification.unchanged, "other")));
    let verdict = match verification.is_proven() {
        true if claimed == 0 => "Nothing to prove",
        true => "Proven",
        false => "Not proven",
    };
    format!("{verdict}: {} ({}).", parts.join(", "), what_was_asked(verification))
}

fn conclusion_of_trace(trace: &Trace, is_proven: bool) -> String {
    match is_proven {
        true => "Proven as far as the command goes; --import or --walk proves all that is claimed.".to_owned(),
        false if trace.objections.is_empty() => {
            "Not proven: nothing that is fixed was seen to expire related objects; have the command run code that does."
                .to_owned()
        }
        false => "Not proven by the command.".to_owned(),
    }
}

fn text(verification: &Verification, color: bool, out: &mut dyn Write) -> io::Result<()> {
    table(verification, color, out)?;
    for claim in &verification.not_seen {
        let name =
            [claim.owner.as_deref(), claim.attribute.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(".");
        writeln!(
            out,
            "not seen {name} ({}): no imported module makes it; name its module with --import or --walk",
            claim.place()
        )?;
    }
    for (when, failure) in failures(verification) {
        write_failure(failure, when, out)?;
    }
    for Failure { module, error, message, .. } in &verification.not_imported {
        writeln!(out, "not imported: {}: {error}: {message}", module.as_deref().unwrap_or_default())?;
    }
    for (warnings, when) in [(&verification.new_warnings, "new"), (&verification.gone_warnings, "gone")] {
        warnings.iter().try_for_each(|warning| writeln!(out, "{when} warning: {warning}"))?;
    }
    verification.objections.iter().try_for_each(|objection| writeln!(out, "refuted: {objection}"))?;
    if let Some(trace) = &verification.trace {
        text_of_trace(trace, out)?;
    }
    writeln!(out, "{}", conclusion(verification))
}

/// A line for each thing that was seen, with what belongs to it below.
fn text_of_trace(trace: &Trace, out: &mut dyn Write) -> io::Result<()> {
    let plain = |text: &str| text.replace('`', "");
    for TraceRemark { kind, text, details, is_output } in remarks(trace) {
        writeln!(out, "{kind:<8} {}", plain(&text))?;
        let detail = |line: String| if is_output { format!("| {line}") } else { plain(&line) };
        details.into_iter().try_for_each(|line| writeln!(out, "         {}", detail(line)))?;
    }
    trace.objections.iter().try_for_each(|objection| writeln!(out, "refuted: {objection}"))?;
    writeln!(out, "{}", summary(trace))
}

/// A line for each relationship that is claimed to change or did, with what speaks against the claim below it.
fn table(verification: &Verification, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let width = |of: fn(&Checked) -> &str| {
        verification.checked.iter().map(|checked| of(checked).chars().count()).max().unwrap_or(0)
    };
    let (names, directions) = (width(|checked| &checked.name), width(|checked| checked.direction.name()));
    for checked in &verification.checked {
        let style = match color {
            true if checked.refuted.is_empty() => AnsiColor::Green.on_default(),
            true => AnsiColor::Red.on_default().bold(),
            false => Style::new(),
        };
        let (name, direction) = (&checked.name, checked.direction.name());
        let sets = format!("{} → {}", shown(checked.before), shown(checked.after));
        let (verdict, place) = (checked.verdict(), checked.place());
        writeln!(out, "{style}{verdict:<8}{style:#} {name:<names$}  {direction:<directions$}  {sets}  {place}")?;
        checked.refuted.iter().try_for_each(|reason| writeln!(out, "         {reason}"))?;
        if checked.is_news() {
            writeln!(out, "         its direction was unknown; SQLAlchemy says {direction}")?;
        }
    }
    Ok(())
}

/// What went wrong, each once, and when.
fn failures(verification: &Verification) -> Vec<(&'static str, &Failure)> {
    let (after, before): (Vec<_>, Vec<_>) = verification.failures.iter().partition(|(is_after, _)| *is_after);
    let is_in = |all: &[&(bool, Failure)], failure: &Failure| all.iter().any(|(_, other)| other == failure);
    let of_before = before.iter().map(|(_, failure)| {
        (if is_in(&after, failure) { "before and after the change" } else { "before the change" }, failure)
    });
    let of_after = after.iter().filter(|(_, failure)| !is_in(&before, failure));
    of_before.chain(of_after.map(|(_, failure)| ("after the change", failure))).collect()
}

fn write_failure(failure: &Failure, when: &str, out: &mut dyn Write) -> io::Result<()> {
    let what = failure.module.as_ref().map_or("the mappers".to_owned(), |module| format!("`{module}`"));
    if failure.is_not_found() {
        writeln!(out, "{}", not_found(failure))?;
        return writeln!(out, "    help: {}", failure.help());
    }
    writeln!(out, "failed {when}: {what}: {}: {}", failure.error, failure.message)?;
    for line in failure.traceback.lines() {
        writeln!(out, "    {line}")?;
    }
    writeln!(out, "    help: {}", failure.help())
}

fn not_found(failure: &Failure) -> String {
    let module = failure.module.as_deref().unwrap_or_default();
    format!("not found: no package or module `{module}` can be imported ({})", failure.message)
}

#[derive(Serialize)]
struct JsonVerification<'a> {
    version: u32,
    proven: bool,
    python: &'a str,
    sqlalchemy: Option<&'a str>,
    relationships: Vec<JsonChecked<'a>>,
    unchanged: usize,
    not_seen: Vec<JsonClaim<'a>>,
    failures: Vec<JsonFailure<'a>>,
    not_imported: Vec<JsonFailure<'a>>,
    new_warnings: &'a [String],
    gone_warnings: &'a [String],
    objections: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<JsonTrace<'a>>,
}

#[derive(Serialize)]
struct JsonChecked<'a> {
    name: &'a str,
    verdict: &'a str,
    direction: Direction,
    uselist: bool,
    before: Option<CascadeOptions>,
    after: Option<CascadeOptions>,
    claim: Option<JsonClaim<'a>>,
    refuted: &'a [String],
}

#[derive(Serialize)]
pub(super) struct JsonClaim<'a> {
    path: &'a str,
    line: usize,
    codes: &'a [Code],
    owner: Option<&'a str>,
    attribute: Option<&'a str>,
    direction: Option<Direction>,
    uselist: Option<bool>,
    before: CascadeOptions,
    after: CascadeOptions,
}

#[derive(Serialize)]
struct JsonFailure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'static str>,
    #[serde(flatten)]
    failure: &'a Failure,
    help: String,
}

impl<'a> JsonClaim<'a> {
    pub(super) fn of(claim: &'a Claim) -> Self {
        Self {
            path: &claim.display,
            line: claim.line,
            codes: &claim.codes,
            owner: claim.owner.as_deref(),
            attribute: claim.attribute.as_deref(),
            direction: claim.direction,
            uselist: claim.uselist,
            before: claim.before,
            after: claim.after,
        }
    }
}

fn json(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    let failure = |when, failure| JsonFailure { when, failure, help: Failure::help(failure) };
    let report = JsonVerification {
        version: 1,
        proven: verification.is_proven(),
        python: &verification.python,
        sqlalchemy: verification.sqlalchemy.as_deref(),
        relationships: verification
            .checked
            .iter()
            .map(|checked| JsonChecked {
                name: &checked.name,
                verdict: checked.verdict(),
                direction: checked.direction,
                uselist: checked.uselist,
                before: checked.before,
                after: checked.after,
                claim: checked.claim.as_ref().map(JsonClaim::of),
                refuted: &checked.refuted,
            })
            .collect(),
        unchanged: verification.unchanged,
        not_seen: verification.not_seen.iter().map(JsonClaim::of).collect(),
        failures: verification
            .failures
            .iter()
            .map(|(is_after, of)| failure(Some(if *is_after { "after" } else { "before" }), of))
            .collect(),
        not_imported: verification.not_imported.iter().map(|of| failure(None, of)).collect(),
        new_warnings: &verification.new_warnings,
        gone_warnings: &verification.gone_warnings,
        objections: &verification.objections,
        trace: verification.trace.as_ref().map(JsonTrace::of),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

/// The table and what speaks against it, with so many rows at most.
pub(super) fn verification_markdown(verification: &Verification, most: usize) -> String {
    let mut lines = vec![format!("**{}**", prose(&conclusion(verification))), String::new()];
    if !verification.checked.is_empty() {
        lines.push("| | relationship | direction | before | after | where |".to_owned());
        lines.push("| --- | --- | --- | --- | --- | --- |".to_owned());
    }
    lines.extend(verification.checked.iter().take(most).map(|checked| {
        format!(
            "| {} | {} | {} | {} | {} | {} |",
            checked.verdict(),
            code(&checked.name),
            checked.direction.name(),
            shown(checked.before),
            shown(checked.after),
            code(&checked.place()),
        )
    }));
    let more = verification.checked.len().saturating_sub(most);
    if more > 0 {
        lines.extend([String::new(), format!("… and {more} more")]);
    }
    let against = against(verification);
    if !against.is_empty() {
        lines.push(String::new());
    }
    lines.extend(against.iter().take(most).map(|reason| format!("- {}", prose(reason))));
    if let Some(trace) = &verification.trace {
        lines.extend(markdown_of_trace(trace, most));
    }
    lines.join("\n")
}

/// The sentences, and what was seen as a list.
fn markdown_of_trace(trace: &Trace, most: usize) -> Vec<String> {
    let mut lines = vec![String::new(), prose(&summary(trace)), String::new()];
    let remarks = remarks(trace);
    let more = remarks.len().saturating_sub(most);
    for TraceRemark { kind, text, details, is_output } in remarks.into_iter().take(most) {
        lines.push(format!("- {kind}: {}", prose(&text)));
        match is_output {
            true => lines.extend(fenced("text", &details.join("\n")).lines().map(|line| format!("  {line}"))),
            false => lines.extend(details.iter().map(|detail| format!("  - {}", prose(detail)))),
        }
    }
    if more > 0 {
        lines.push(format!("- … and {more} more"));
    }
    lines.extend(trace.objections.iter().take(most).map(|reason| format!("- refuted: {}", prose(reason))));
    lines
}

/// What keeps it from being proven, in sentences.
fn against(verification: &Verification) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for checked in &verification.checked {
        reasons.extend(checked.refuted.iter().map(|reason| format!("refuted: {}: {reason}", checked.name)));
    }
    reasons.extend(verification.not_seen.iter().map(|claim| format!("not seen: {}", claim.place())));
    reasons.extend(failures(verification).into_iter().map(|(when, failure)| match failure.is_not_found() {
        true => not_found(failure),
        false => format!("failed {when}: {}: {}", failure.error, failure.message),
    }));
    reasons.extend(verification.objections.iter().map(|objection| format!("refuted: {objection}")));
    reasons
}
