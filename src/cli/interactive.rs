//! `fix --interactive`: each change is shown and asked about on the terminal; what was chosen is written when all is answered.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use console::{Key, Term};
use foldhash::HashSet;

use super::Job;
use super::args::{CommandLine, Common};
use crate::analysis::{Analysis, Request, Unsaved};
use crate::apply::apply;
use crate::choice::{Choice, Chosen, Decision, FixVariant, Fixes, are_suppressed, comments, read_list, site};
use crate::module::Location;
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::policy::Applicability;
use crate::report::{Applied, PatchFolder, write_change};
use crate::rewrite::FileEdit;
use crate::sqlalchemy::cascade::CascadeOptions;

/// What can be answered, and what it does.
const KEYS: [(char, &str); 8] = [
    ('y', "apply it"),
    ('n', "leave it as it is"),
    ('a', "apply it and all later ones of this file that y applies"),
    ('q', "stop; what was confirmed so far is applied, the rest stays"),
    ('e', "type the list to write instead"),
    ('u', "apply the unsafe fix"),
    ('s', "suppress it with a comment"),
    ('?', "print this help"),
];

/// Runs the command.
///
/// # Errors
/// There is no terminal, or one of the runs fails: then nothing is written.
pub(super) fn fix(arguments: &CommandLine, common: &Common, exit_non_zero_on_fix: bool) -> anyhow::Result<u8> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        bail!("--interactive asks on a terminal, and there is none; run it in one, or run `fix` without it");
    }
    let job = super::job(common, &super::root()?)?;
    super::start_threads(job.reach.walk.threads)?;
    let mut dialogue = Dialogue::new(arguments, job)?;
    dialogue.ask_all()?;
    let Dialogue { fixes, chosen, .. } = dialogue;
    let mut outcome = fixes.carried_out(&chosen);
    let written = super::write_files(&mut outcome)?;
    let applied = applied(&outcome, &chosen, &written);
    super::print(|_, out| super::write_paths(&outcome, out))?;
    super::summarize(arguments, common, &outcome, Some(applied), true)?;
    Ok(super::status_of_fix(&outcome, applied, exit_non_zero_on_fix))
}

fn applied(outcome: &Outcome, chosen: &[Chosen], written: &HashSet<Arc<Path>>) -> Applied {
    let is_done =
        |one: &&Chosen| one.decision == Decision::Fix && one.edits.iter().all(|edit| written.contains(&edit.path));
    let done: Vec<&Chosen> = chosen.iter().filter(is_done).collect();
    let findings = done.iter().map(|one| one.findings).sum();
    let files: HashSet<&Arc<Path>> = done.iter().flat_map(|one| &one.edits).map(|edit| &edit.path).collect();
    let totals = outcome.totals();
    let left = (totals.fixable_safe + totals.fixable_unsafe).saturating_sub(findings);
    Applied { findings, files: files.len(), left }
}

/// What is known while questions are asked. Nothing is written meanwhile.
struct Dialogue {
    analysis: Analysis,
    request: Request,
    fixes: Fixes,
    chosen: Vec<Chosen>,
    /// What is still to be asked about.
    open: VecDeque<Choice>,
    screen: Screen,
}

impl Dialogue {
    fn new(arguments: &CommandLine, job: Job) -> anyhow::Result<Self> {
        let Job { reach, mut request } = job;
        let (analysis, fixes) = super::while_shown(arguments, |counter| {
            let analysis = Analysis::of(reach, counter)?;
            let fixes = fixes(&analysis, &mut request)?;
            anyhow::Ok((analysis, fixes))
        })?;
        let open = fixes.changes().into();
        Ok(Self { analysis, request, fixes, chosen: Vec::new(), open, screen: Screen::new()? })
    }

    fn ask_all(&mut self) -> anyhow::Result<()> {
        let mut rest_of: Option<Arc<Path>> = None;
        while let Some(change) = self.open.front().cloned() {
            let file = &change.sites[0].path;
            if rest_of.as_ref() == Some(file) && self.fixes.offers(&change, FixVariant::Proposed) {
                self.choose(change, FixVariant::Proposed);
                continue;
            }
            self.show(&change)?;
            match self.ask(&change)? {
                'y' => self.choose(change, FixVariant::Proposed),
                'u' => self.choose(change, FixVariant::Unsafe),
                'a' => {
                    rest_of = Some(Arc::clone(file));
                    self.choose(change, FixVariant::Proposed);
                }
                'n' => self.decide(change, Decision::Leave, 0, Vec::new()),
                'e' => self.edit(&change)?,
                's' => self.suppress(change)?,
                _ => break,
            }
        }
        Ok(())
    }

