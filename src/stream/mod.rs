//! Lines of JSON go in, each with the text of a file; as many come out, in the same order.
//!
//! What is kept is bounded by the lines that are answered together: the files of a repository are on disk until its last line has come.

mod answer;
mod record;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use rayon::prelude::*;
use tempfile::TempDir;

use crate::analysis::{Analysis, Reach, Request, Unsaved};
use crate::checks::OF_MODULES;
use crate::discover::WalkOptions;
use crate::outcome::Outcome;
use crate::report::JsonFindings;
use crate::repository::PathBase;
use crate::settings::Lookup;
use crate::source::Kind;

use answer::{AnswerBody, AnswerOptions, line, said, to_mistake};
use record::{Id, Mistake, Record};

pub use record::{Line, MOST_OF_LINE};

/// Why the repository of a file alone is unknown.
const ALONE: &str = "the file was looked at without the rest of its repository";
const NO_PYTHON: &str = "no file with Python, by its name";

/// What is done with each file.
#[derive(Debug, Clone, Copy)]
pub struct StreamOptions {
    /// Whether the fixed text is told.
    pub fix: bool,
    /// Whether that has the unsafe fixes too.
    pub unsafe_fixes: bool,
    /// 0 for one per core.
    pub threads: usize,
}

/// Answers lines.
pub struct Stream {
    options: StreamOptions,
    settings: Arc<Lookup>,
    /// The empty repository of each file that is alone.
    empty: TempDir,
    /// The lines without a repository that are answered together.
    alone: Vec<(usize, Result<Record, Mistake>)>,
    /// The repository whose lines are coming.
    open: Option<Gathered>,
}

/// The lines of one repository so far.
struct Gathered {
    name: String,
    folder: TempDir,
    members: Vec<Member>,
    paths: HashSet<PathBuf>,
}

enum Member {
    /// A line that gives no file to the repository.
    Answered(Vec<u8>),
    File {
        number: usize,
        id: Id,
        path: String,
        file: PathBuf,
    },
}

impl Stream {
    /// Settings are those of all files, whatever stands in their repositories.
    ///
    /// # Errors
    /// No temporary folder can be made.
    pub fn new(settings: Lookup, options: StreamOptions) -> io::Result<Self> {
        let (settings, empty) = (Arc::new(settings), repository_folder()?);
        Ok(Self { options, settings, empty, alone: Vec::new(), open: None })
    }

    /// Takes lines, and writes the answers that can be given by now: all but those of a repository whose last line may be to come.
    ///
    /// # Errors
    /// An answer can't be written, or a repository has no folder.
    pub fn take(&mut self, lines: Vec<Line>, out: &mut dyn Write) -> io::Result<()> {
        let read = lines.into_par_iter().map(|line| (line.number, Record::read(&line)));
        let read: Vec<(usize, Result<Record, Mistake>)> = read.collect();
        for (number, record) in read {
            match (record, &mut self.open) {
                (Err(mistake), Some(open)) => open.members.push(Member::Answered(to_mistake(number, &mistake))),
                (Ok(Record { repository: Some(name), id, path, inside, content }), _) => {
                    let open = self.opened(name, out)?;
                    open.add(number, id, path, &inside, &content);
                }
                (record, _) => {
                    self.close(out)?;
                    self.alone.push((number, record));
                }
            }
        }
        self.answer_alone(out)?;
        out.flush()
    }

