//! What a person wants to know at the end: what was found, fixed and skipped, why, and what to type next.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{concise, count, visible};
use crate::outcome::{Asyncio, Finding, Outcome, Status, UnusedSuppression};
use crate::reach::Level;
use crate::rules::Code;

/// How many lines each list of files may take.
const MOST_LISTED: usize = 20;

/// What `fix` wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Findings fixed.
    pub findings: usize,
    /// Files written.
    pub files: usize,
    /// Findings whose fix was not wanted.
    pub left: usize,
}

/// Prints the summary. `applied` is what was written, None where nothing was meant to be; `next` is the command that
/// applies the fixes; `show_manual` lists the findings for a human, where no other report does.
///
/// # Errors
/// The output can't be written.
pub fn write_summary(
    outcome: &Outcome,
    applied: Option<Applied>,
    next: &str,
    show_manual: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if show_manual {
        for (file, finding) in outcome.findings_by_weight().filter(|(_, finding)| finding.needs_human()) {
            writeln!(out, "{}", concise::line(file, finding))?;
        }
    }
    list(out, "Skipped", outcome, Status::skipped)?;
    write_failures(outcome, out)?;
    syntax_errors(outcome, out)?;
    unused_suppressions(outcome, out)?;
    stale_facts(outcome, out)?;
    stale_baselines(outcome, out)?;
    writeln!(out, "{}.", sentences(outcome, applied).join("; "))?;
    if let Some(sentence) = asyncio(outcome) {
        writeln!(out, "{sentence}")?;
    }
    if let Some(sentence) = without_asyncio(outcome) {
        writeln!(out, "{sentence}")?;
    }
    let (fixable, held_back) = fixable(outcome);
    if applied.is_none() && fixable > 0 {
        writeln!(out, "Apply with: {next}")?;
    }
    if held_back > 0 {
        let option = if next.contains("--unsafe-fixes") { "" } else { " --unsafe-fixes" };
        writeln!(out, "Unsafe fixes change what someone can notice; see `check`, and apply them with: {next}{option}")?;
    }
    Ok(())
}

/// Prints which files failed, and why: what nobody may miss.
///
/// # Errors
/// The output can't be written.
pub fn write_failures(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    list(out, "Failed", outcome, Status::failed)
}

/// How many findings have a fix that is carried out, and how many one that is held back.
fn fixable(outcome: &Outcome) -> (usize, usize) {
    let totals = outcome.totals();
    let held_back = if outcome.unsafe_fixes { 0 } else { totals.fixable_unsafe };
    (totals.fixable_safe + totals.fixable_unsafe - held_back, held_back)
}

/// How many of the fixes that are carried out change the form of a list alone.
fn of_form(outcome: &Outcome) -> usize {
    let is_of_form = |finding: &Finding| {
        finding.changes_form_alone() && finding.fix.as_ref().is_some_and(|fix| outcome.carries_out(fix))
    };
    outcome.findings().filter(|(_, finding)| is_of_form(finding)).count()
}

/// What the fixes are about, as a noun.
pub(super) fn what_is_fixed(outcome: &Outcome) -> &'static str {
    let mut fixable = outcome.findings().filter(|(_, finding)| finding.fix.is_some());
    if fixable.all(|(_, finding)| finding.details.cascade.is_some()) { "cascade" } else { "finding" }
}

