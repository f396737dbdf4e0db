//! The globs of tests and migrations go in; whether a file is one of them comes out.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::file::SettingsDocument;
use super::{Setting, SettingOrigin};

/// What is no part of the product where no settings say otherwise, from the root of the repository. A folder `versions` can be one of the
/// product; the names of Alembic's revisions in it begin with hexadecimal digits.
const BY_DEFAULT: [&str; 13] = [
    "tests/",
    "test/",
    "testing/",
    "*_tests/",
    "test_*.py",
    "*_test.py",
    "*_tests.py",
    "tests.py",
    "test.py",
    "conftest.py",
    "migrations/",
    "alembic/",
    "**/versions/[0-9a-f][0-9a-f][0-9a-f][0-9a-f]*_*.py",
];

/// The default as settings.
pub(super) fn by_default() -> Vec<Setting<String>> {
    BY_DEFAULT.map(|glob| Setting { value: glob.to_owned(), origin: SettingOrigin::Default }).into()
}

/// Which files are tests or migrations.
pub(super) struct TestFiles {
    matcher: Gitignore,
    /// What the globs are relative to; None for the root of a file's repository.
    folder: Option<PathBuf>,
}

impl TestFiles {
    /// Those of a settings file, if it names some, each of which was tried before.
    pub fn new(document: &SettingsDocument, globs: Option<&[Setting<String>]>) -> Self {
        let mut builder = GitignoreBuilder::new("");
        let named = globs.unwrap_or_default().iter().map(|glob| &*glob.value);
        let all: Vec<&str> = if globs.is_some() { named.collect() } else { BY_DEFAULT.to_vec() };
        for glob in all {
            let _ = builder.add_line(None, glob);
        }
        Self {
            matcher: builder.build().unwrap_or_else(|_| Gitignore::empty()),
            folder: globs.is_some().then(|| document.folder.clone()),
        }
    }

    /// Whether a file at an absolute path is one of them.
    pub fn has(&self, file: &Path, root: &Path) -> bool {
        let folder = self.folder.as_deref().unwrap_or(root);
        // a file elsewhere has no path from here, but a name
        let path = file.strip_prefix(folder).ok().or(file.file_name().map(Path::new)).unwrap_or(file);
        path.is_relative() && self.matcher.matched_path_or_any_parents(path, false).is_ignore()
    }
}
