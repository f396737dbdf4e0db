//! The command `config`: which settings are in force, and where each comes from.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::Common;
use super::{CLEAN, print};
use crate::layout::Styles;
use crate::repository::Repositories;
use crate::settings::{self, ConfigFormat, InForce, Lookup, Overrides, Setting, SettingOrigin};

/// The settings as the command line has them.
pub(super) fn lookup(common: &Common, overrides: Overrides) -> anyhow::Result<Lookup> {
    let working_directory = std::env::current_dir().context("can't tell the working directory")?;
    Ok(Lookup::new(overrides, &common.settings_place(), &working_directory)?)
}

pub(super) fn config(common: &Common, format: ConfigFormat) -> anyhow::Result<u8> {
    let lookup = lookup(common, common.overrides())?;
    let path = path(common)?;
    let settings = if path.is_dir() { lookup.of_folder(&path) } else { lookup.of(&path) };
    lookup.check()?;
    let of_file = if path.is_dir() { path.join("models.py") } else { path.clone() };
    let file = settings.file.as_deref().map(|file| lookup.shown(file));
    let found_in = |file: &Path| SettingOrigin::Found { path: lookup.shown(file) };
    let styles = Styles::default();
    let of_length = styles.file_of_line_length(&of_file).map_or(SettingOrigin::Default, |file| found_in(&file));
    let repositories = Repositories::new(&std::env::current_dir().context("can't tell the working directory")?);
    let version = repositories.of(&of_file).dependencies(&of_file).sqlalchemy;
    let in_force = InForce {
        path: &lookup.shown(&path),
        file: file.as_deref(),
        settings: &settings,
        overrides: lookup.overrides(),
        line_length: Setting { value: styles.of(&of_file).line_length, origin: of_length },
        sqlalchemy_version: version.map(|(version, file)| Setting { value: version, origin: found_in(&file) }),
    };
    print(|_, out| settings::write(format, &in_force, out))?;
    Ok(CLEAN)
}

/// The one path, absolute and without links; a file on standard input need not exist.
fn path(common: &Common) -> anyhow::Result<PathBuf> {
    if common.reads_stdin() {
        let name = common.stdin_filename().map_or(Path::new("-"), PathBuf::as_path);
        return std::path::absolute(name).with_context(|| name.display().to_string());
    }
    match &common.paths()[..] {
        [path] => path.canonicalize().with_context(|| format!("{}", path.display())),
        _ => bail!("`config` tells the settings of one file or folder; name one path"),
    }
}

pub(super) fn schema() -> anyhow::Result<u8> {
    print(|_, out| out.write_all(settings::schema().as_bytes()))?;
    Ok(CLEAN)
}