/// What was found and what becomes of it, in parts of one sentence. `applied` is what was written, None where nothing was meant to be.
pub(super) fn sentences(outcome: &Outcome, applied: Option<Applied>) -> Vec<String> {
    let totals = outcome.totals();
    let (of_form, held_back) = (of_form(outcome), fixable(outcome).1);
    let left = applied.map_or(0, |applied| applied.left);
    // of what is fixed already it is no longer so
    let reach = if applied.is_none() { reach(outcome) } else { None };
    let verb =
        |number: usize, singular: &'static str, plural: &'static str| if number == 1 { singular } else { plural };
    let parts = [
        (of_form, format!("{of_form} of these {} the form alone", verb(of_form, "changes", "change"))),
        (usize::from(reach.is_some()), reach.unwrap_or_default()),
        (left, format!("{left} left as {}", verb(left, "it is", "they are"))),
        (held_back, format!("{held_back} unsafe {} held back", verb(held_back, "fix", "fixes"))),
        (
            totals.manual,
            format!("{} {} a human", count(totals.manual, "finding"), verb(totals.manual, "needs", "need")),
        ),
        (
            totals.information,
            format!(
                "{} {} for information only",
                count(totals.information, "finding"),
                verb(totals.information, "is", "are")
            ),
        ),
        (totals.safe_sites, format!("{} safe already", count(totals.safe_sites, "cascade"))),
        (totals.ignored, format!("{} ignored by the settings", totals.ignored)),
        (totals.suppressed, format!("{} suppressed", totals.suppressed)),
        (totals.in_baseline, format!("{} in the baseline", totals.in_baseline)),
        (totals.on_unchanged_lines, format!("{} on unchanged lines", totals.on_unchanged_lines)),
        (totals.not_reached, format!("{} not shown because of --only", totals.not_reached)),
    ];
    let parts = parts.into_iter().filter_map(|(number, part)| (number > 0).then_some(part));
    let checked = format!("{} checked", count(totals.files_scanned, "file"));
    std::iter::once(fixes(outcome, applied)).chain(parts).chain([checked]).collect()
}

/// What was fixed, or can be.
fn fixes(outcome: &Outcome, applied: Option<Applied>) -> String {
    let (fixable, held_back) = fixable(outcome);
    match applied {
        Some(applied) if applied.files > 0 => {
            let fixed = count(applied.findings, what_is_fixed(outcome));
            format!("Fixed {fixed} in {}", count(applied.files, "file"))
        }
        None if fixable > 0 => {
            let files = outcome.files.iter().filter(|file| matches!(file.status, Status::Changed(_))).count();
            format!(
                "{} in {} can be fixed{} ({})",
                count(fixable, what_is_fixed(outcome)),
                count(files, "file"),
                if outcome.totals().fixable_unsafe > held_back { "" } else { " safely" },
                by_code(outcome),
            )
        }
        Some(_) if fixable > 0 => "Nothing fixed".to_owned(),
        _ => "Nothing to fix".to_owned(),
    }
}

/// How many of the findings something reaches today, and how many nothing does.
fn reach(outcome: &Outcome) -> Option<String> {
    let levels = outcome.levels();
    let raises = levels.iter().any(|(level, number)| *level == Level::Raises && *number > 0);
    let no_read = if raises || !outcome.may_run_under_asyncio() { "" } else { " (no read was found that raises)" };
    let is_by_tests = |finding: &Finding| finding.details.reach.as_ref().is_some_and(|reach| reach.is_by_tests_alone);
    let by_tests = match outcome.findings().filter(|(_, finding)| is_by_tests(finding)).count() {
        0 => String::new(),
        some => format!(", {some} by tests alone"),
    };
    let parts = levels.into_iter().filter(|(_, number)| *number > 0).map(|(level, number)| match (level, number) {
        (Level::Raises, 1) => "1 raises today".to_owned(),
        (Level::Raises, _) => format!("{number} raise today"),
        (Level::Unknown, _) => format!("{number} may be reached"),
        (Level::Dormant, _) => format!("no call reaches {number} of them ({})", level.name()),
        (Level::Reached, 1) => format!("1 is {}{by_tests}{no_read}", level.name()),
        (Level::Reached, _) => format!("{number} are {}{by_tests}{no_read}", level.name()),
    });
    let mut parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        return None;
    }
    match outcome.open_calls {
        0 => {}
        1 => parts.push("1 call has an object that is not known".to_owned()),
        more => parts.push(format!("{more} calls have an object that is not known")),
    }
    Some(parts.join(", "))
}

/// Whether the hazard is one here.
pub(super) fn asyncio(outcome: &Outcome) -> Option<String> {
    Some(match outcome.asyncio.as_ref()? {
        Asyncio::Used(place) => format!("The code runs under asyncio ({place})."),
        Asyncio::InTests(place) => {
            format!("Only tests run under asyncio ({place}); without AsyncSession nothing raises MissingGreenlet.")
        }
        Asyncio::Unused => {
            let why = "neither sqlalchemy.ext.asyncio nor an asyncio driver was found";
            format!("No sign of asyncio: {why}; without AsyncSession nothing raises MissingGreenlet.")
        }
    })
}

