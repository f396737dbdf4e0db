//! A file of settings that nobody looked through: cascade-fix's own, or what formatters and editors read.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use cascade_fix::layout::Styles;
use cascade_fix::settings::{self, ConfigFormat, InForce, Lookup, Overrides, Setting, SettingOrigin, SettingsSource};
use cascade_fix::source::Kind;

use super::whole;

const NAMES: [&str; 5] =
    ["cascade-fix.toml", "pyproject.toml", "ruff.toml", ".editorconfig", ".pre-commit-config.yaml"];
const MODULE: &[u8] = b"from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"all\")\n";

/// What has read the built-in rules, which takes longer than all else here.
static LOOKUP: LazyLock<Arc<Lookup>> = LazyLock::new(|| {
    let lookup = Lookup::new(Overrides::default(), &SettingsSource::Nearest, &std::env::temp_dir());
    Arc::new(lookup.expect("there are no options"))
});

/// Under each name they are read or refused; those that are read can be shown, and asked.
pub fn check(bytes: &[u8]) {
    // they may name any folder
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    if has(b"rules") || has(b"/") && (has(b"baseline") || has(b"extend")) {
        return;
    }
    for name in NAMES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(name), bytes).expect("it can be written");
        check_in(folder.path());
    }
}

fn check_in(folder: &Path) {
    let lookup = &*LOOKUP;
    lookup.begin_anew();
    let module = folder.join("models.py");
    let length = Styles::default().of(&module).line_length;
    assert!(length > 0);
    let settings = lookup.of(&module);
    if let Err(error) = lookup.check() {
        assert!(!error.to_string().is_empty());
        return;
    }
    for format in [ConfigFormat::Text, ConfigFormat::Json] {
        let line_length = Setting { value: length, origin: SettingOrigin::Default };
        let (settings, overrides) = (&*settings, lookup.overrides());
        let shown =
            InForce { path: "models.py", file: None, settings, overrides, line_length, sqlalchemy_version: None };
        settings::write(format, &shown, &mut Vec::new()).expect("a vector takes all");
    }
    for path in ["models.py", "tests/test_models.py", "a/b/c.py"].map(|path| folder.join(path)) {
        settings.selection(&path);
        settings.exclusion(&path, false);
        settings.is_test(&path, folder);
        assert_eq!(Kind::of(&path), Some(Kind::Python));
    }
    if settings.baseline.is_none() {
        whole::outcome_by(lookup, module.to_str().expect("a temporary folder is in ASCII"), MODULE, true);
    }
}
