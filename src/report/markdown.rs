//! An outcome goes in; what a reviewer wants to know of it comes out as Markdown, section by section.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::markup::{code, prose};
use super::notes::{CommonNote, Notes};
use super::remarks::{Remark, remarks};
use super::summary::{asyncio, sentences};
use crate::model::Relationship;
use crate::outcome::{FileOutcome, Finding, Outcome, ToldCall};
use crate::policy::{Note, NoteKind, first_of};
use crate::reach::Level;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

/// How long a text may be on the host with the least room, in bytes: GitHub takes 65,536 characters.
const MOST_BYTES: usize = 65_000;

/// Why the fixes are made, in a few sentences.
pub(super) fn why(outcome: &Outcome) -> &'static str {
    if outcome.may_run_under_asyncio() { UNDER_ASYNCIO } else { WITHOUT_ASYNCIO }
}

const WITHOUT_ASYNCIO: &str = "`cascade=\"all\"` silently includes `refresh-expire`: `session.refresh(parent)` and \
    `session.expire(parent)` expire the related objects too, and throw away edits of them that are not saved. This code does not run under \
    asyncio, where the next read of one of them can raise `MissingGreenlet`; here it is a query. SQLAlchemy's documentation advises to \
    [list the cascades](https://docs.sqlalchemy.org/en/20/orm/cascades.html).";

const UNDER_ASYNCIO: &str = "`cascade=\"all\"` silently includes `refresh-expire`: where a relationship is not loaded eagerly (by its \
    `lazy`, or by an option of the query), `await session.refresh(parent)` expires the related objects that are loaded, and the next \
    attribute read on one of them raises `MissingGreenlet`. SQLAlchemy's \
    documentation advises [not to use `all` under asyncio](https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html\
    #preventing-implicit-io-when-using-asyncsession) but to [list the cascades](https://docs.sqlalchemy.org/en/20/orm/cascades.html).";

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", fitted(|most| report(&Sections { outcome, most })))
}

fn report(sections: &Sections<'_>) -> String {
    let outcome = sections.outcome;
    let summary = format!("**{}**", prose(&sentences(outcome, None).join("; ")));
    let fixable = sections.fixes("What `cascade-fix fix` changes", |finding| sections.is_carried_out(finding));
    let why = (!fixable.is_empty()).then(|| why(outcome).to_owned());
    let parts = [
        Some("## cascade-fix".to_owned()),
        Some(summary),
        asyncio(outcome).map(|sentence| prose(&sentence)),
        why,
        Some(fixable),
        Some(sections.behaviour()),
        Some(sections.held_back()),
        Some(sections.needing_human()),
        Some(sections.information()),
        Some(sections.not_checked()),
    ];
    joined(parts.into_iter().flatten())
}

/// Parts that are not empty, with a blank line between them.
pub(super) fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The text with as many rows in each list as it has room for.
pub(super) fn fitted(write: impl Fn(usize) -> String) -> String {
    const ROWS: [usize; 9] = [usize::MAX, 500, 200, 100, 50, 20, 10, 5, 1];
    let mut text = String::new();
    for most in ROWS {
        text = write(most);
        if text.len() <= MOST_BYTES {
            break;
        }
    }
    text
}

/// What can be told of an outcome.
pub(super) struct Sections<'a> {
    pub outcome: &'a Outcome,
    /// How many rows a list has at most.
    pub most: usize,
}

impl<'a> Sections<'a> {
    /// A table of findings with what is written at each, site by site.
    pub fn fixes(&self, title: &str, is_meant: impl Fn(&Finding) -> bool) -> String {
        let rows = self.outcome.findings_by_weight().filter(|(_, finding)| finding.fix.is_some() && is_meant(finding));
        let rows = rows.map(|(file, finding)| {
            [
                place(file, finding),
                relationship(finding),
                finding.details.before().map(|before| code(&before.to_string())).unwrap_or_default(),
                prose(&to_write(finding)),
                today(finding),
                told(finding),
            ]
        });
        self.table(title, ["where", "relationship", "before", "after", "today", WHAT_IT_IS], rows.collect())
    }

    /// What changes in behaviour, and what does not: each note once, with the relationships that it is about.
    pub fn behaviour(&self) -> String {
        let notes = Notes::of(self.outcome.findings_by_weight().filter(|(_, finding)| self.is_carried_out(finding)));
        let items = |kind: NoteKind| {
            let is_meant = |common: &&CommonNote<'_>| common.note.kind == kind;
            notes.all.iter().filter(is_meant).map(item_of_note).collect::<Vec<_>>()
        };
        let changes = self.list("What changes in behaviour", &self.refreshes(), items(NoteKind::Behaviour));
        let form = self.list("How it is written, and what changes in form alone", "", items(NoteKind::Form));
        let stays = self.list("What stays, and can be looked at again", "", items(NoteKind::Kept));
        joined([changes, form, self.expunge(), stays]).trim_end().to_owned()
    }