/// What to do where the hazard is none.
fn without_asyncio(outcome: &Outcome) -> Option<&'static str> {
    let is_open =
        outcome.findings().any(|(_, finding)| finding.details.hazard().is_some() && !finding.is_information());
    (is_open && !outcome.may_run_under_asyncio()).then_some(
        "With --require-asyncio, or `require-asyncio = true` in the settings, refresh-expire is for information only here, and the exit \
         status is 0.",
    )
}

/// `CAS001: 3, CAS002: 1`
fn by_code(outcome: &Outcome) -> String {
    let number = |code| {
        outcome
            .findings()
            .filter(|(_, finding)| {
                finding.code == code && finding.fix.as_ref().is_some_and(|fix| outcome.carries_out(fix))
            })
            .count()
    };
    let numbers = Code::ALL.into_iter().map(|code| (code, number(code))).filter(|(_, number)| *number > 0);
    numbers.map(|(code, number)| format!("{code}: {number}")).collect::<Vec<_>>().join(", ")
}

fn list(out: &mut dyn Write, title: &str, outcome: &Outcome, reason: fn(&Status) -> Option<&str>) -> io::Result<()> {
    let files: Vec<_> = outcome.files.iter().filter_map(|file| Some((&file.display, reason(&file.status)?))).collect();
    if files.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title} {}:", count(files.len(), "file"))?;
    for (path, reason) in files.iter().take(MOST_LISTED) {
        writeln!(out, "  {}", visible(&format!("{path}: {reason}")))?;
    }
    more(out, files.len())
}

fn syntax_errors(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let files: Vec<_> = outcome.files.iter().filter_map(|file| Some((file, file.syntax_errors.first()?))).collect();
    if files.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "Syntax errors in {}; only the statements that parse were checked there:",
        count(files.len(), "file")
    )?;
    for (file, at) in files.iter().take(MOST_LISTED) {
        writeln!(out, "  {}:{at}", visible(&file.display))?;
    }
    more(out, files.len())
}

/// One line for each, as for findings: they are to be found and taken away.
fn unused_suppressions(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let unused = outcome.files.iter().flat_map(|file| file.unused_suppressions.iter().map(move |one| (file, one)));
    for (file, UnusedSuppression { at, text, reason }) in unused.clone().take(MOST_LISTED) {
        match reason {
            None => writeln!(out, "{}:{at}: unused suppression `{}`", visible(&file.display), visible(text))?,
            Some(reason) => {
                writeln!(out, "{}:{at}: suppression `{}`: {reason}", visible(&file.display), visible(text))?
            }
        }
    }
    more(out, unused.count())
}

fn more(out: &mut dyn Write, length: usize) -> io::Result<()> {
    match length.checked_sub(MOST_LISTED) {
        Some(rest) if rest > 0 => {
            writeln!(out, "  … and {rest} more (`cascade-fix check --output-format json` lists all)")
        }
        _ => Ok(()),
    }
}

fn stale_facts(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    if outcome.stale_facts.is_empty() {
        return Ok(());
    }
    let listed = outcome.stale_facts.iter().take(MOST_LISTED).cloned().collect::<Vec<_>>().join(", ");
    writeln!(
        out,
        "Facts about {} are ignored, which changed since: {listed}; write them again with `cascade-fix verify --write-facts`",
        count(outcome.stale_facts.len(), "file")
    )
}

/// One line for each baseline: it goes on to work, and gets shorter.
fn stale_baselines(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let baselines: BTreeSet<&String> = outcome.stale_baseline.iter().map(|stale| &stale.baseline).collect();
    baselines.into_iter().try_for_each(|baseline| {
        let of_baseline = outcome.stale_baseline.iter().filter(|stale| stale.baseline == *baseline);
        let number: usize = of_baseline.map(|stale| stale.number).sum();
        let verb = if number == 1 { "is" } else { "are" };
        let them = if number == 1 { "it" } else { "them" };
        let listed = count(number, "finding");
        let file = visible(baseline);
        writeln!(
            out,
            "{listed} of {file} {verb} not found any more; take {them} off the list with: cascade-fix check --write-baseline {file}"
        )
    })
}
