//! A path goes in; how the project's formatter lays out the file comes out, as its configuration says.
//!
//! The nearest folder with a configuration of ruff or black decides, as it does for ruff; without one it is `.editorconfig`, then
//! what both do by default. A configuration that can't be read counts as one without settings.

use std::path::{Path, PathBuf};

use ec4rs::property::{IndentSize, MaxLineLen};
use ec4rs::{ConfigFile, ConfigFiles, Properties, PropertiesSource};
use foldhash::HashMap;
use parking_lot::Mutex;
use toml::{Table, Value};

use crate::disk::{check_for_tools, read_for_tools, toml_table};

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
    /// Whose style it is, where the two differ.
    pub formatter: Formatter,
    /// Whether the items of `with` may stand in parentheses: from Python 3.9 on.
    pub parenthesized_with: bool,
}

/// A formatter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formatter {
    /// `ruff format`.
    Ruff,
    /// black.
    Black,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            line_length: 88,
            tab_width: 4,
            indentation: " ".repeat(4),
            magic_trailing_comma: true,
            formatter: Formatter::Ruff,
            parenthesized_with: true,
        }
    }
}

impl Style {
    /// Whether black lays the file out.
    pub(super) fn is_black(&self) -> bool {
        self.formatter == Formatter::Black
    }

    /// The same with the indentation that the file has around the line of a statement, which begins at an offset, with some blanks.
    pub(super) fn with_indentation_of(&self, openers: &mut Openers<'_>, line: usize, blanks: &str) -> Self {
        let by_tabs = blanks.starts_with('\t').then(|| "\t".to_owned());
        let unit = by_tabs.or_else(|| openers.own_indentation(line, blanks)).or_else(|| openers.first_indentation());
        Self { indentation: unit.unwrap_or_else(|| self.indentation.clone()), ..self.clone() }
    }
}

/// The lines of a text that stand deeper one after the other, up to a line that is asked for: its lines are gone through once.
pub(super) struct Openers<'t> {
    text: &'t str,
    /// Where the next line begins.
    at: usize,
    /// Lines that are not empty, each deeper than the one before: of those as deep, the last.
    lines: Vec<&'t str>,
    first: Option<Option<String>>,
}

impl<'t> Openers<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { text, at: 0, lines: Vec::new(), first: None }
    }

    /// How much deeper a line with some blanks stands than what opens its block, in the text before it. A docstring may have examples
    /// that are indented in another way. Lines are asked for in order.
    fn own_indentation(&mut self, line: usize, blanks: &str) -> Option<String> {
        let depth = |line: &str| line.len() - line.trim_start().len();
        while self.at < line {
            let rest = &self.text[self.at..line];
            let next = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
            self.at += next.len() + 1;
            if !next.trim().is_empty() {
                self.lines.truncate(self.lines.partition_point(|other| depth(other) < depth(next)));
                self.lines.push(next);
            }
        }
        let opener = self.lines[..self.lines.partition_point(|other| depth(other) < blanks.len())].last()?;
        let unit = blanks.strip_prefix(&opener[..depth(opener)])?;
        opener.trim_end().ends_with(':').then(|| unit.to_owned())
    }

    fn first_indentation(&mut self) -> Option<String> {
        self.first.get_or_insert_with(|| first_indentation(self.text)).clone()
    }
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
    folders: Mutex<HashMap<PathBuf, Option<ConfiguredStyle>>>,
}

impl Styles {
    /// The style of a file at an absolute path.
    pub fn of(&self, path: &Path) -> Style {
        self.configured(path).map_or_else(|| from_editorconfig(path), |configured| configured.style)
    }

    /// The file that sets the line length of a file at an absolute path; None where none does.
    pub fn file_of_line_length(&self, path: &Path) -> Option<PathBuf> {
        self.configured(path).map_or_else(|| editorconfig_of_line_length(path), |configured| configured.line_length_in)
    }

    fn configured(&self, path: &Path) -> Option<ConfiguredStyle> {
        path.ancestors().skip(1).find_map(|folder| self.of_folder(folder))
    }

    fn of_folder(&self, folder: &Path) -> Option<ConfiguredStyle> {
        let mut folders = self.folders.lock();
        if let Some(known) = folders.get(folder) {
            return known.clone();
        }
        let style = configured_in(folder);
        folders.insert(folder.to_owned(), style.clone());
        style
    }
}

/// What a folder's own configuration of ruff or black sets.
#[derive(Debug, Clone)]
struct ConfiguredStyle {
    style: Style,
    /// The file that sets the line length; None where that is the default.
    line_length_in: Option<PathBuf>,
}

fn configured_in(folder: &Path) -> Option<ConfiguredStyle> {
    for name in [".ruff.toml", "ruff.toml"] {
        let path = folder.join(name);
        if let Some(ruff) = read(&path) {
            return Some(from_ruff(&ruff, &path));
        }
    }
    let path = folder.join("pyproject.toml");
    let hooks = folder.join(".pre-commit-config.yaml");
    let by_hooks = || runs_black(&hooks).then(|| from_black(&Table::new(), &hooks, None));
    let Some(project) = read(&path) else { return by_hooks() };
    let python = project.get("project").and_then(|project| project.get("requires-python")).and_then(Value::as_str);
    let tool = |name: &str| project.get("tool")?.get(name)?.as_table();
    match (tool("ruff"), tool("black")) {
        // ruff is there for its other half
        (Some(ruff), Some(black)) if !ruff.contains_key("format") => Some(from_black(black, &path, python)),
        (Some(ruff), _) => {
            let mut configured = from_ruff(ruff, &path);
            let is_old = !ruff.contains_key("target-version") && python.is_some_and(allows_before_3_9);
            configured.style.parenthesized_with &= !is_old;
            Some(configured)
        }
        (None, Some(black)) => Some(from_black(black, &path, python)),
        (None, None) => by_hooks(),
    }
}

