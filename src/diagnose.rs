//! A site with its verdict and its planned edits goes in; the finding comes out.

use crate::cascade::CascadeOptions;
use crate::outcome::{Finding, Fix};
use crate::plan::Planned;
use crate::policy::{Applicability, Rewrite, Verdict};
use crate::rules::{Code, Rules, Severity};
use crate::selection::Selection;
use crate::site::Site;
use crate::source::Source;

/// What decides whether and how findings are told.
pub struct Diagnose<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// The codes to report.
    pub selection: &'a Selection,
}

/// What a site ends as.
pub enum Diagnosed {
    /// It needs nothing.
    Safe,
    /// It is not to be reported.
    Unselected,
    /// It is to be reported.
    Found(Box<Finding>),
}

impl Diagnose<'_> {
    /// The finding of a site in the file with the text. `planned` gives the edits, or why a human has to write them.
    pub fn site(
        &self,
        source: &Source,
        site: &Site,
        verdict: &Verdict,
        planned: impl FnOnce(&Rewrite) -> Result<Planned, String>,
    ) -> Diagnosed {
        match verdict {
            Verdict::Safe => Diagnosed::Safe,
            Verdict::HandedIn => Diagnosed::Unselected,
            Verdict::Rewrite(rewrite) if self.selection.has(rewrite.code) => {
                Diagnosed::Found(Box::new(self.rewritten(source, site, rewrite, planned(rewrite))))
            }
            Verdict::Manual { code, reason, before, help } if self.selection.has(*code) => {
                let mut finding = self.finding(source, site, *code, reason);
                finding.before = *before;
                finding.help = help.clone().unwrap_or(finding.help);
                Diagnosed::Found(Box::new(finding))
            }
            Verdict::Rewrite(_) | Verdict::Manual { .. } => Diagnosed::Unselected,
        }
    }

    fn finding(&self, source: &Source, site: &Site, code: Code, reason: &str) -> Finding {
        let diagnostic = self.rules.diagnostic(code);
        let line = |offset| source.position(offset).line;
        let call = if site.call.path == site.at.path { &site.call } else { &site.at };
        Finding {
            code,
            name: diagnostic.map(|diagnostic| diagnostic.name.clone()).unwrap_or_default(),
            severity: diagnostic.map_or(Severity::Warning, |diagnostic| diagnostic.severity),
            message: diagnostic.map(|diagnostic| diagnostic.message.replace("{reason}", reason)).unwrap_or_default(),
            help: diagnostic.map(|diagnostic| diagnostic.help.clone()).unwrap_or_default(),
            span: site.at.range(),
            start: source.position(site.at.start),
            end: source.position(site.at.end),
            call_span: call.range(),
            call_lines: (line(call.start), line(call.end)),
            callee: site.callee.clone(),
            relationship: site.relationship.clone(),
            before: None,
            after: None,
            fix: None,
        }
    }

    fn rewritten(&self, source: &Source, site: &Site, rewrite: &Rewrite, planned: Result<Planned, String>) -> Finding {
        let mut finding = self.finding(source, site, rewrite.code, "");
        finding.before = Some(rewrite.before);
        match planned {
            Ok(planned) => {
                finding.after = Some(rewrite.after);
                finding.fix = Some(Fix {
                    applicability: Applicability::Safe,
                    edits: planned.edits,
                    lost: lost(rewrite),
                    notes: rewrite.notes.iter().cloned().chain(planned.notes).collect(),
                });
            }
            Err(reason) => finding.help = format!("write `{}` by hand: {reason}", rewrite.after),
        }
        finding
    }
}

fn lost(rewrite: &Rewrite) -> CascadeOptions {
    rewrite.before.minus(rewrite.after)
}