    /// What the loss of refresh-expire changes; empty where it stays.
    fn refreshes(&self) -> String {
        if !self.lost().contains(CascadeOption::RefreshExpire) {
            return String::new();
        }
        let refresh =
            if self.outcome.may_run_under_asyncio() { REFRESH.to_owned() } else { REFRESH.replace("await ", "") };
        let refreshing = self.outcome.noticed.iter().find(|(option, _)| *option == CascadeOption::RefreshExpire);
        match refreshing {
            Some((_, places)) if places.is_empty() => format!("{}\n\n{NO_REFRESH}\n", refresh.trim_end()),
            _ => refresh,
        }
    }

    /// From which classes expunge goes without anybody noticing.
    fn expunge(&self) -> String {
        let is_meant = |finding: &Finding| {
            self.is_carried_out(finding) && finding.notes().any(|note| note.kind == NoteKind::ExpungeUnnoticed)
        };
        let findings = self.outcome.findings().filter(|(_, finding)| is_meant(finding));
        let class = |(file, finding): (&FileOutcome, &Finding)| {
            let owner = finding.relationship.as_ref().and_then(|known| known.owner.as_deref());
            owner.map_or_else(|| place(file, finding), code)
        };
        let classes: Vec<String> = findings.map(class).collect::<BTreeSet<_>>().into_iter().collect();
        if classes.is_empty() {
            return String::new();
        }
        format!(
            "### What nothing notices\n\nexpunge is left out too where no `expunge(obj)` of the repository is given an object that leads to it, and no relationship \
             with delete-orphan leads to the class: {}.",
            first_of(&classes, self.most, String::clone)
        )
    }

    /// The calls that refresh or expire objects which lead to the relationships of the fixes, or may.
    pub fn calls(&self) -> String {
        let mut calls: BTreeMap<(&str, usize), NoticingCall<'_>> = BTreeMap::new();
        let mut add = |call: &'a ToldCall, to: Option<String>| {
            let known = calls.entry((&call.path, call.start.byte));
            known.or_insert_with(|| NoticingCall { call, to: BTreeSet::new() }).to.extend(to);
        };
        for (_, finding) in self.outcome.findings().filter(|(_, finding)| self.is_carried_out(finding)) {
            let Some(reach) = &finding.details.reach else { continue };
            reach.calls.iter().for_each(|call| add(call, finding.relationship_name()));
            reach.open.iter().for_each(|call| add(call, None));
        }
        let (certain, open): (Vec<_>, Vec<_>) = calls.values().partition(|coming| !coming.to.is_empty());
        let items = certain.into_iter().chain(open).map(NoticingCall::told).collect();
        self.list("Calls that notice it", "", items)
    }

    /// The options that the fixes leave out.
    fn lost(&self) -> CascadeOptions {
        let carried_out = self.outcome.findings().filter(|(_, finding)| self.is_carried_out(finding));
        CascadeOptions::union(carried_out.map(|(_, finding)| finding.details.lost()))
    }

    /// The fixes that are not carried out because someone can notice them.
    pub fn held_back(&self) -> String {
        let is_held_back = |finding: &Finding| finding.fix.as_ref().is_some_and(|fix| !self.outcome.carries_out(fix));
        let findings = || self.outcome.findings_by_weight().filter(|(_, finding)| is_held_back(finding));
        let notes = Notes::of(findings());
        let rows = findings().map(|(file, finding)| {
            let is_own = |note: &&Note| notes.shared().all(|common| common.note.text != note.text);
            [
                place(file, finding),
                relationship(finding),
                format!("{} {}", finding.code, prose(&finding.message)),
                prose(&to_write(finding)),
                finding.notes().filter(is_own).map(|note| prose(&note.text)).collect::<Vec<_>>().join("; "),
                told(finding),
            ]
        });
        let title = "Held back: unsafe fixes, which `--unsafe-fixes` applies";
        let heads = ["where", "relationship", "what", "it would write", "what changes with it", WHAT_IT_IS];
        let shared = notes.shared().map(item_of_note).collect();
        let shared = self.list("What changes with several of those that are held back", "", shared);
        joined([self.table(title, heads, rows.collect()), shared]).trim_end().to_owned()
    }

    /// The findings that need a human.
    pub fn needing_human(&self) -> String {
        let rows = self.outcome.findings_by_weight().filter(|(_, finding)| finding.needs_human());
        let rows = rows.map(|(file, finding)| {
            let what = format!("{} {}", finding.code, prose(&finding.message));
            [place(file, finding), relationship(finding), what, prose(&finding.help), told(finding)]
        });
        self.table("For a human", ["where", "relationship", "what", "what to do", WHAT_IT_IS], rows.collect())
    }

    /// The findings about which nothing is to be done.
    pub fn information(&self) -> String {
        let rows = self.outcome.findings_by_weight().filter(|(_, finding)| finding.is_information());
        let rows = rows.map(|(file, finding)| {
            let what = format!("{} {}", finding.code, prose(&finding.message));
            [place(file, finding), relationship(finding), what]
        });
        self.table(
            "Information: the product does not run under asyncio",
            ["where", "relationship", "what"],
            rows.collect(),
        )
    }

    /// The files that were not checked, or not as a whole, and the comments that suppress nothing.
    pub fn not_checked(&self) -> String {
        let item = |remark: &Remark<'_>| format!("- {}: {}", code(&remark.place()), prose(&remark.text));
        let items = remarks(self.outcome).iter().map(item).collect();
        self.list("Not checked, or unused", "", items)
    }

    pub fn is_carried_out(&self, finding: &Finding) -> bool {
        finding.fix.as_ref().is_some_and(|fix| self.outcome.carries_out(fix))
    }

    fn table<const N: usize>(&self, title: &str, heads: [&str; N], rows: Vec<[String; N]>) -> String {
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        let head = format!("| {} |\n|{}", heads.join(" | "), " --- |".repeat(N));
        let head = if rows.is_empty() { "" } else { &*head };
        self.list(title, head, rows.iter().map(|row| line(row)).collect())
    }

    /// A folded list where it is long; nothing where it is empty.
    fn list(&self, title: &str, head: &str, items: Vec<String>) -> String {
        let number = items.len();
        if number == 0 && head.is_empty() {
            return String::new();
        }
        let shown = items.iter().take(self.most).cloned();
        let lines: Vec<String> = (!head.is_empty()).then(|| head.to_owned()).into_iter().chain(shown).collect();
        let more = number.saturating_sub(self.most);
        let more = match more {
            0 => String::new(),
            _ => format!("\n\n… and {more} more, which `cascade-fix check` lists"),
        };
        let body = lines.join("\n") + &more;
        if number <= MOST_UNFOLDED {
            return format!("### {title}\n\n{body}");
        }
        let summary = title.replace('`', "");
        format!("<details>\n<summary><b>{summary}</b> ({number})</summary>\n\n{body}\n\n</details>")
    }
}