    fn choose(&mut self, change: Choice, variant: FixVariant) {
        let edits = self.fixes.edits(&change, variant);
        let findings = self.fixes.findings(&change, variant).len();
        self.decide(change, Decision::Fix, findings, edits);
    }

    /// The next change is answered.
    fn decide(&mut self, change: Choice, decision: Decision, findings: usize, edits: Vec<FileEdit>) {
        self.open.pop_front();
        self.chosen.push(Chosen { change, edits, findings, decision });
    }

    /// The fixes of a change with their reasons.
    fn show(&self, change: &Choice) -> anyhow::Result<()> {
        let variants = [(FixVariant::Proposed, 'y'), (FixVariant::Unsafe, 'u')];
        let offered: Vec<_> = variants.into_iter().filter(|(variant, _)| self.fixes.offers(change, *variant)).collect();
        for (variant, key) in &offered {
            let alone = self.fixes.alone(change, *variant);
            let is_unsafe = alone.findings().any(|(_, finding)| is_unsafe(finding));
            let kind = if is_unsafe { "an unsafe fix" } else { "a safe fix" };
            self.screen.say("")?;
            if is_unsafe || offered.len() > 1 {
                self.screen.say(&format!("{key} applies {kind}:"))?;
            }
            self.screen.change(&alone)?;
        }
        Ok(())
    }

    /// One of the keys that are offered.
    fn ask(&self, change: &Choice) -> anyhow::Result<char> {
        let is_offered = |key: char| match key {
            'y' | 'a' => self.fixes.offers(change, FixVariant::Proposed),
            'u' => self.fixes.offers(change, FixVariant::Unsafe),
            'e' => !self.fixes.lists(change).is_empty(),
            _ => true,
        };
        let offered: Vec<_> = KEYS.into_iter().filter(|(key, _)| is_offered(*key)).collect();
        let letters: Vec<_> = offered.iter().map(|(key, _)| key.to_string()).collect();
        let number = self.chosen.len() + 1;
        let total = self.chosen.len() + self.open.len();
        loop {
            self.screen.prompt(&format!("({number}/{total}) Apply this change [{}]? ", letters.join(",")))?;
            match self.screen.key()? {
                None => return Ok('q'),
                Some(key) if key != '?' && offered.iter().any(|(known, _)| *known == key) => return Ok(key),
                Some(_) => {
                    offered.iter().try_for_each(|(key, what)| self.screen.say(&format!("{key}  {what}")))?;
                    self.screen.say("Ctrl-C  stop; nothing is written")?;
                }
            }
        }
    }

    /// Asks for lists, and for the fixes with them; the change is asked about anew then.
    fn edit(&mut self, change: &Choice) -> anyhow::Result<()> {
        let mut lists = self.request.lists.clone();
        for list in self.fixes.lists(change) {
            if let Some(options) = self.ask_list(&list)? {
                lists.extend(list.iter().map(|(file, finding)| (site(file, finding), options)));
            }
        }
        if lists == self.request.lists {
            return Ok(());
        }
        let known = std::mem::replace(&mut self.request.lists, lists);
        let fixes = fixes(&self.analysis, &mut self.request)?;
        if let Err(reason) = self.take(change, fixes) {
            self.request.lists = known;
            self.screen.say(&format!("That can't be written: {reason}"))?;
        }
        Ok(())
    }

    /// None where the list that is proposed is to stay.
    fn ask_list(&self, list: &[(&FileOutcome, &Finding)]) -> anyhow::Result<Option<CascadeOptions>> {
        let (file, finding) = list[0];
        let name = finding.relationship_name().map(|name| format!("{name} ")).unwrap_or_default();
        let proposed = finding.written().unwrap_or_default();
        loop {
            let place = format!("{}:{}", file.display, finding.start);
            self.screen.prompt(&format!("List for {name}({place}; Enter for {proposed}): "))?;
            match self.screen.line()?.as_deref().map(str::trim) {
                None | Some("") => return Ok(None),
                Some(typed) => match read_list(typed) {
                    Ok(options) => return Ok(Some(options)),
                    Err(reason) => self.screen.say(&reason)?,
                },
            }
        }
    }

