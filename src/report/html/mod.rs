//! Findings as one page for a reviewer: nothing of it comes from the network, nothing of the code under review can be markup.

mod page;

use std::io::{self, Write};

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::outcome::Outcome;
use page::Page;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page; askama escapes all that is filled in but what is marked as safe: our own style, script and drawing.
#[derive(Template)]
#[template(path = "report.html", config = "src/report/html/askama.toml")]
struct Report {
    page: Page,
    style: &'static str,
    script: &'static str,
    /// The only script that a browser may run.
    script_hash: String,
    version: &'static str,
}

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        page: Page::of(outcome),
        style: STYLE,
        script: SCRIPT,
        script_hash: STANDARD.encode(Sha256::digest(SCRIPT)),
        version: env!("CARGO_PKG_VERSION"),
    };
    report.write_into(&mut *out)?;
    writeln!(out)
}
