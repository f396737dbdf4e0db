//! What a commit says, and whether one was made by this program and left as it was.

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

    fn body(self) -> &'static str {
        match self {
            Self::Safe => {
                "`all` silently includes refresh-expire: after `await session.refresh(parent)`\n\
                 the related objects are expired, and reading them raises MissingGreenlet.\n\
                 Nothing else changes."
            }
            Self::Unsafe => {
                "These fixes are unsafe: they change what someone can notice. The text of\n\
                 the pull request says what."
            }
            Self::BlameIgnoreRevs => "git blame --ignore-revs-file .git-blame-ignore-revs passes over them.",
        }
    }
}

const TREE: &str = "Cascade-Fix-Tree: ";

/// The message of a commit with a tree: what it does, by which command and version, and the tree, by which the commit is known again.
pub fn commit_message(kind: CommitKind, about: Option<&str>, command: &str, tree: &str) -> String {
    let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{}{about}\n\n{}\n\nMade by cascade-fix {version}:\n\n    {command}\n\n{TREE}{tree}\n",
        kind.subject(),
        kind.body()
    )
}

/// Whether a commit with such a message and such a tree is as it was made: a person who amends it changes one of them.
pub fn is_made_by_us(message: &str, tree: &str) -> bool {
    message.lines().any(|line| line.strip_prefix(TREE) == Some(tree))
}
