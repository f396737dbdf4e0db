//! A path goes in; the settings of the file come out as they are written there, each with its place.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use memchr::memmem;
use schemars::JsonSchema;
use serde::Deserialize;

use super::error::{explained, key_at};
use super::values::{Cascades, Codes, Glob, LineLength, Located, Named, QualifiedName, Text};
use super::{Setting, SettingOrigin, SettingsError};
use crate::disk::{read_for_tools, read_named_for_tools, work_tree_around};
use crate::layout::Layout;
use crate::profile::{Expunge, Profile, Targets};
use crate::sqlalchemy::SqlalchemyVersion;

/// The names of settings files; in one folder the first of them counts.
pub(crate) const NAMES: [&str; 3] = [".cascade-fix.toml", "cascade-fix.toml", PYPROJECT];
const PYPROJECT: &str = "pyproject.toml";
/// Where the settings stand in a pyproject.toml.
pub(super) const PYPROJECT_TABLE: [&str; 2] = ["tool", "cascade-fix"];

/// As whoever takes the module's name for the table's writes it.
const MISSPELT_TABLE: &str = "cascade_fix";

/// Settings of cascade-fix: the table `[tool.cascade-fix]` of pyproject.toml, or all of cascade-fix.toml.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(title = "cascade-fix")]
pub(super) struct SettingsFile {
    /// Which list replaces an unsafe one, as `--profile`; by default `recommended`.
    pub profile: Option<Located<Text<Named<Profile>>>>,
    /// The options that may stay, for `one-to-many`, `one-to-one`, `many-to-one`, `many-to-many` and `unknown`; by default the profile's.
    pub targets: Option<Targets<Located<Cascades>>>,
    /// Report these codes, prefixes of codes or names only: `["CAS0"]`; by default all but CAS1.
    pub select: Option<Codes>,
    /// Do not report these codes, prefixes of codes or names; by default none.
    pub ignore: Option<Codes>,
    /// A table from glob to codes that are not reported in its files, relative to the folder of the settings; `"!models.py"` means all other
    /// files; by default none.
    pub per_file_ignores: Option<BTreeMap<Located<Text<Glob>>, Codes>>,
    /// Leave out files and folders that match a glob as in `.gitignore`, relative to the folder of the settings; by default none.
    pub exclude: Option<Vec<Located<Text<Glob>>>>,
    /// Which files are tests or migrations, and no part of the product, by globs as in `.gitignore`, relative to the folder of the
    /// settings: what they do is named apart, last, and as theirs; by default `tests/`, `test_*.py`, `conftest.py`, `migrations/`, `alembic/`
    /// and the like (`cascade-fix config` has all).
    pub tests: Option<Vec<Located<Text<Glob>>>>,
    /// Whether refresh-expire is for information only, and nothing to be done about, where the product does not run under asyncio, as
    /// `--require-asyncio`; by default `false`.
    pub require_asyncio: Option<Located<bool>>,
    /// Fully qualified names of functions that make a relationship and take `cascade` by keyword, as `relationship` does:
    /// `["app.orm.children"]`; by default none.
    pub constructors: Option<Vec<Located<Text<QualifiedName>>>>,
    /// Folders with rules of your own, relative to that of the settings; by default none.
    pub rules: Option<Vec<Located<PathBuf>>>,
    /// The file that lists known findings, which are not told, relative to the folder of the settings; by default none.
    pub baseline: Option<Located<PathBuf>>,
    /// Whether expunge stays where it is: `auto` (as targets and profile say), `keep` or `drop`; by default `auto`.
    pub expunge: Option<Located<Text<Named<Expunge>>>>,
    /// The most columns of a line that is laid out again, 1 to 320; by default ruff's, black's, .editorconfig's or 88.
    pub line_length: Option<Located<LineLength>>,
    /// Whether statements that get too long are laid out again: `fit`, or `keep`, which changes the value alone; by default `fit`.
    pub layout: Option<Located<Text<Named<Layout>>>>,
    /// The SQLAlchemy version that the code runs with: `"1.4"`, `"2.0.44"`; by default from the dependencies.
    pub sqlalchemy_version: Option<Located<Text<SqlalchemyVersion>>>,
}