    /// Goes on with other fixes, unless the change has none there, or what is answered already would become another.
    fn take(&mut self, change: &Choice, fixes: Fixes) -> Result<(), String> {
        fixes.has_fixes(change)?;
        let decided: HashSet<&Location> = self.chosen.iter().flat_map(|one| &one.change.sites).collect();
        let changes = fixes.changes();
        let (answered, open): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| change.sites.iter().any(|site| decided.contains(site)));
        if answered.iter().any(|change| change.sites.iter().any(|site| !decided.contains(site))) {
            return Err("it would become one with a change that is answered already".to_owned());
        }
        self.open = open.into();
        self.fixes = fixes;
        Ok(())
    }

    /// Comments, if they do suppress the change's findings.
    fn suppress(&mut self, change: Choice) -> anyhow::Result<()> {
        let refused = match comments(&self.fixes, &change) {
            Err(reason) => reason,
            Ok(edits) if self.suppresses(&change, &edits)? => {
                self.decide(change, Decision::Suppress, 0, edits);
                return Ok(());
            }
            Ok(_) => "a comment above the statement has no effect here".to_owned(),
        };
        self.screen.say(&format!("It can't be suppressed: {refused}"))
    }

    fn suppresses(&self, change: &Choice, edits: &[FileEdit]) -> anyhow::Result<bool> {
        let paths: HashSet<&Arc<Path>> = edits.iter().map(|edit| &edit.path).collect();
        for path in paths {
            let of_file = edits.iter().filter(|edit| edit.path == *path).map(|edit| &edit.edit).collect();
            let Some(source) = self.fixes.source(path) else { return Ok(false) };
            let Ok(bytes) =
                apply(source, of_file).and_then(|after| after.to_bytes().map_err(|error| error.to_string()))
            else {
                return Ok(false);
            };
            let unsaved = Unsaved { path: Some(path.to_path_buf()), bytes };
            let after = self.analysis.of_unsaved(vec![unsaved])?.outcome(&self.request);
            if !are_suppressed(&self.fixes, change, edits, path, &after?) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn is_unsafe(finding: &Finding) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Unsafe)
}

/// What the request proposes, and what could be done beyond that.
fn fixes(analysis: &Analysis, request: &mut Request) -> anyhow::Result<Fixes> {
    let mut fixes = Fixes { proposed: analysis.outcome(request)?, all: None };
    if !request.unsafe_fixes && fixes.proposed.findings().any(|(_, finding)| is_unsafe(finding)) {
        request.unsafe_fixes = true;
        let all = analysis.outcome(request);
        request.unsafe_fixes = false;
        fixes.all = Some(all?);
    }
    Ok(fixes)
}

/// The terminal. Its modes are other ones only while a key is awaited; Ctrl-C ends the process then as elsewhere.
struct Screen {
    color: bool,
    /// What the names of files are relative to.
    folder: PatchFolder,
}

impl Screen {
    fn new() -> anyhow::Result<Self> {
        let color = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        Ok(Self { color, folder: PatchFolder::at(&super::working_directory()?) })
    }

    fn write(&self, text: &str) -> anyhow::Result<()> {
        let mut out = super::terminal::stderr();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("can't write to stderr")
    }

    fn say(&self, line: &str) -> anyhow::Result<()> {
        self.write(&format!("{line}\n"))
    }

    fn prompt(&self, question: &str) -> anyhow::Result<()> {
        let bold = anstyle::Style::new().bold();
        if self.color { self.write(&format!("{bold}{question}{bold:#}")) } else { self.write(question) }
    }

    fn change(&self, alone: &Outcome) -> anyhow::Result<()> {
        let mut out = super::terminal::stderr();
        write_change(alone, &self.folder, self.color, &mut out)
            .and_then(|()| out.flush())
            .context("can't write to stderr")
    }

    /// A key, shown as the terminal would; `?` for one without a letter, and Enter for none. None at the end of the input.
    fn key(&self) -> anyhow::Result<Option<char>> {
        let mut read = Term::stderr().read_key();
        // some end each answer with it
        while matches!(read, Ok(Key::Enter)) {
            read = Term::stderr().read_key();
        }
        let key = match read {
            Ok(Key::Char('\u{4}')) => None,
            Ok(Key::Char(key)) if !key.is_control() => Some(key),
            Ok(Key::UnknownEscSeq(_)) => {
                forget_input();
                Some('?')
            }
            Ok(_) => Some('?'),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(error).context("can't read from the terminal; nothing was written"),
        };
        self.say(&key.map(String::from).unwrap_or_default())?;
        Ok(key)
    }

    /// A line as the terminal lets it be typed. None at the end of the input.
    fn line(&self) -> anyhow::Result<Option<String>> {
        let mut line = String::new();
        let length = io::stdin().read_line(&mut line).context("can't read from the terminal; nothing was written")?;
        Ok((length > 0).then_some(line))
    }
}

/// The rest of a key that sends several characters is no answer.
fn forget_input() {
    #[cfg(unix)]
    let _ = nix::sys::termios::tcflush(io::stdin(), nix::sys::termios::FlushArg::TCIFLUSH);
}