/// Whether the hooks of a repository run black, and not ruff's formatter.
fn runs_black(hooks: &Path) -> bool {
    let hooks = read_for_tools(hooks).unwrap_or_default();
    let has = |word: &str| hooks.contains(word);
    (has("psf/black") || has("id: black")) && !has("id: ruff-format")
}

/// Whether a requirement such as `>=3.8` allows a Python that knows no parentheses around the items of `with`.
fn allows_before_3_9(requirement: &str) -> bool {
    let Some((_, rest)) = requirement.split_once(">=3.") else { return true };
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    minor.parse::<u32>().is_ok_and(|minor| minor < 9)
}

/// Whether a formatter's target is such a Python: `py38`.
fn is_before_3_9(target: &str) -> bool {
    ["py33", "py34", "py35", "py36", "py37", "py38"].contains(&target)
}

/// None where there is no such file; empty where it can't be read.
fn read(path: &Path) -> Option<Table> {
    let text = read_for_tools(path).ok()?;
    Some(toml_table(&text).unwrap_or_default())
}

fn from_ruff(settings: &Table, file: &Path) -> ConfiguredStyle {
    const MOST_EXTENDED: usize = 8;
    let mut style = Style::default();
    let mut line_length_in = None;
    let mut chain = vec![(file.to_owned(), settings.clone())];
    let folder = |file: &Path| file.parent().map_or_else(PathBuf::new, Path::to_owned);
    while let Some((base, file)) = chain.last().and_then(|(file, last)| Some((last.get("extend")?.as_str()?, file))) {
        let path = folder(file).join(base);
        let Some(mut table) = read(&path).filter(|_| chain.len() < MOST_EXTENDED) else { break };
        if path.file_name().is_some_and(|name| name == "pyproject.toml") {
            let ruff = table.get("tool").and_then(|tool| tool.get("ruff")).and_then(Value::as_table);
            table = ruff.cloned().unwrap_or_default();
        }
        chain.push((path, table));
    }
    for (file, settings) in chain.iter().rev() {
        let format = settings.get("format").and_then(Value::as_table);
        let of_format = |key: &str| format.and_then(|format| format.get(key));
        if let Some(length) = number(settings.get("line-length")) {
            style.line_length = length;
            line_length_in = Some(file.clone());
        }
        if let Some(width) = number(settings.get("indent-width")) {
            style.tab_width = width;
            style.indentation = " ".repeat(width);
        }
        if of_format("indent-style").and_then(Value::as_str) == Some("tab") {
            style.indentation = "\t".to_owned();
        }
        if let Some(target) = settings.get("target-version").and_then(Value::as_str) {
            style.parenthesized_with = !is_before_3_9(target);
        }
        style.magic_trailing_comma = of_format("skip-magic-trailing-comma")
            .and_then(Value::as_bool)
            .map_or(style.magic_trailing_comma, |skip| !skip);
    }
    ConfiguredStyle { style, line_length_in }
}

fn from_black(settings: &Table, file: &Path, python: Option<&str>) -> ConfiguredStyle {
    let get = |key: &str| settings.get(key).or_else(|| settings.get(&key.replace('-', "_")));
    let length = number(get("line-length"));
    let style = Style::default();
    let style = Style {
        line_length: length.unwrap_or(style.line_length),
        magic_trailing_comma: get("skip-magic-trailing-comma").and_then(Value::as_bool) != Some(true),
        formatter: Formatter::Black,
        parenthesized_with: match get("target-version").and_then(Value::as_array) {
            Some(targets) => targets.iter().filter_map(Value::as_str).all(|target| !is_before_3_9(target)),
            // black looks at what the file itself needs where nothing is said
            None => python.is_some_and(|python| !allows_before_3_9(python)),
        },
        ..style
    };
    ConfiguredStyle { style, line_length_in: length.map(|_| file.to_owned()) }
}

fn from_editorconfig(path: &Path) -> Style {
    let mut style = Style::default();
    if !can_read_editorconfigs(path) {
        return style;
    }
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

/// ec4rs opens them, whatever they are.
fn can_read_editorconfigs(path: &Path) -> bool {
    path.ancestors().skip(1).all(|folder| check_for_tools(&folder.join(".editorconfig")).is_ok())
}

/// The nearest one that sets it.
fn editorconfig_of_line_length(path: &Path) -> Option<PathBuf> {
    if !can_read_editorconfigs(path) {
        return None;
    }
    let sets_it = |mut file: ConfigFile| {
        let mut properties = Properties::new();
        (&mut file).apply_to(&mut properties, path).ok()?;
        let length = properties.get::<MaxLineLen>().ok()?;
        matches!(length, MaxLineLen::Value(length) if (1..=MOST_COLUMNS).contains(&length)).then_some(file.path)
    };
    ConfigFiles::open(path, None::<&Path>).ok()?.filter_map(sets_it).last()
}

/// More is a mistake, also for ruff.
const MOST_COLUMNS: usize = 10_000;
const MOST_INDENTATION: usize = 16;

fn number(value: Option<&Value>) -> Option<usize> {
    let number = usize::try_from(value?.as_integer()?).ok()?;
    (1..=MOST_COLUMNS).contains(&number).then_some(number)
}