/// A settings file's text, and what its values mean to the rest of the program.
#[derive(Debug, Default)]
pub(super) struct SettingsDocument {
    /// Where it is; None for that of no settings.
    pub path: Option<PathBuf>,
    /// The same as reports show it.
    pub shown: String,
    text: String,
    /// Where its lines end.
    line_ends: OnceCell<Vec<usize>>,
    /// What its globs are relative to.
    pub folder: PathBuf,
}

impl SettingsDocument {
    /// The value, and where it is written.
    pub fn setting<T>(&self, located: Located<T>) -> Setting<T> {
        let line = self.line(located.start());
        Setting { value: located.into_inner(), origin: SettingOrigin::File { path: self.shown.clone(), line } }
    }

    /// A path of the file, which is relative to the folder that it is in; what comes out is relative to the working directory.
    pub fn beside(&self, path: &Path) -> PathBuf {
        Path::new(&self.shown).parent().map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }

    /// The folder that rules of its own may stand in: the repository around it, or else its own; without links.
    pub fn repository(&self) -> PathBuf {
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        work_tree_around(&folder).unwrap_or(&folder).to_owned()
    }

    /// An error at an offset.
    pub fn broken(&self, offset: usize, message: String) -> SettingsError {
        let (line, column) = self.position(offset);
        let key = key_at(&self.text, offset);
        SettingsError::Broken { path: self.shown.clone(), line, column, key, message }
    }

    /// Line and column, 1-based.
    fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset.min(self.text.len())];
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        (self.line(offset), before[begin..].chars().count() + 1)
    }

    /// 1-based. Each value of a long list is asked for its own.
    fn line(&self, offset: usize) -> usize {
        let ends = self.line_ends.get_or_init(|| memchr::memchr_iter(b'\n', self.text.as_bytes()).collect());
        ends.partition_point(|end| *end < offset) + 1
    }

    fn parsed(&self) -> Result<Option<SettingsFile>, SettingsError> {
        #[derive(Deserialize)]
        struct Pyproject {
            tool: Option<Tool>,
        }
        #[derive(Deserialize)]
        struct Tool {
            #[serde(rename = "cascade-fix")]
            settings: Option<SettingsFile>,
            #[serde(rename = "cascade_fix")]
            misspelt: Option<toml::Spanned<serde::de::IgnoredAny>>,
        }
        let broken = |error: toml::de::Error| {
            let offset = error.span().map_or(0, |span| span.start);
            self.broken(offset, explained(error.message()))
        };
        if !self.path.as_deref().is_some_and(is_pyproject) {
            return toml::from_str(&self.text).map(Some).map_err(broken);
        }
        let Some(tool) = toml::from_str::<Pyproject>(&self.text).map_err(broken)?.tool else { return Ok(None) };
        match tool.misspelt {
            Some(table) => {
                let message = "there is no such table; did you mean `[tool.cascade-fix]`?".to_owned();
                Err(self.broken(table.span().start, message))
            }
            None => Ok(tool.settings),
        }
    }
}

/// The settings of the file at a path; None where there is no such file, or it is a pyproject.toml without settings of cascade-fix.
pub(super) fn read(path: &Path, shown: String) -> Result<Option<(SettingsDocument, SettingsFile)>, SettingsError> {
    of_text(read_for_tools(path), path, shown)
}

/// The same for a file that someone named.
pub(super) fn read_named(
    path: &Path,
    shown: String,
) -> Result<Option<(SettingsDocument, SettingsFile)>, SettingsError> {
    of_text(read_named_for_tools(path), path, shown)
}

fn of_text(
    read: io::Result<String>,
    path: &Path,
    shown: String,
) -> Result<Option<(SettingsDocument, SettingsFile)>, SettingsError> {
    let failed = |reason: String| SettingsError::Unreadable { path: shown.clone(), reason };
    let text = match read {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(_) if path.is_dir() => return Ok(None),
        Err(error) => return Err(failed(error.to_string())),
    };
    // most have nothing to do with cascade-fix, and need not be parsed
    let is_named = |name: &str| memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    if is_pyproject(path) && !is_named(PYPROJECT_TABLE[1]) && !is_named(MISSPELT_TABLE) {
        return Ok(None);
    }
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let document = SettingsDocument { path: Some(path.to_owned()), shown, text, line_ends: OnceCell::new(), folder };
    Ok(document.parsed()?.map(|file| (document, file)))
}

fn is_pyproject(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == PYPROJECT)
}
