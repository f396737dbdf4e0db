//! A path goes in; how the project's formatter lays out the file comes out, as its configuration says.
//!
//! The nearest folder with a configuration of ruff or black decides, as it does for ruff; without one it is `.editorconfig`, then
//! what both do by default. A configuration that can't be read counts as one without settings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ec4rs::property::{IndentSize, MaxLineLen};
use toml::{Table, Value};

/// How a file is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// The most columns of a line.
    pub line_length: usize,
    /// How many columns a tab takes.
    pub tab_width: usize,
    /// One level; what the file itself does is stronger.
    pub indentation: String,
    /// Whether a list with a comma behind its last part stays on several lines.
    pub magic_trailing_comma: bool,
    /// Whether comments such as `# noqa` don't count as part of their line: not for ruff, but for black.
    pub pragmas_are_free: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            line_length: 88,
            tab_width: 4,
            indentation: " ".repeat(4),
            magic_trailing_comma: true,
            pragmas_are_free: true,
        }
    }
}

impl Style {
    /// The same with the indentation that the file has around the line of a statement, which begins at an offset, with some blanks.
    pub(super) fn with_indentation_of(&self, text: &str, line: usize, blanks: &str) -> Self {
        let by_tabs = blanks.starts_with('\t').then(|| "\t".to_owned());
        let of_block = || own_indentation(&text[..line], blanks);
        let unit = by_tabs.or_else(of_block).or_else(|| first_indentation(text));
        Self { indentation: unit.unwrap_or_else(|| self.indentation.clone()), ..self.clone() }
    }
}

/// How much deeper a line with some blanks stands than what opens its block, in the text before it. A docstring may have examples that
/// are indented in another way.
fn own_indentation(before: &str, blanks: &str) -> Option<String> {
    let mut lines = before.rsplit(['\n', '\r']).filter(|line| !line.trim().is_empty());
    let opener = lines.find(|line| line.len() - line.trim_start().len() < blanks.len())?;
    let unit = blanks.strip_prefix(&opener[..opener.len() - opener.trim_start().len()])?;
    opener.trim_end().ends_with(':').then(|| unit.to_owned())
}

/// How much deeper the file's first block stands than what opens it.
fn first_indentation(text: &str) -> Option<String> {
    const OPENERS: [&str; 10] =
        ["class ", "def ", "async ", "if ", "for ", "while ", "with ", "try:", "else:", "match "];
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).peekable();
    while let Some(line) = lines.next() {
        let code = line.trim();
        let opens = code.ends_with(':') && OPENERS.iter().any(|opener| code.starts_with(opener));
        let next = lines.peek().copied().filter(|next| opens && blanks(next) > blanks(line));
        if let Some(next) = next {
            return Some(next[blanks(line)..blanks(next)].to_owned());
        }
    }
    None
}

/// The styles of the folders looked at so far.
#[derive(Debug, Default)]
pub struct Styles {
    folders: Mutex<HashMap<PathBuf, Option<Style>>>,
}

impl Styles {
    /// The style of a file at an absolute path.
    pub fn of(&self, path: &Path) -> Style {
        path.ancestors().skip(1).find_map(|folder| self.of_folder(folder)).unwrap_or_else(|| from_editorconfig(path))
    }

    fn of_folder(&self, folder: &Path) -> Option<Style> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.get(folder) {
            return known.clone();
        }
        let style = configured_in(folder);
        folders.insert(folder.to_owned(), style.clone());
        style
    }
}

/// The style that a folder's own configuration of ruff or black sets.
fn configured_in(folder: &Path) -> Option<Style> {
    for name in [".ruff.toml", "ruff.toml"] {
        if let Some(ruff) = read(&folder.join(name)) {
            return Some(from_ruff(&ruff, folder));
        }
    }
    let project = read(&folder.join("pyproject.toml"))?;
    let tool = |name: &str| project.get("tool")?.get(name)?.as_table();
    match (tool("ruff"), tool("black")) {
        (Some(ruff), Some(black)) if !ruff.contains_key("format") && !ruff.contains_key("line-length") => {
            // ruff is there for its other half
            Some(from_black(black))
        }
        (Some(ruff), _) => Some(from_ruff(ruff, folder)),
        (None, Some(black)) => Some(from_black(black)),
        (None, None) => None,
    }
}

/// None where there is no such file; empty where it can't be read.
fn read(path: &Path) -> Option<Table> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.parse().unwrap_or_default())
}

fn from_ruff(settings: &Table, folder: &Path) -> Style {
    const MOST_EXTENDED: usize = 8;
    let mut style = Style::default();
    let mut chain = vec![settings.clone()];
    let mut folder = folder.to_owned();
    while let Some(base) = chain.last().and_then(|last| last.get("extend")).and_then(Value::as_str) {
        let path = folder.join(base);
        let Some(mut table) = read(&path).filter(|_| chain.len() < MOST_EXTENDED) else { break };
        if path.file_name().is_some_and(|name| name == "pyproject.toml") {
            let ruff = table.get("tool").and_then(|tool| tool.get("ruff")).and_then(Value::as_table);
            table = ruff.cloned().unwrap_or_default();
        }
        folder = path.parent().map_or(folder, Path::to_owned);
        chain.push(table);
    }
    for settings in chain.iter().rev() {
        let format = settings.get("format").and_then(Value::as_table);
        let of_format = |key: &str| format.and_then(|format| format.get(key));
        style.line_length = number(settings.get("line-length")).unwrap_or(style.line_length);
        if let Some(width) = number(settings.get("indent-width")) {
            style.tab_width = width;
            style.indentation = " ".repeat(width);
        }
        if of_format("indent-style").and_then(Value::as_str) == Some("tab") {
            style.indentation = "\t".to_owned();
        }
        style.magic_trailing_comma = of_format("skip-magic-trailing-comma")
            .and_then(Value::as_bool)
            .map_or(style.magic_trailing_comma, |skip| !skip);
    }
    style
}

fn from_black(settings: &Table) -> Style {
    let get = |key: &str| settings.get(key).or_else(|| settings.get(&key.replace('-', "_")));
    let style = Style::default();
    Style {
        line_length: number(get("line-length")).unwrap_or(style.line_length),
        magic_trailing_comma: get("skip-magic-trailing-comma").and_then(Value::as_bool) != Some(true),
        pragmas_are_free: false,
        ..style
    }
}

fn from_editorconfig(path: &Path) -> Style {
    let mut style = Style::default();
    let Ok(properties) = ec4rs::properties_of(path) else { return style };
    if let Ok(MaxLineLen::Value(length)) = properties.get::<MaxLineLen>()
        && (1..=MOST_COLUMNS).contains(&length)
    {
        style.line_length = length;
    }
    if let Ok(IndentSize::Value(width)) = properties.get::<IndentSize>()
        && (1..=MOST_INDENTATION).contains(&width)
    {
        style.tab_width = width;
        style.indentation = " ".repeat(width);
    }
    style
}

/// More is a mistake, also for ruff.
const MOST_COLUMNS: usize = 10_000;
const MOST_INDENTATION: usize = 16;

fn number(value: Option<&Value>) -> Option<usize> {
    let number = usize::try_from(value?.as_integer()?).ok()?;
    (1..=MOST_COLUMNS).contains(&number).then_some(number)
}
