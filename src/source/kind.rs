//! A path goes in; how the Python in the file is stored comes out.

use std::ffi::OsStr;
use std::path::Path;

/// How a file holds Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// As it is.
    #[default]
    Python,
    /// Between the tags of a template language.
    Template(TemplateLanguage),
    /// In the code cells of a Jupyter notebook.
    Notebook,
}

/// What fills in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateLanguage {
    /// `{{ … }}`, `{% … %}` and `{# … #}`: Jinja's, and so cookiecutter's, copier's and Django's.
    Jinja,
    /// `${…}`, `<% … %>` and lines that begin with `%`.
    Mako,
}

impl Kind {
    /// The kind of a file by its path; None where the ending is none of a file with Python in it.
    pub fn of(path: &Path) -> Option<Self> {
        let is_python = |path: &Path| matches!(path.extension().and_then(OsStr::to_str), Some("py" | "pyi"));
        let is_named_after_python = || path.file_stem().is_some_and(|stem| is_python(Path::new(stem)));
        match path.extension()?.to_str()? {
            "py" | "pyi" if has_tag(path) => Some(Kind::Template(TemplateLanguage::Jinja)),
            "py" | "pyi" => Some(Kind::Python),
            "ipynb" => Some(Kind::Notebook),
            "py-tpl" => Some(Kind::Template(TemplateLanguage::Jinja)),
            "j2" | "jinja" | "jinja2" | "tmpl" | "tpl" if is_named_after_python() => {
                Some(Kind::Template(TemplateLanguage::Jinja))
            }
            "mako" if is_named_after_python() => Some(Kind::Template(TemplateLanguage::Mako)),
            _ => None,
        }
    }
}

/// Whether the file's ending is one of Python that is not checked: `.pyw`, `.wsgi`, `.py.in`. In Cython's files, what is Python is.
pub fn has_suffix_of_python(path: &Path) -> bool {
    const SUFFIXES: [&str; 16] = [
        "py", "pyi", "pyw", "py2", "py3", "pym", "pyp", "pyt", "pyde", "rpy", "xpy", "pyx", "wsgi", "tac", "xsh",
        "sage",
    ];
    let has_one_of = |path: &Path, suffixes: &[&str]| {
        let suffix = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        suffixes.iter().any(|known| known.eq_ignore_ascii_case(suffix))
    };
    let is_filled_in =
        || has_one_of(path, &["in"]) && path.file_stem().is_some_and(|stem| has_one_of(Path::new(stem), &["py"]));
    has_one_of(path, &SUFFIXES) || is_filled_in()
}

/// Whether the file's ending is one of a script in whatever language, or there is none.
pub fn can_be_script(path: &Path) -> bool {
    const SUFFIXES: [&str; 14] =
        ["cgi", "fcgi", "scgi", "script", "sh", "bash", "command", "run", "cron", "job", "hook", "task", "tool", "bin"];
    let Some(suffix) = path.extension() else { return true };
    SUFFIXES.iter().any(|known| suffix.eq_ignore_ascii_case(known))
}

/// Whether the path itself is filled in: `{{cookiecutter.slug}}/models.py`.
fn has_tag(path: &Path) -> bool {
    let path = path.as_os_str().as_encoded_bytes();
    memchr::memchr_iter(b'{', path).any(|at| matches!(path.get(at + 1), Some(b'{' | b'%')))
}
