//! A file of rules that nobody looked through, and a module that they are tried on.

use std::path::Path;
use std::sync::Arc;

use cascade_fix::module::Module;
use cascade_fix::repository::Repositories;
use cascade_fix::rules::Rules;
use cascade_fix::scan::find_sites;
use cascade_fix::source::Source;

const MODULE: &str = "\
from sqlalchemy.orm import backref, relationship

class User(Base):
    posts = relationship(\"Post\", cascade=\"all\", backref=backref(\"user\", cascade=\"merge\"))
    tags = has_many(\"Tag\", cascades=[\"all\"], **{\"cascade\": \"all\"})
";

/// They are read or refused; those that are read find something or not.
pub fn check(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("rules.yml"), bytes).expect("it can be written");
    let mut rules = Rules::default();
    if let Err(error) = rules.add_folder(Path::new("."), folder.path()) {
        assert!(!error.to_string().is_empty());
        return;
    }
    let path = folder.path().join("models.py");
    let source = Source::decode(MODULE.into()).expect("it is ASCII");
    let repositories = Repositories::new(folder.path());
    find_sites(&rules, &repositories.of(&path), &Arc::new(Module::parse(&path, source)));
}
