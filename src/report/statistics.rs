//! An outcome goes in; how many findings there are of each code comes out, and what becomes of them.

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use crate::outcome::Outcome;
use crate::rules::Code;

/// The findings of one code. Its keys are a contract.
#[derive(Debug, Serialize)]
struct OfCode<'a> {
    code: Code,
    name: &'a str,
    count: usize,
    /// `fix` changes them.
    fixable: usize,
    /// `fix --unsafe-fixes` would change them.
    held_back: usize,
    /// They need a human.
    manual: usize,
    /// Nothing is to be done about them.
    information: usize,
}

impl Format {
    /// Whether numbers can be printed like that.
    pub fn has_statistics(self) -> bool {
        matches!(self, Self::Full | Self::Concise | Self::Json | Self::Jsonl)
    }
}

/// Prints the numbers, those of the most frequent code first; as a table, where the format is for people.
///
/// # Errors
/// The output can't be written.
pub fn write_statistics(format: Format, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let statistics = statistics(outcome);
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &statistics)?;
            writeln!(out)
        }
        Format::Jsonl => statistics.iter().try_for_each(|of_code| {
            serde_json::to_writer(&mut *out, of_code)?;
            writeln!(out)
        }),
        _ => write_table(&statistics, out),
    }
}

fn statistics(outcome: &Outcome) -> Vec<OfCode<'_>> {
    let mut statistics: Vec<OfCode<'_>> = Vec::new();
    for (_, finding) in outcome.findings() {
        let index = statistics.iter().position(|known| known.code == finding.code).unwrap_or_else(|| {
            let (code, name) = (finding.code, &*finding.name);
            statistics.push(OfCode { code, name, count: 0, fixable: 0, held_back: 0, manual: 0, information: 0 });
            statistics.len() - 1
        });
        let of_code = &mut statistics[index];
        of_code.count += 1;
        match &finding.fix {
            Some(fix) if outcome.carries_out(fix) => of_code.fixable += 1,
            Some(_) => of_code.held_back += 1,
            None if finding.is_information() => of_code.information += 1,
            None => of_code.manual += 1,
        }
    }
    statistics.sort_by_key(|of_code| (std::cmp::Reverse(of_code.count), of_code.code));
    statistics
}

fn write_table(statistics: &[OfCode<'_>], out: &mut dyn Write) -> io::Result<()> {
    if statistics.is_empty() {
        return Ok(());
    }
    writeln!(out, "count  fixable  held back  manual  information  code    name")?;
    for OfCode { code, name, count, fixable, held_back, manual, information } in statistics {
        writeln!(
            out,
            "{count:>5}  {fixable:>7}  {held_back:>9}  {manual:>6}  {information:>11}  {:<6}  {name}",
            code.as_str()
        )?;
    }
    Ok(())
}
