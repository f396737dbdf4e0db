//! A file goes in; the settings in force for it come out: those of the nearest folder that has some, as ruff does it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use foldhash::HashMap;
use parking_lot::{Mutex, RwLock};

use super::file::{NAMES, SettingsDocument, SettingsFile, read, read_named};
use super::{Invocation, Overrides, Settings, SettingsError};
use crate::rules::Rules;

/// Where settings are looked for.
#[derive(Debug, Clone, Default)]
pub enum SettingsSource {
    /// For each file in the folders around it.
    #[default]
    Nearest,
    /// In one file for everything.
    File(PathBuf),
    /// Nowhere.
    Isolated,
}

/// The settings of the folders looked at so far.
pub struct Lookup {
    invocation: Invocation,
    /// What counts where no file does.
    default: Arc<Settings>,
    is_the_same_everywhere: bool,
    /// By absolute folder.
    known: RwLock<HashMap<PathBuf, Arc<Settings>>>,
    /// By file.
    errors: Mutex<BTreeMap<PathBuf, SettingsError>>,
    choose_files: AtomicBool,
}

impl Lookup {
    /// Reads the one file, where there is one. The working directory is absolute.
    ///
    /// # Errors
    /// That file has a mistake, or the command line names rules or codes that don't exist.
    pub fn new(overrides: Overrides, place: &SettingsSource, working_directory: &Path) -> Result<Self, SettingsError> {
        let invocation = Invocation::new(overrides, working_directory)?;
        let (document, file) = match place {
            SettingsSource::File(path) => only(path, &invocation)?,
            SettingsSource::Nearest | SettingsSource::Isolated => {
                (SettingsDocument::default(), SettingsFile::default())
            }
        };
        let default = Settings::merged(&invocation, &document, file)?;
        Ok(Self {
            choose_files: AtomicBool::new(default.choose_files(&invocation.rules)),
            invocation,
            default: Arc::new(default),
            is_the_same_everywhere: !matches!(place, SettingsSource::Nearest),
            known: RwLock::default(),
            errors: Mutex::default(),
        })
    }

    /// What the command line says.
    pub fn overrides(&self) -> &Overrides {
        &self.invocation.overrides
    }

    /// What is in force for a file at an absolute path.
    pub fn of(&self, file: &Path) -> Arc<Settings> {
        self.of_folder(file.parent().unwrap_or(file))
    }

    /// What is in force for the files of an absolute folder. Where a settings file has a mistake that is the default, and
    /// [`Lookup::check`] tells.
    pub fn of_folder(&self, folder: &Path) -> Arc<Settings> {
        if self.is_the_same_everywhere {
            return Arc::clone(&self.default);
        }
        if let Some(known) = self.known.read().get(folder) {
            return Arc::clone(known);
        }
        let settings = match self.own(folder) {
            Some(own) => own,
            None => folder.parent().map_or_else(|| Arc::clone(&self.default), |parent| self.of_folder(parent)),
        };
        let mut known = self.known.write();
        Arc::clone(known.entry(folder.to_owned()).or_insert(settings))
    }

    /// The rules without what settings files add to them.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.invocation.rules
    }

    /// Whether some settings looked at so far say which files are read and parsed. As long as none do, only files with something to
    /// say need settings, and a walk need not look for them in each folder.
    pub fn choose_files(&self) -> bool {
        self.choose_files.load(Ordering::Relaxed)
    }

    /// Forgets all settings but whether they choose files.
    pub fn begin_anew(&self) {
        self.known.write().clear();
        self.errors.lock().clear();
    }

    /// Whether all settings looked at so far are right.
    ///
    /// # Errors
    /// What is wrong with the first that are not, in order of path.
    pub fn check(&self) -> Result<(), SettingsError> {
        let errors = self.errors.lock();
        errors.values().next().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The settings that stand in a folder itself.
    fn own(&self, folder: &Path) -> Option<Arc<Settings>> {
        NAMES.iter().find_map(|name| {
            let path = folder.join(name);
            let found = read(&path, self.shown(&path)).transpose()?;
            let settings = found.and_then(|(document, file)| Settings::merged(&self.invocation, &document, file));
            let settings = settings.map(Arc::new).unwrap_or_else(|error| {
                self.errors.lock().insert(path, error);
                Arc::clone(&self.default)
            });
            if settings.choose_files(&self.invocation.rules) {
                self.choose_files.store(true, Ordering::Relaxed);
            }
            Some(settings)
        })
    }

    /// A path as reports show it.
    pub fn shown(&self, path: &Path) -> String {
        self.invocation.shown(path)
    }
}

/// Whether a file of the name has settings.
pub fn is_settings_file(name: &OsStr) -> bool {
    NAMES.iter().any(|known| name == *known)
}

/// The file for everything. Its globs are about the files under check, so they are relative to the working directory.
fn only(path: &Path, invocation: &Invocation) -> Result<(SettingsDocument, SettingsFile), SettingsError> {
    let path = invocation.working_directory.join(path);
    let shown = invocation.shown(&path);
    let unreadable = |reason: &str| SettingsError::Unreadable { path: shown.clone(), reason: reason.to_owned() };
    match read_named(&path, shown.clone())? {
        Some((mut document, file)) => {
            document.folder.clone_from(&invocation.working_directory);
            Ok((document, file))
        }
        None if path.is_file() => Err(unreadable("it has no [tool.cascade-fix]")),
        None if path.is_dir() => Err(unreadable("it is a folder")),
        None => Err(unreadable("there is no such file")),
    }
}
