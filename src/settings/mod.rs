//! The command line's options go in; for each file, what is in force there comes out: the options, else what the nearest settings
//! file says, else the defaults, and where each value comes from.

mod error;
mod file;
mod find;
mod schema;
mod show;
mod tests;
mod values;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{self, Gitignore, GitignoreBuilder};

use crate::layout::{Layout, Style};
use crate::profile::{Expunge, Profile, Targets};
use crate::rules::{Code, ConstructorKind, Rules};
use crate::selection::Selection;
use crate::sqlalchemy::SqlalchemyVersion;
use crate::sqlalchemy::cascade::CascadeOptions;

pub use error::SettingsError;
pub use find::{Lookup, SettingsSource, is_settings_file};
pub use schema::schema;
pub use show::{ConfigFormat, InForce, write};
pub use values::name_of;

pub(crate) use file::NAMES;
use file::{SettingsDocument, SettingsFile};
use tests::TestFiles;
use values::{Codes, Glob, Located, Text};

/// What the command line says; it wins over every settings file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Which list to write.
    pub profile: Option<Profile>,
    /// In place of `select` and `ignore`, where it has something.
    pub select: Vec<String>,
    /// Besides `ignore`.
    pub ignore: Vec<String>,
    /// Globs relative to the working directory, besides `exclude`.
    pub exclude: Vec<String>,
    /// Folders, besides `rules`.
    pub rules: Vec<PathBuf>,
    /// A file of known findings.
    pub baseline: Option<PathBuf>,
    /// Whether all findings are told, known or not.
    pub no_baseline: bool,
    /// Refresh-expire is for information only where the product does not run under asyncio.
    pub require_asyncio: bool,
    /// What becomes of the layout.
    pub layout: Option<Layout>,
    /// What the code runs with.
    pub sqlalchemy_version: Option<SqlalchemyVersion>,
}

/// What holds wherever a settings file is found.
struct Invocation {
    overrides: Overrides,
    /// Absolute; what the paths of the command line and those that reports show are relative to.
    working_directory: PathBuf,
    /// The built-in rules with those of the command line.
    rules: Arc<Rules>,
}

/// A value in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Who says so.
    pub origin: SettingOrigin,
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingOrigin {
    /// Nobody says otherwise.
    Default,
    /// An option.
    CommandLine,
    /// A settings file.
    File {
        /// As reports show it.
        path: String,
        /// 1-based.
        line: usize,
    },
    /// A file of another tool.
    Found {
        /// As reports show it.
        path: String,
    },
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingOrigin::Default => f.write_str("default"),
            SettingOrigin::CommandLine => f.write_str("command line"),
            SettingOrigin::Found { path } => f.write_str(path),
            SettingOrigin::File { path, line } => write!(f, "{path}:{line}"),
        }
    }
}

impl<T> Setting<T> {
    fn of_command_line(value: T) -> Self {
        Self { value, origin: SettingOrigin::CommandLine }
    }

    fn map<U>(self, to: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: to(self.value), origin: self.origin }
    }
}

/// What is in force for the files of a folder.
pub struct Settings {
    /// The settings file that counts.
    pub file: Option<PathBuf>,
    /// Which list to write.
    pub profile: Setting<Profile>,
    /// The options that may stay, by the direction of the relationship, in place of the profile's.
    pub targets: Targets<Setting<CascadeOptions>>,
    /// Codes and prefixes to report; all where it is empty.
    pub select: Vec<Setting<String>>,
    /// Codes and prefixes not to report.
    pub ignore: Vec<Setting<String>>,
    /// The same for some files.
    pub per_file_ignores: Vec<PerFileIgnore>,
    /// The settings file's globs of what is left out.
    pub exclude: Vec<Setting<String>>,
    /// The globs of files that are no part of the product.
    pub tests: Vec<Setting<String>>,
    /// Whether refresh-expire is for information only where the product does not run under asyncio.
    pub require_asyncio: Setting<bool>,
    /// Functions that make a relationship.
    pub constructors: Vec<Setting<String>>,
    /// Folders with rules.
    pub rule_folders: Vec<Setting<PathBuf>>,
    /// The file of known findings, relative to the working directory.
    pub baseline: Option<Setting<PathBuf>>,
    /// Whether expunge stays where it is.
    pub expunge: Setting<Expunge>,
    /// The most columns of a line; None leaves it to the settings of ruff or black.
    pub line_length: Option<Setting<usize>>,
    /// What becomes of the layout.
    pub layout: Setting<Layout>,
    /// What the code runs with.
    pub sqlalchemy_version: Option<Setting<SqlalchemyVersion>>,
    /// What to look for: the built-in rules with those of the folders and the constructors.
    pub rules: Arc<Rules>,
    selection: Selection,
    excluded: Gitignore,
    test_files: TestFiles,
}

