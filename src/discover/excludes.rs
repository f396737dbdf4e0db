//! A file or folder goes in; whether it is left out comes out: by default, by the command line or by settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, Match};

use super::{DiscoverError, WalkOptions};
use crate::settings::{Lookup, is_settings_file};

/// Folders that hold no code of the project, and those of [`BUILT`]: ruff's list.
const DEFAULT_EXCLUDES: [&str; 26] = [
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// Folders of the default excludes that can hold code of the project, where git does not ignore them.
const BUILT: [&str; 4] = ["_build", "buck-out", "build", "dist"];

/// What becomes of a file or folder that a walk comes by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is visited.
    Visited,
    /// It is not to be checked, and the project's code all the same.
    Unchecked,
    /// It is none of the project's.
    Foreign,
}

/// What a walk leaves out.
#[derive(Clone)]
pub(super) struct Excludes {
    /// Code of the project counts that is not to be checked.
    pub(super) with_unchecked: bool,
    working_directory: PathBuf,
    /// The default excludes and those of the command line.
    everywhere: Gitignore,
    /// The default excludes are names of folders.
    files_too: bool,
    settings: Arc<Lookup>,
}

impl Excludes {
    /// # Errors
    /// A glob is malformed.
    pub fn new(options: &WalkOptions, settings: &Arc<Lookup>, working_directory: &Path) -> Result<Self, DiscoverError> {
        let given = &settings.overrides().exclude;
        let mut builder = GitignoreBuilder::new(working_directory);
        let mut add = |glob: &str| {
            let result = builder.add_line(None, glob).map(|_| ());
            result.map_err(|error| DiscoverError::Glob(glob.to_owned(), error))
        };
        if !options.no_ignore {
            DEFAULT_EXCLUDES.iter().try_for_each(|name| add(&format!("{name}/")))?;
        }
        given.iter().try_for_each(|glob| add(glob))?;
        Ok(Self {
            with_unchecked: false,
            working_directory: working_directory.to_owned(),
            everywhere: builder.build().map_err(|error| DiscoverError::Glob(String::new(), error))?,
            files_too: !given.is_empty(),
            settings: Arc::clone(settings),
        })
    }

    /// Reads the settings of a folder that is walked.
    pub fn enter(&self, folder: &Path) {
        self.settings.of_folder(&self.absolute(folder));
    }

    /// The same for the whole of the project's code.
    pub fn with_unchecked(&self) -> Self {
        Self { with_unchecked: true, ..self.clone() }
    }

    /// What becomes of what the walk came by. Settings that it comes by are read; they may leave out what it had been at before.
    pub fn fate(&self, entry: &DirEntry) -> Fate {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let path = entry.path();
        if (is_folder || self.files_too)
            && let Match::Ignore(glob) = self.everywhere.matched(path, is_folder)
        {
            let name = glob.original().trim_end_matches('/');
            let is_foreign = DEFAULT_EXCLUDES.contains(&name) && !BUILT.contains(&name);
            return if is_foreign { Fate::Foreign } else { self.fate_of_unchecked() };
        }
        if self.settings.choose_files() {
            let excluded = self.of_settings(&self.absolute(path), is_folder);
            return excluded.map_or(Fate::Visited, |_| self.fate_of_unchecked());
        }
        if is_settings_file(entry.file_name()) {
            self.settings.of(&self.absolute(path));
        }
        Fate::Visited
    }

    fn fate_of_unchecked(&self) -> Fate {
        if self.with_unchecked { Fate::Visited } else { Fate::Unchecked }
    }

    /// The result of work that goes on a walk. It is done again where the walk came by the first settings that choose files.
    pub fn settled<T>(&self, walk: impl Fn() -> T) -> T {
        let chosen = self.settings.choose_files();
        let done = walk();
        if self.settings.choose_files() == chosen {
            return done;
        }
        self.settings.begin_anew();
        walk()
    }

    /// What leaves out a file that is named, or a folder around it.
    pub fn of_named(&self, file: &Path) -> Option<String> {
        let inside = file.strip_prefix(&self.working_directory).ok();
        let by_glob = inside.map(|inside| self.everywhere.matched_path_or_any_parents(inside, false));
        match by_glob {
            Some(Match::Ignore(glob)) => Some(format!("`{}`", glob.original())),
            _ => file.ancestors().find_map(|path| self.of_settings(path, path != file)),
        }
    }

    /// What the settings around a file or folder leave it out by.
    fn of_settings(&self, path: &Path, is_folder: bool) -> Option<String> {
        let settings = self.settings.of_folder(path.parent()?);
        let glob = settings.exclusion(path, is_folder)?;
        let from = glob.from().unwrap_or(Path::new("")).display();
        Some(format!("`{}` of {from}", glob.original()))
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        // the walk of `.` begins each path with it
        self.working_directory.join(path.strip_prefix("./").unwrap_or(path))
    }
}
