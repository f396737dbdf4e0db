//! Diagnostics go in; their documentation, or the list of them, comes out.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::rules::{Code, Diagnostic, FixKind, Severity};

/// How `explain` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DocumentationFormat {
    /// For people at a terminal
    #[default]
    Text,
    /// One JSON array
    Json,
    /// For a web page or a pull request
    Markdown,
}

/// How `rules` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ListFormat {
    /// An aligned table
    #[default]
    Text,
    /// One JSON array
    Json,
}

/// Prints the documentation of diagnostics.
///
/// # Errors
/// The output can't be written.
pub fn write_documentation(
    format: DocumentationFormat,
    diagnostics: &[&Diagnostic],
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let write_one: fn(&Diagnostic, &TerminalStyles, &mut dyn Write) -> io::Result<()> = match format {
        DocumentationFormat::Json => return write_json(diagnostics, out),
        DocumentationFormat::Text => write_text,
        DocumentationFormat::Markdown => write_markdown,
    };
    let styles = TerminalStyles::new(color);
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_one(diagnostic, &styles, out)?;
    }
    Ok(())
}

/// Prints one line for each diagnostic.
///
/// # Errors
/// The output can't be written.
pub fn write_list(format: ListFormat, diagnostics: &[&Diagnostic], color: bool, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<_> = diagnostics.iter().map(|diagnostic| Listed::of(diagnostic)).collect();
    if format == ListFormat::Json {
        return write_json(&lines, out);
    }
    let TerminalStyles { heading, code } = TerminalStyles::new(color);
    let longest = lines.iter().map(|line| line.name.len()).max().unwrap_or_default();
    writeln!(out, "{heading}code    {:longest$}  severity  default  fix     finds{heading:#}", "name")?;
    for Listed { code: number, name, severity, is_default, fix, summary } in lines {
        let default = if is_default { "on" } else { "off" };
        writeln!(out, "{code}{number}{code:#}  {name:longest$}  {severity:8}  {default:7}  {fix:6}  {summary}")?;
    }
    Ok(())
}

/// A diagnostic in one line.
#[derive(Serialize)]
struct Listed<'a> {
    code: Code,
    name: &'a str,
    severity: Severity,
    #[serde(rename = "default")]
    is_default: bool,
    fix: FixKind,
    summary: &'a str,
}

impl<'a> Listed<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        let Diagnostic { code, severity, fix, .. } = *diagnostic;
        let is_default = code.is_on_by_default();
        Self { code, name: &diagnostic.name, severity, is_default, fix, summary: diagnostic.summary() }
    }
}

struct TerminalStyles {
    heading: Style,
    code: Style,
}

impl TerminalStyles {
    fn new(color: bool) -> Self {
        match color {
            true => Self { heading: Style::new().bold(), code: AnsiColor::Cyan.on_default().bold() },
            false => Self { heading: Style::new(), code: Style::new() },
        }
    }
}

fn write_json(value: &(impl Serialize + ?Sized), out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// Whether it is reported, and what becomes of it.
fn standing(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, severity, .. } = diagnostic;
    let reported = match code.is_on_by_default() {
        true => "on by default".to_owned(),
        false => format!("off by default (`--select {code}` turns it on)"),
    };
    let fix = match diagnostic.fix {
        FixKind::Safe => "the fix is safe",
        FixKind::Unsafe => "the fix is unsafe: it is shown, and not applied unasked",
        FixKind::Manual => "there is no fix: a human has to decide",
    };
    format!("{severity}, {reported}; {fix}")
}

fn write_text(
    diagnostic: &Diagnostic,
    TerminalStyles { heading, code }: &TerminalStyles,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Diagnostic { code: number, name, help, example, .. } = diagnostic;
    writeln!(out, "{code}{number}{code:#} {heading}{name}{heading:#}")?;
    writeln!(out, "{}: {help}", diagnostic.summary())?;
    writeln!(out, "{}", standing(diagnostic))?;
    let references = diagnostic.references.join("\n");
    let sections = [
        ("What it looks for", &diagnostic.what),
        ("Why", &diagnostic.why),
        ("Example", &example.before),
        ("Use instead", &example.after),
        ("What changes", &diagnostic.changes),
        ("References", &references),
    ];
    for (title, text) in sections {
        writeln!(out, "\n{heading}{title}{heading:#}")?;
        text.lines().try_for_each(|line| writeln!(out, "{}", format!("    {line}").trim_end()))?;
    }
    Ok(())
}

fn write_markdown(diagnostic: &Diagnostic, _: &TerminalStyles, out: &mut dyn Write) -> io::Result<()> {
    let Diagnostic { code, name, help, what, why, example, changes, references, .. } = diagnostic;
    writeln!(out, "# {name} ({code})\n\n{}: {help}\n\n{}", diagnostic.summary(), standing(diagnostic))?;
    writeln!(out, "\n## What it looks for\n\n{what}\n## Why\n\n{why}\n## Example\n")?;
    writeln!(out, "```python\n{}```\n\nUse instead:\n\n```python\n{}```", example.before, example.after)?;
    writeln!(out, "\n## What changes\n\n{changes}\n## References\n")?;
    references.iter().try_for_each(|reference| writeln!(out, "- <{reference}>"))
}
