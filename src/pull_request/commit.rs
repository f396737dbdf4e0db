//! What a commit says, and whether one was made by this program and left as it was.

use crate::git::Commit;

/// What a commit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitKind {
    /// The safe fixes.
    Safe,
    /// The unsafe fixes, which nobody has to take with the safe ones.
    Unsafe,
    /// The names of the commits above in `.git-blame-ignore-revs`.
    BlameIgnoreRevs,
}

impl CommitKind {
    fn subject(self) -> &'static str {
        match self {
            Self::Safe => "List SQLAlchemy cascades instead of `all`",
            Self::Unsafe => "Change SQLAlchemy cascades where that can be noticed",
            Self::BlameIgnoreRevs => "Leave the listed cascades out of git blame",
        }
    }

    fn body(self, is_async: bool) -> &'static str {
        match self {
            Self::Safe if !is_async => {
                "`all` silently includes refresh-expire: `session.refresh(parent)` and\n\
                 `session.expire(parent)` expire the related objects too, and throw away\n\
                 edits of them that are not saved. refresh-expire goes, and expunge where\n\
                 nothing can notice it. What a flush inserts, deletes and takes for an\n\
                 orphan stays the same, but for what refresh and expire did to related\n\
                 objects: expire them, and expunge pending ones where delete-orphan is set."
            }
            Self::Safe => {
                "`all` silently includes refresh-expire: where a relationship is not loaded\n\
                 eagerly, `session.refresh(parent)` expires the related objects too, and\n\
                 under asyncio reading them raises MissingGreenlet. refresh-expire goes, and\n\
                 expunge where nothing can notice it. What a flush inserts, deletes and takes\n\
                 for an orphan stays the same, but for what refresh and expire did to related\n\
                 objects: expire them, and expunge pending ones where delete-orphan is set."
            }
            Self::Unsafe => {
                "These fixes are unsafe: they change what someone can notice. The text of\n\
                 the pull request says what."
            }
            Self::BlameIgnoreRevs => "git blame --ignore-revs-file .git-blame-ignore-revs passes over them.",
        }
    }
}

const MADE: &str = "Cascade-Fix: ";

/// What a commit says: what it does, by which command and version, to code that may run under asyncio or does not.
pub fn commit_text(kind: CommitKind, about: Option<&str>, command: &str, is_async: bool) -> String {
    let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    format!("{}{about}\n\n{}\n\nMade by cascade-fix {version}:\n\n    {command}\n", kind.subject(), kind.body(is_async))
}

/// The whole message of a commit with a tree on a parent, by which it is known again.
pub fn commit_message(text: &str, tree: &str, parent: &str) -> String {
    format!("{text}\n{MADE}{tree} on {parent}\n")
}

/// Whether a commit is as it was made here: who amends it, or moves it onto another, changes its tree or its parent.
pub fn is_made_by_us(commit: &Commit) -> bool {
    let [parent] = &*commit.parents else { return false };
    let made = format!("{MADE}{} on {parent}", commit.tree);
    commit.message.lines().any(|line| line == made)
}
