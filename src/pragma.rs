//! A comment goes in; whether it is addressed to a tool comes out: to a type checker, a linter, a formatter.
//!
//! Such a comment (a pragma) is read by the line that it stands on.

/// What a pragma begins with, in any case, followed by something else than a letter.
const TOOLS: [&str; 37] = [
    "noqa",
    "nosec",
    "nosonar",
    "nosemgrep",
    "noverify",
    "noinspection",
    "skipcq",
    "pragma",
    "type:",
    "mypy:",
    "pyright:",
    "basedpyright:",
    "pyre-ignore",
    "pyre-fixme",
    "pyre-strict",
    "pyrefly:",
    "pytype:",
    "ty:",
    "zuban:",
    "ruff:",
    "flake8:",
    "flake8-in-file-ignores:",
    "pylint:",
    "pycodestyle:",
    "pydocstyle:",
    "pep8:",
    "autopep8:",
    "fmt:",
    "yapf:",
    "black:",
    "isort:",
    "pycln:",
    "pyupgrade:",
    "codeql",
    "lgtm",
    "lint-ignore",
    "lint-fixme",
];

/// What can follow the name of any other tool.
const ORDERS: [&str; 9] = ["ignore", "disable", "skip", "skip-file", "suppress", "off", "noqa", "allow", "expect"];

/// Pragmas that are about the line below where they have a line of their own.
const OF_NEXT_LINE: [&str; 9] = [
    "pylint: disable-next",
    "pyre-ignore",
    "pyre-fixme",
    "nosemgrep",
    "codeql",
    "skipcq",
    "lint-ignore",
    "lint-fixme",
    "ruff: ignore",
];

/// Whether a comment is addressed to a tool, if only by a part of it: `# because of a cycle  # type: ignore[misc]`.
pub fn is_pragma(comment: &str) -> bool {
    instructions(comment).any(is_instruction)
}

/// Whether a line is a pragma that is about the line below it.
pub fn is_about_next_line(line: &str) -> bool {
    let is_own_line = line.trim_start().starts_with('#');
    is_own_line && instructions(line).any(|one| OF_NEXT_LINE.iter().any(|start| starts_with(&one, start)))
}

/// What the comment says behind each `#`, with one blank behind colons.
fn instructions(comment: &str) -> impl Iterator<Item = String> {
    let parts = comment.split('#').skip(1).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| match part.split_once(':') {
        Some((tool, order)) => format!("{}: {}", tool.trim_end(), order.trim_start()),
        None => part.to_owned(),
    })
}

fn is_instruction(instruction: String) -> bool {
    let is_tool = |tool: &&str| {
        let ends = |c: char| tool.ends_with(':') || !c.is_alphanumeric() && c != '_';
        starts_with(&instruction, tool) && instruction[tool.len()..].chars().next().is_none_or(ends)
    };
    let is_order = |(tool, order): (&str, &str)| {
        let word = order.trim_start().split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
        let is_name = !tool.is_empty() && !tool.contains(char::is_whitespace);
        is_name && ORDERS.contains(&word.to_ascii_lowercase().as_str())
    };
    TOOLS.iter().any(is_tool) || instruction.split_once(':').is_some_and(is_order)
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}
