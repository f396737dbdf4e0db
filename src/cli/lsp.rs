//! An editor on standard input goes in; what it is to show goes out.

use std::path::Path;

use anyhow::Context;
use lsp_server::Connection;

use super::args::{Judging, Means};
use super::{CLEAN, FINDINGS, start_threads};
use crate::lsp::{Configured, serve};
use crate::settings::SettingsSource;

pub(super) fn lsp(config: Option<&Path>, judging: &Judging, means: &Means) -> anyhow::Result<u8> {
    start_threads(means.threads)?;
    let place = config.map_or(SettingsSource::Nearest, |file| SettingsSource::File(file.to_owned()));
    let (connection, threads) = Connection::stdio();
    let was_told = serve(connection, Configured { overrides: judging.overrides(means), place, threads: means.threads });
    let was_told = was_told.context("the editor does not speak the Language Server Protocol")?;
    threads.join().context("the editor has gone")?;
    Ok(if was_told { CLEAN } else { FINDINGS })
}
