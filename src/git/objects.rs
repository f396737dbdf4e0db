//! Files go in; the objects that git makes of them, and those that it has, come out: contents, trees, commits.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Context;
use foldhash::HashMap;

use super::{Git, names};

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Relative to the root, with `/`.
    pub path: String,
    /// As git has it: `100644`.
    pub mode: String,
    /// The name of its content.
    pub blob: String,
}

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The name of its tree.
    pub tree: String,
    /// Those that it was made of, also where they were not fetched.
    pub parents: Vec<String>,
    /// The message as it was written.
    pub message: String,
}

/// How a file of the work tree became what the commit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Byte for byte.
    Verbatim,
    /// Through git's filters: line endings, encodings, and the like.
    Filtered,
}

impl Git {
    /// The files of a commit by their names, where these are UTF-8; a submodule is one.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn files(&self, commit: &str) -> anyhow::Result<HashMap<String, TreeFile>> {
        let listed = names(&self.run(&["ls-tree", "-r", "-z", "--full-tree", commit])?);
        let file = |entry: &String| {
            let (told, path) = entry.split_once('\t')?;
            let mut told = told.split(' ');
            let (mode, blob) = (told.next()?.to_owned(), told.nth(1)?.to_owned());
            Some((path.to_owned(), TreeFile { path: path.to_owned(), mode, blob }))
        };
        // what stands for bytes that are no text is no name
        Ok(listed.iter().filter(|entry| !entry.contains(char::REPLACEMENT_CHARACTER)).filter_map(file).collect())
    }

    /// In which files two trees, or those of commits, differ: modes, contents and names, as git lists them.
    ///
    /// # Errors
    /// There is no such tree.
    pub fn differences(&self, before: &str, after: &str) -> anyhow::Result<Vec<u8>> {
        self.run(&["diff-tree", "-r", "-z", "--raw", "--no-renames", before, after])
    }

    /// How content of the work tree became that of a file; None where it did not: the file was changed, which git may have been told to
    /// pass over.
    ///
    /// # Errors
    /// Git can't tell.
    pub fn stored(&self, file: &TreeFile, content: &[u8]) -> anyhow::Result<Option<Stored>> {
        for stored in [Stored::Verbatim, Stored::Filtered] {
            if self.hash(&file.path, content, stored, false)? == file.blob {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// A file with other content, which git keeps from now on.
    ///
    /// # Errors
    /// Git can't keep it.
    pub fn changed(&self, file: &TreeFile, content: &[u8], stored: Stored) -> anyhow::Result<TreeFile> {
        Ok(TreeFile { blob: self.hash(&file.path, content, stored, true)?, ..file.clone() })
    }

    pub(super) fn hash(&self, path: &str, content: &[u8], stored: Stored, is_kept: bool) -> anyhow::Result<String> {
        let how = match stored {
            Stored::Verbatim => "--no-filters".to_owned(),
            Stored::Filtered => format!("--path={path}"),
        };
        let mut arguments = vec!["hash-object", "--stdin", &how];
        arguments.extend(is_kept.then_some("-w"));
        let blob = self.run_with(&arguments, content, &[])?;
        Ok(String::from_utf8_lossy(&blob).trim().to_owned())
    }

    /// The content of a file of a commit.
    ///
    /// # Errors
    /// There is none.
    pub fn content(&self, commit: &str, path: &Path) -> anyhow::Result<Vec<u8>> {
        let mut object = OsString::from(format!("{commit}:./"));
        object.push(path);
        self.run(&["cat-file".into(), "blob".into(), object])
    }

    /// The tree of a commit with some files in place of those of their names. Neither the work tree nor its index is touched.
    ///
    /// # Errors
    /// Git can't make it.
    pub fn tree_with(&self, commit: &str, files: &[TreeFile]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        let index = folder.path().join("index");
        let variables = [("GIT_INDEX_FILE", index.as_os_str())];
        self.run_with(&["read-tree", commit], &[], &variables)?;
        let entry = |file: &TreeFile| format!("{} {}\t{}\0", file.mode, file.blob, file.path);
        let entries: String = files.iter().map(entry).collect();
        self.run_with(&["update-index", "-z", "--index-info"], entries.as_bytes(), &variables)?;
        let tree = self.run_with(&["write-tree"], &[], &variables)?;
        Ok(String::from_utf8_lossy(&tree).trim().to_owned())
    }

    /// Makes a commit of a tree, signed where the settings of git want it.
    ///
    /// # Errors
    /// Git can't make it, as where it does not know who the author is.
    pub fn make_commit(&self, tree: &str, parent: &str, message: &str) -> anyhow::Result<String> {
        let is_signed = self.line(&["config", "--type=bool", "--get", "commit.gpgSign"]).is_ok_and(|set| set == "true");
        let mut arguments = vec!["commit-tree", tree, "-p", parent, "-F", "-"];
        arguments.extend(is_signed.then_some("-S"));
        let commit = self.run_with(&arguments, message.as_bytes(), &[])?;
        Ok(String::from_utf8_lossy(&commit).trim().to_owned())
    }

    /// What a commit says of itself, by its own bytes: neither settings nor what was not fetched change that.
    ///
    /// # Errors
    /// There is no such commit.
    pub fn read_commit(&self, commit: &str) -> anyhow::Result<Commit> {
        let text = String::from_utf8_lossy(&self.run(&["cat-file", "commit", commit])?).into_owned();
        let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
        let named = |name: &'static str| head.lines().filter_map(move |line| line.strip_prefix(name));
        Ok(Commit {
            tree: named("tree ").next().unwrap_or_default().to_owned(),
            parents: named("parent ").map(str::to_owned).collect(),
            message: message.to_owned(),
        })
    }
}