/// Codes that are not reported in some files.
#[derive(Debug)]
pub struct PerFileIgnore {
    /// Which files.
    pub glob: Setting<String>,
    /// Codes and prefixes.
    pub names: Vec<String>,
    codes: Vec<Code>,
    matcher: Gitignore,
    is_negated: bool,
}

impl Invocation {
    fn new(overrides: Overrides, working_directory: &Path) -> Result<Self, SettingsError> {
        let rules = Arc::new(Rules::with_folders(&overrides.rules, working_directory)?);
        Ok(Self { overrides, working_directory: working_directory.to_owned(), rules })
    }

    /// The rules with what a settings file adds to them.
    fn rules_with(
        &self,
        document: &SettingsDocument,
        folders: &[Located<PathBuf>],
        constructors: &[Setting<String>],
    ) -> Result<Arc<Rules>, SettingsError> {
        if folders.is_empty() && constructors.is_empty() {
            return Ok(Arc::clone(&self.rules));
        }
        let mut rules = Rules::with_folders(&self.overrides.rules, &self.working_directory)?;
        for folder in folders {
            let path = document.beside(folder.value());
            let refuse =
                |why: &str| Err(document.broken(folder.start(), format!("`{}` {why}", folder.value().display())));
            match self.working_directory.join(&path).canonicalize() {
                // a file of someone else's repository must not have anything of the machine read
                Ok(real) if real.is_dir() && !real.starts_with(document.repository()) => {
                    return refuse("is outside of the repository; name such rules by --rules");
                }
                Ok(real) if real.is_dir() => {}
                _ => return refuse("is no folder"),
            }
            rules.add_folder(&path, &self.working_directory)?;
        }
        for name in constructors {
            rules.constructors.insert(&name.value, ConstructorKind::Relationship);
        }
        Ok(Arc::new(rules))
    }

    /// A path as reports show it.
    fn shown(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.working_directory).unwrap_or(path).to_string_lossy();
        let shown = if shown.is_empty() { ".".into() } else { shown };
        if cfg!(windows) { shown.replace('\\', "/") } else { shown.into_owned() }
    }
}

impl Settings {
    /// What the command line says over a settings file.
    fn merged(invocation: &Invocation, document: &SettingsDocument, file: SettingsFile) -> Result<Self, SettingsError> {
        let overrides = &invocation.overrides;
        let (select, ignore) = merged_codes(overrides, document, file.select, file.ignore);
        let exclude = file.exclude.unwrap_or_default();
        let tests = file.tests.map(|globs| located(document, Some(globs), |glob| glob.0.0));
        let constructors: Vec<_> = located(document, file.constructors, |name| name.0.0);
        let folders = file.rules.unwrap_or_default();
        let rules = invocation.rules_with(document, &folders, &constructors)?;
        let ours = folders.into_iter().map(|folder| document.setting(folder));
        let others = overrides.rules.iter().cloned().map(Setting::of_command_line);
        let of_file = file.per_file_ignores.unwrap_or_default().into_iter();
        Ok(Self {
            file: document.path.clone(),
            profile: merged(document, overrides.profile, file.profile.map(|named| named.map(|named| named.0.0))),
            targets: file.targets.unwrap_or_default().map(|target| document.setting(target).map(|target| target.0)),
            selection: selection_of(&select, &ignore)?,
            select,
            ignore,
            per_file_ignores: of_file.map(|(glob, codes)| PerFileIgnore::new(document, glob, codes)).collect(),
            excluded: matcher(document, exclude.iter().map(|glob| &*glob.value().0.0)),
            exclude: exclude.into_iter().map(|glob| document.setting(glob).map(|glob| glob.0.0)).collect(),
            require_asyncio: merged(document, overrides.require_asyncio.then_some(true), file.require_asyncio),
            test_files: TestFiles::new(document, tests.as_deref()),
            tests: tests.unwrap_or_else(tests::by_default),
            constructors,
            rule_folders: ours.chain(others).collect(),
            baseline: merged_baseline(overrides, document, file.baseline),
            expunge: merged(document, None, file.expunge.map(|named| named.map(|named| named.0.0))),
            line_length: file.line_length.map(|length| document.setting(length).map(|length| length.0)),
            layout: merged(document, overrides.layout, file.layout.map(|named| named.map(|named| named.0.0))),
            sqlalchemy_version: (overrides.sqlalchemy_version.map(Setting::of_command_line))
                .or(file.sqlalchemy_version.map(|version| document.setting(version).map(|version| version.0))),
            rules,
        })
    }