/// A call, and the relationships that it certainly comes to.
struct NoticingCall<'a> {
    call: &'a ToldCall,
    to: BTreeSet<String>,
}

impl NoticingCall<'_> {
    fn told(&self) -> String {
        let ToldCall { path, start, kind, classes, unknown, .. } = self.call;
        let does = kind.does();
        let place = code(&format!("{path}:{}", start.line));
        let names =
            |names: &mut dyn Iterator<Item = &String>| names.map(|name| code(name)).collect::<Vec<_>>().join(", ");
        let to = names(&mut self.to.iter());
        match unknown {
            _ if !to.is_empty() => format!("- {place} {does} {}, which leads to {to}", names(&mut classes.iter())),
            Some(why) => format!("- {place} {does} an object that is not known: {}", prose(why)),
            None => format!("- {place} {does} {}, which may lead to one", names(&mut classes.iter())),
        }
    }
}

/// What the loss of refresh-expire means to whoever writes code.
const REFRESH: &str = "`Session.refresh(parent)` and `Session.expire(parent)`, called without attribute names, leave related objects that are \
    loaded as they are. One that the call does not load again then shows what was loaded before, and not the row as it is now, even if a query \
    gives it again. Code that wants the rows as they are now has `populate_existing` in that query, or refreshes each object itself: `await session.refresh(parent, [\"children\"])` reloads which there are, and not what stands in \
    those that are loaded.\n";
/// What is said besides where that reaches nothing.
const NO_REFRESH: &str = "Nothing that was found in the repository refreshes or expires a whole object.";
/// How many rows are shown before a section is folded.
const MOST_UNFOLDED: usize = 25;
/// How many relationships a note names.
const MOST_NAMED: usize = 10;

/// The column with the direction.
const WHAT_IT_IS: &str = "what it is, and how that is known";

/// Who reaches the relationship today, in a word.
fn today(finding: &Finding) -> String {
    finding.details.level().map(Level::name).unwrap_or_default().to_owned()
}

/// The direction with its evidence, or why it is not known.
fn told(finding: &Finding) -> String {
    let told = finding.relationship.as_ref().and_then(Relationship::told);
    told.map(|told| prose(&told)).unwrap_or_default()
}

/// What its fix writes: in words, or as its help says.
fn to_write(finding: &Finding) -> String {
    finding.written().unwrap_or_else(|| finding.help.clone())
}

fn item_of_note(common: &CommonNote<'_>) -> String {
    format!("- {} ({})", prose(&common.note.text), common.whose(MOST_NAMED, code))
}

fn place(file: &FileOutcome, finding: &Finding) -> String {
    code(&format!("{}:{}", file.display, finding.start.shown_line()))
}

/// `User.posts` → `Post`
fn relationship(finding: &Finding) -> String {
    let target = finding.relationship.as_ref().and_then(|known| known.target.as_ref());
    match (finding.relationship_name(), target) {
        (Some(name), Some(target)) => format!("{} → {}", code(&name), code(target)),
        (Some(name), None) => code(&name),
        (None, _) => String::new(),
    }
}
