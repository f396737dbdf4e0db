//! Which SQLAlchemy the code runs with, by the files in which a distribution names what it needs.

use std::fs;

use cascade_fix::dependencies::of_folder;
use cascade_fix::sqlalchemy::SqlalchemyVersion;

fn version(file: &str, text: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    of_folder(folder.path()).sqlalchemy.map(|(version, _)| version.to_string())
}

#[test]
fn the_least_version_that_is_allowed_counts() {
    let cases = [
        ("requirements.txt", "flask\nSQLAlchemy[asyncio]==1.4.46 ; python_version > '3.7'  # pinned\n", Some("1.4")),
        ("requirements.txt", "sqlalchemy>=2.0,<2.1\n", Some("2.0")),
        ("requirements.txt", "sqlalchemy<2.1\nsqlalchemy-utils==0.41\n", None),
        ("requirements.txt", "SQLAlchemy == 2.0.* \\\n    --hash=sha256:00\n", Some("2.0")),
        ("requirements/base.in", "sqlalchemy ~= 1.4.2\n", Some("1.4")),
        ("pyproject.toml", "[project]\ndependencies = ['sqlalchemy>=2.1']\n", Some("2.1")),
        ("pyproject.toml", "[project.optional-dependencies]\ndb = ['SQLAlchemy (>=1.4)']\n", Some("1.4")),
        ("pyproject.toml", "[dependency-groups]\ndb = ['sqlalchemy==2.0.9', { include-group = 'x' }]\n", Some("2.0")),
        ("pyproject.toml", "[tool.poetry.dependencies]\nSQLAlchemy = '^1.4.1'\n", Some("1.4")),
        (
            "pyproject.toml",
            "[tool.poetry.group.db.dependencies]\nsqlalchemy = { version = '~2.0', extras = ['asyncio'] }\n",
            Some("2.0"),
        ),
        ("pyproject.toml", "[project\n", None),
        ("uv.lock", "[[package]]\nname = 'sqlalchemy'\nversion = '2.0.44'\n", Some("2.0")),
        ("Pipfile.lock", r#"{"default": {"sqlalchemy": {"version": "==1.3.24"}}}"#, Some("1.3")),
        ("setup.cfg", "[options]\ninstall_requires =\n    SQLAlchemy>=1.4\n", Some("1.4")),
        ("setup.py", "setup(install_requires=['SQLAlchemy>=2'])\n", Some("2.0")),
    ];
    for (file, text, expected) in cases {
        assert_eq!(version(file, text).as_deref(), expected, "{file}: {text}");
    }
}

#[test]
fn a_lock_file_says_more_than_the_range_that_it_is_made_of() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pyproject.toml"), "[project]\ndependencies = ['sqlalchemy>=1.4', 'asyncpg']\n")
        .unwrap();
    fs::write(folder.path().join("uv.lock"), "[[package]]\nname = 'SQLAlchemy'\nversion = '2.1.0b1'\n").unwrap();
    let found = of_folder(folder.path());
    assert_eq!(found.sqlalchemy, Some((SqlalchemyVersion { major: 2, minor: 1 }, folder.path().join("uv.lock"))));
    assert_eq!(found.async_driver, Some(folder.path().join("pyproject.toml")));
}