    /// The codes to report in a file at an absolute path.
    pub fn selection(&self, file: &Path) -> Selection {
        let concerned = self.per_file_ignores.iter().filter(|ignore| ignore.concerns(file));
        self.selection.without(concerned.flat_map(|ignore| &ignore.codes))
    }

    /// The glob that leaves out a file or folder at an absolute path, with the settings file that it comes from.
    pub fn exclusion(&self, path: &Path, is_folder: bool) -> Option<&gitignore::Glob> {
        match self.excluded.matched(path, is_folder) {
            ignore::Match::Ignore(glob) => Some(glob),
            _ => None,
        }
    }

    /// Whether a file at an absolute path is a test or a migration, and no part of the product of the repository with the root.
    pub fn is_test(&self, file: &Path, root: &Path) -> bool {
        self.test_files.has(file, root)
    }

    /// Whether files are left out, or others than by the given rules are parsed.
    fn choose_files(&self, rules: &Rules) -> bool {
        !self.excluded.is_empty() || self.rules.words.len() != rules.words.len()
    }

    /// The style of a file, where the formatters' settings give another.
    pub fn styled(&self, style: Style) -> Style {
        match &self.line_length {
            Some(length) => Style { line_length: length.value, ..style },
            None => style,
        }
    }
}

impl PerFileIgnore {
    fn new(document: &SettingsDocument, glob: Located<Text<Glob>>, codes: Codes) -> Self {
        let glob = document.setting(glob).map(|glob| glob.0.0);
        let (is_negated, plain) = glob.value.strip_prefix('!').map_or((false, &*glob.value), |plain| (true, plain));
        let matcher = matcher(document, [plain]);
        let codes: Vec<_> = codes.into_iter().map(|code| code.into_inner().0).collect();
        Self {
            names: codes.iter().map(|code| code.name.clone()).collect(),
            codes: codes.into_iter().flat_map(|code| code.codes).collect(),
            glob,
            matcher,
            is_negated,
        }
    }

    fn concerns(&self, file: &Path) -> bool {
        // a file elsewhere has no path from here, but a name
        let path = file.strip_prefix(self.matcher.path()).ok().or(file.file_name().map(Path::new)).unwrap_or(file);
        self.matcher.matched_path_or_any_parents(path, false).is_ignore() != self.is_negated
    }
}

/// The command line's value, else the file's, else the default.
fn merged<T: Default>(document: &SettingsDocument, overriding: Option<T>, of_file: Option<Located<T>>) -> Setting<T> {
    let given = overriding.map(Setting::of_command_line).or(of_file.map(|value| document.setting(value)));
    given.unwrap_or_else(|| Setting { value: T::default(), origin: SettingOrigin::Default })
}

fn merged_baseline(
    overrides: &Overrides,
    document: &SettingsDocument,
    of_file: Option<Located<PathBuf>>,
) -> Option<Setting<PathBuf>> {
    let of_file = of_file.map(|path| document.setting(path).map(|path| document.beside(&path)));
    overrides.baseline.clone().map(Setting::of_command_line).or(of_file).filter(|_| !overrides.no_baseline)
}

fn located<T, U>(document: &SettingsDocument, list: Option<Vec<Located<T>>>, to: impl Fn(T) -> U) -> Vec<Setting<U>> {
    list.unwrap_or_default().into_iter().map(|value| document.setting(value).map(&to)).collect()
}

/// As ruff has it: `--select` begins anew, `--ignore` takes away from what is selected.
fn merged_codes(
    overrides: &Overrides,
    document: &SettingsDocument,
    select: Option<Codes>,
    ignore: Option<Codes>,
) -> (Vec<Setting<String>>, Vec<Setting<String>>) {
    let of_command_line = |names: &[String]| names.iter().cloned().map(Setting::of_command_line).collect::<Vec<_>>();
    let ignored = of_command_line(&overrides.ignore);
    if overrides.select.is_empty() {
        let of_file = located(document, ignore, |code| code.0.name);
        (located(document, select, |code| code.0.name), of_file.into_iter().chain(ignored).collect())
    } else {
        (of_command_line(&overrides.select), ignored)
    }
}

fn selection_of(select: &[Setting<String>], ignore: &[Setting<String>]) -> Result<Selection, SettingsError> {
    let names = |settings: &[Setting<String>]| settings.iter().map(|name| name.value.clone()).collect::<Vec<_>>();
    Ok(Selection::new(&names(select), &names(ignore))?)
}

/// What matches one of the globs, each of which was tried before.
fn matcher<'g>(document: &SettingsDocument, globs: impl IntoIterator<Item = &'g str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(&document.folder);
    for glob in globs {
        let _ = builder.add_line(Some(PathBuf::from(&document.shown)), glob);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
