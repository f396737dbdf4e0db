//! A module with comments that suppress: what is left can be suppressed too, and then nothing of that is told.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use cascade_fix::choice::{Silenced, silenced};
use cascade_fix::outcome::Status;
use cascade_fix::rules::Rules;

use super::whole::{check_named, outcome, parses};

static RULES: LazyLock<Arc<Rules>> = LazyLock::new(|| Arc::new(Rules::built_in().unwrap()));

/// In modules, notebooks and templates.
pub fn check(bytes: &[u8]) {
    check_named("models.py", bytes);
    for name in ["models.py", "models.ipynb", "models.py.j2"] {
        for reason in ["", "a reason"] {
            check_comments(name, bytes, reason);
        }
    }
}

fn check_comments(name: &str, bytes: &[u8], reason: &str) {
    let Silenced { outcome: after, refused, .. } =
        silenced(outcome(name, bytes, true), reason, |_: &Path| Arc::clone(&RULES));
    let Some(file) = after.files.first() else { return };
    let (Some(source), Status::Changed(changed)) = (&file.source, &file.status) else {
        assert!(file.source.is_none() || file.status.failed().is_none(), "{:?}", file.status.failed());
        return;
    };
    if !parses(source) {
        return;
    }
    assert!(parses(changed), "a comment breaks the text:\n{}", changed.stored());
    let again = outcome(name, &changed.to_bytes().expect("it was looked at"), true);
    let left: Vec<_> = again.findings().map(|(_, finding)| (finding.start, finding.code)).collect();
    assert_eq!(left.len(), refused.len(), "{left:?} are told, and refused were {refused:?}:\n{}", changed.stored());
}
