//! What a branch changes goes in; the text of its pull request comes out, for a reviewer who never heard of this program.

use super::count;
use super::graph::mermaid;
use super::markdown::{Sections, fitted, joined, why};
use super::markup::{fenced, prose};
use super::summary::{asyncio, what_is_fixed};
use super::verification::verification_markdown;
use crate::graph::DeleteGraph;
use crate::outcome::{FileOutcome, Finding, Outcome, Status};
use crate::policy::Applicability;
use crate::verify::Verification;

/// How many lines a graph may have: hosts draw no more than some hundred, and nobody could follow more.
const MOST_LINES: usize = 60;

/// What is told of a branch.
pub struct PullRequest<'a> {
    /// The files of the branch, with what is carried out.
    pub outcome: &'a Outcome,
    /// The command that makes the same changes.
    pub command: &'a str,
    /// How many findings there are elsewhere, which no branch is made for.
    pub elsewhere: usize,
    /// What SQLAlchemy said of them, where it was asked.
    pub verification: Option<&'a Verification>,
}

/// The text, as long as hosts take it.
pub fn pull_request_text(request: &PullRequest<'_>) -> String {
    fitted(|most| text(request, most))
}

fn text(request: &PullRequest<'_>, most: usize) -> String {
    let PullRequest { outcome, command, elsewhere, verification } = request;
    let sections = Sections { outcome, most };
    let of = |applicability| {
        move |finding: &Finding| finding.fix.as_ref().is_some_and(|fix| fix.applicability == applicability)
    };
    let (safe, is_unsafe) = (of(Applicability::Safe), of(Applicability::Unsafe));
    let parts = [
        Some(why(outcome).to_owned()),
        asyncio(outcome).map(|sentence| prose(&sentence)),
        Some(origin(outcome)),
        Some(fenced("console", command)),
        Some(sections.fixes("What changes", safe)),
        outcome.unsafe_fixes.then(|| sections.fixes("Unsafe fixes, in a commit of their own", is_unsafe)),
        Some(sections.behaviour()),
        Some(sections.calls()),
        Some(sections.held_back()),
        Some(sections.needing_human()),
        Some(sections.information()),
        Some(sections.not_checked()),
        (*elsewhere > 0).then(|| {
            let number = count(*elsewhere, "finding");
            format!("Held back or for a human in other files: {number}, which `cascade-fix check` lists.")
        }),
        graph(outcome),
        verification.map(|verification| {
            let table = verification_markdown(verification, most);
            format!("### What SQLAlchemy says (`cascade-fix verify`)\n\n{table}")
        }),
        Some(revert(outcome)),
    ];
    joined(parts.into_iter().flatten())
}

/// How much is changed, and by what.
fn origin(outcome: &Outcome) -> String {
    let (totals, version) = (outcome.totals(), env!("CARGO_PKG_VERSION"));
    let files = outcome.files.iter().filter(|file| matches!(file.status, Status::Changed(_))).count();
    let fixed = totals.fixable_safe + if outcome.unsafe_fixes { totals.fixable_unsafe } else { 0 };
    let (fixed, files) = (count(fixed, what_is_fixed(outcome)), count(files, "file"));
    format!("This changes {fixed} in {files}. It was made by cascade-fix {version}, and this command makes it again:")
}

/// What is deleted with what.
fn graph(outcome: &Outcome) -> Option<String> {
    let is_changed = |file: &&FileOutcome| file.findings.iter().any(|finding| finding.fix.is_some());
    let changed = Outcome { files: outcome.files.iter().filter(is_changed).cloned().collect(), ..Outcome::default() };
    let graph = DeleteGraph::of(&Outcome { unsafe_fixes: outcome.unsafe_fixes, ..changed });
    let lines = graph.graph.edge_count();
    let title = format!("What is deleted with what: {}", count(lines, "relationship"));
    let body = match lines {
        0 => return None,
        1..=MOST_LINES => {
            let legend = "✎ is a list that is rewritten, with which deletes cascade as before. Thick lines delete rows that others may \
                          share; dotted ones no longer delete, or not yet.";
            format!("{legend}\n\n{}", fenced("mermaid", &mermaid(&graph)))
        }
        _ => "Too many to be drawn here: `cascade-fix graph --format svg` draws them.".to_owned(),
    };
    Some(format!("<details>\n<summary><b>{title}</b></summary>\n\n{body}\n\n</details>"))
}

fn revert(outcome: &Outcome) -> String {
    let data = if outcome.unsafe_fixes {
        "The unsafe fixes have a commit of their own, which can be reverted alone; rows that were deleted meanwhile because of one are \
         not brought back by that."
    } else {
        "The change is in Python code alone: no schema, no migration and no data goes with it."
    };
    format!(
        "### How to revert\n\nRevert the merge, as with any other change (`git revert -m 1 <merge commit>`, or `git revert <commit>` where \
         it was squashed). {data}"
    )
}