    /// Writes the answers that are left when the last line has come.
    ///
    /// # Errors
    /// An answer can't be written.
    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.close(out)?;
        out.flush()
    }

    /// The repository of a name, after what came before it is answered.
    fn opened(&mut self, name: String, out: &mut dyn Write) -> io::Result<&mut Gathered> {
        self.answer_alone(out)?;
        if self.open.as_ref().is_some_and(|open| open.name != name) {
            self.close(out)?;
        }
        let open = match self.open.take() {
            Some(open) => open,
            None => Gathered::new(name)?,
        };
        Ok(self.open.insert(open))
    }

    fn answer_alone(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let lines = std::mem::take(&mut self.alone);
        let answers: Vec<Vec<u8>> = lines.into_par_iter().map(|(number, line)| self.alone(number, line)).collect();
        answers.iter().try_for_each(|answer| out.write_all(answer))
    }

    /// The answer to a file that nothing else is known of.
    fn alone(&self, number: usize, read: Result<Record, Mistake>) -> Vec<u8> {
        let Record { id, path, inside, content, .. } = match read {
            Ok(record) => record,
            Err(mistake) => return to_mistake(number, &mistake),
        };
        if Kind::of(&inside).is_none() {
            return line(&id, Some(&path), AnswerBody::Skipped { skipped: NO_PYTHON });
        }
        let file = self.empty.path().join(inside);
        let unsaved = vec![Unsaved { path: Some(file.clone()), bytes: content.into_bytes() }];
        match self.outcome(Vec::new(), unsaved, Some(ALONE), 1) {
            Ok(outcome) => line(&id, Some(&path), self.said(&JsonFindings::of(&outcome), &file, number, true)),
            Err(error) => line(&id, Some(&path), AnswerBody::Wrong { line: number, error: &error }),
        }
    }

    /// Writes the answers of the repository that is open, if one is.
    fn close(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(Gathered { folder, members, .. }) = self.open.take() else { return Ok(()) };
        let outcome = self.outcome(vec![folder.path().to_owned()], Vec::new(), None, self.options.threads);
        let findings = outcome.as_ref().map(JsonFindings::of);
        members.into_iter().try_for_each(|member| match member {
            Member::Answered(answer) => out.write_all(&answer),
            Member::File { number, id, path, file } => {
                let answer = match &findings {
                    _ if Kind::of(&file).is_none() => AnswerBody::Skipped { skipped: NO_PYTHON },
                    Ok(findings) => self.said(findings, &file, number, false),
                    Err(error) => AnswerBody::Wrong { line: number, error },
                };
                out.write_all(&line(&id, Some(&path), answer))
            }
        })
    }

    fn said<'a>(&self, findings: &JsonFindings<'a>, file: &Path, number: usize, alone: bool) -> AnswerBody<'a> {
        let fix = self.options.fix;
        let known = findings.file(file);
        known.map_or_else(
            || AnswerBody::nothing(alone),
            |file| said(file, findings, number, AnswerOptions { alone, fix }),
        )
    }

    fn outcome(
        &self,
        paths: Vec<PathBuf>,
        unsaved: Vec<Unsaved>,
        unseen: Option<&'static str>,
        threads: usize,
    ) -> Result<Outcome, String> {
        // whoever names a file wants an answer
        let walk = WalkOptions { no_ignore: true, no_force_exclude: true, are_changed: false, threads };
        let (settings, base) = (Arc::clone(&self.settings), PathBase::Repository);
        let reach = Reach { paths, unsaved, walk, settings, base, unseen, checks: OF_MODULES };
        let request = Request { unsafe_fixes: self.options.unsafe_fixes, ..Request::default() };
        Analysis::outcome_of(reach, &request)
    }
}

impl Gathered {
    fn new(name: String) -> io::Result<Self> {
        Ok(Self { name, folder: repository_folder()?, members: Vec::new(), paths: HashSet::default() })
    }

    /// Adds a file, and its line.
    fn add(&mut self, number: usize, id: Id, path: String, inside: &Path, content: &str) {
        let file = self.folder.path().join(inside);
        let reason = match self.paths.insert(inside.to_owned()) {
            true => write(&file, content).err().map(|error| format!("no file of this path can be made: {error}")),
            false => Some("the path came before, in a line of the same repository".to_owned()),
        };
        self.members.push(match reason {
            Some(reason) => Member::Answered(to_mistake(number, &Mistake { id, path: Some(path), reason })),
            None => Member::File { number, id, path, file },
        });
    }
}

/// An empty folder that is a repository of its own, wherever temporary folders are.
fn repository_folder() -> io::Result<TempDir> {
    let folder = TempDir::with_prefix("cascade-fix-")?;
    fs::create_dir(folder.path().join(".git"))?;
    Ok(folder)
}

fn write(file: &Path, content: &str) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(file, content)
}
