//! The sites of a repository go in; those come out whose relationships SQLAlchemy itself can reach by expunge, each with the reason.
//!
//! All relationships of the repository count, also those in files that were not named.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::consumers::Consumers;
use super::{Analysis, completed};
use crate::discover::Unread;
use crate::hints::{self, Hints};
use crate::looked::Looked;
use crate::model::{End, Families, Link, Model, Orphans, RelationshipCall};
use crate::module::Location;
use crate::policy::{Expunger, set_given};
use crate::python::PyValue;
use crate::repository::Repository;
use crate::scan::Reader;
use crate::site::{Recipient, Site};
use crate::sqlalchemy::cascade::{self, CascadeOption, CascadeOptions};
use crate::syntax::{Node, hinted_nodes, kind, string_content};
use crate::usage::Usages;

/// By the value of a site: what notices that expunge goes there.
pub(crate) type Orphaned = HashMap<Location, Expunger>;

/// The relationships of a repository that matter to its orphans, before their classes are looked up.
pub(super) struct UnresolvedLinks {
    links: Vec<UnresolvedLink>,
    /// Files in which SQLAlchemy makes relationships of its own.
    automap: Vec<String>,
    /// The place of a list with delete-orphan that no site is known to get, so that any relationship may get it.
    loose: Option<String>,
    /// What can't be looked at, in words.
    pub unread: Option<String>,
}

/// A relationship that may give up orphans or hand expunge on, before its classes are looked up.
struct UnresolvedLink {
    given: Recipient,
    at: String,
    options: Option<CascadeOptions>,
}

impl UnresolvedLink {
    /// The call that makes it.
    fn call(&self) -> Option<RelationshipCall> {
        self.given.relationship.as_ref()?.call.clone()
    }

    fn completed(&self, model: &Model<'_>) -> Vec<Link> {
        let name = self.given.relationship.as_ref().and_then(|known| known.name());
        let link = |[owner, target]: [End; 2]| Link {
            name: name.clone(),
            at: self.at.clone(),
            owner,
            target,
            options: self.options,
        };
        ends(model, &self.given).into_iter().map(link).collect()
    }
}

impl UnresolvedLinks {
    /// The calls that make the relationships.
    pub fn calls(&self) -> impl Iterator<Item = RelationshipCall> {
        self.links.iter().filter_map(UnresolvedLink::call)
    }

    /// The relationships, with the classes at both ends.
    pub fn completed(&self, model: &Model<'_>) -> Vec<Link> {
        let made = self.automap.iter().map(|at| of_unknown("automap_base()", at.clone()));
        let made = made.chain(self.loose.iter().map(|at| of_unknown("what gets delete-orphan there", at.clone())));
        let links = self.links.iter().flat_map(|link| link.completed(model)).chain(made);
        // what no class has gives nothing up
        links.filter(|link| ![&link.owner, &link.target].contains(&&End::Nobody)).collect()
    }
}

impl Analysis {
    /// The relationships of a repository that matter to its orphans. The sites are all of it that are under check.
    pub(super) fn links_of_repository(&self, repository: &Repository, sites: &[(usize, &mut Site)]) -> UnresolvedLinks {
        if self.has_all_of(repository) {
            let sites = || sites.iter().map(|(_, site)| &**site);
            let links = self.links_of(sites(), repository, &self.usages);
            let loose = self.loose(sites(), repository);
            let mut looked = Looked::default();
            looked.add(&[], &self.others_in(repository), &self.walk, |bytes| self.can_have_a_site(repository, bytes));
            add_unfollowed(repository, looked);
            return self.asked_of(links, loose, repository);
        }
        let walk = self.walk.of_all_in(repository.root());
        let Self { reach, repositories, disk, .. } = self;
        let reader = Reader { walk: &walk, settings: &reach.settings, repositories, disk, checks: &[] };
        // what is under check was scanned before
        let is_known = |path: &Path| self.scan.parsed.contains(&*walk.absolute(path));
        let (known, new): (Vec<_>, Vec<_>) =
            self.search.visited(&walk).into_iter().partition(|(path, _)| is_known(path));
        let known: HashSet<Arc<Path>> = known.into_iter().map(|(path, _)| walk.absolute(&path).into()).collect();
        let mut scan = reader.scan_listed(new);
        scan.found.extend(self.found.iter().filter(|(path, _)| known.contains(path)).cloned());
        scan.parsed.extend(known);
        let (usages, sites) = completed(std::mem::take(&mut scan.found), &scan.parsed, &reader, &self.search);
        let mut looked = self.search.look_aside(&walk, |bytes| self.can_have_a_site(repository, bytes));
        looked.add(&scan.not_read, &[], &walk, |_| false);
        add_unfollowed(repository, looked);
        let links = self.links_of(sites.iter(), repository, &usages);
        self.asked_of(links, self.loose(sites.iter(), repository), repository)
    }

    /// The first list with delete-orphan that no site explains: who gets it is not known.
    fn loose<'s>(&self, sites: impl Iterator<Item = &'s Site>, repository: &Repository) -> Option<String> {
        let mut explained: HashMap<Arc<Path>, Vec<Range<usize>>> = HashMap::default();
        let mut followed: HashSet<(Arc<Path>, String)> = HashSet::default();
        for site in sites {
            explained.entry(Arc::clone(&site.at.path)).or_default().push(site.at.range());
            for alternative in site.value.iter().flat_map(|value| &value.alternatives) {
                let at = &alternative.written.at;
                explained.entry(Arc::clone(&at.path)).or_default().push(at.range());
                let steps = alternative.steps.iter().chain(&alternative.dependencies);
                followed.extend(steps.map(|step| (Arc::clone(&step.definition.path), step.name.clone())));
            }
        }
        explained.values_mut().for_each(joined);
        self.files_with(repository, |traits| traits.orphans).iter().find_map(|path| {
            let module = repository.module(&self.walk.absolute(path))?;
            let explained = explained.get(&module.path).map(Vec::as_slice).unwrap_or_default();
            let is_explained = |string: &Node<'_>| {
                let until = explained.partition_point(|range| range.start <= string.range().start);
                let is_inside = explained[..until].last().is_some_and(|last| string.range().end <= last.end);
                let assignment = string.ancestors().find(|around| around.kind() == kind::ASSIGNMENT);
                let name = assignment.and_then(|assignment| assignment.field("left"));
                let is_followed =
                    |name: Node<'_>| followed.contains(&(Arc::clone(&module.path), name.text().into_owned()));
                is_inside || name.is_some_and(is_followed)
            };
            let root = module.tree().root();
            let hints = Hints::of_orphans(module.source.text());
            let loose = hinted_nodes(&root, &hints).find(|node| is_list_with_orphans(node) && !is_explained(node))?;
            Some(repository.shown(&module.source, &module.location(&loose.range())))
        })
    }

    /// Whether a file of a repository that is not checked can have a site, by its bytes.
    fn can_have_a_site(&self, repository: &Repository, bytes: &[u8]) -> bool {
        hints::can_have_a_site(bytes, &self.reach.settings.of_folder(repository.root()).rules.words)
    }

    fn asked_of(&self, links: Vec<UnresolvedLink>, loose: Option<String>, repository: &Repository) -> UnresolvedLinks {
        let automap = self.files_with(repository, |traits| traits.automap);
        let automap = automap.iter().map(|path| repository.display(&self.walk.absolute(path))).collect();
        UnresolvedLinks { links, automap, loose, unread: repository.unread() }
    }

    fn links_of<'s>(
        &self,
        sites: impl Iterator<Item = &'s Site> + Clone,
        repository: &Repository,
        usages: &Usages,
    ) -> Vec<UnresolvedLink> {
        let consumers = Consumers::of(sites.clone(), usages);
        sites.flat_map(|site| self.links_of_site(site, repository, usages, &consumers)).collect()
    }

    fn links_of_site(
        &self,
        site: &Site,
        repository: &Repository,
        usages: &Usages,
        consumers: &Consumers<'_>,
    ) -> Vec<UnresolvedLink> {
        let options = if self.changed(site, usages, consumers).is_some() { None } else { set_given(site) };
        let matters = |options: CascadeOptions| {
            [CascadeOption::DeleteOrphan, CascadeOption::Expunge, CascadeOption::RefreshExpire]
                .into_iter()
                .any(|option| options.contains(option))
        };
        if !options.is_none_or(matters) {
            return Vec::new();
        }
        let shown = |at: &Location| {
            let module = repository.module(&at.path);
            module.map_or_else(|| repository.display(&at.path), |module| repository.shown(&module.source, at))
        };
        let link = |given: &Recipient| UnresolvedLink { given: given.clone(), at: shown(&given.at), options };
        site.recipients.iter().map(link).collect()
    }
}

/// Keeps in mind what can have relationships that are not among the links: what can't be read, and scripts.
fn add_unfollowed(repository: &Repository, looked: Looked) {
    let reason = "its relationships are not followed";
    let unfollowed = looked.files.into_iter().map(|path| Unread { path, reason: reason.to_owned() });
    repository.add_unread(looked.unread.into_iter().chain(unfollowed).collect());
}

/// The sites whose relationships can be reached. A list that several relationships share is one list.
pub(super) fn orphaned(
    model: &Model<'_>,
    links: &[Link],
    unread: Option<&String>,
    sites: &[(usize, &mut Site)],
    families: impl FnOnce() -> Families,
) -> Orphaned {
    let orphans = Orphans::of(links, families);
    let sites: Vec<&Site> = sites.iter().map(|(_, site)| &**site).collect();
    let mut orphaned = Orphaned::default();
    let mut shared: HashMap<&Location, (&Site, &str)> = HashMap::default();
    for site in &sites {
        let owners: Vec<End> =
            site.recipients.iter().flat_map(|given| ends(model, given)).map(|[owner, _]| owner).collect();
        let Some(reason) = owners.into_iter().find_map(|owner| orphans.reason(&owner)) else { continue };
        orphaned.insert(site.at.clone(), Expunger::Orphans(reason.to_owned()));
        for literal in literals(site) {
            shared.entry(literal).or_insert((site, reason));
        }
    }
    for site in &sites {
        let Some((other, reason)) = literals(site).find_map(|literal| shared.get(literal)) else { continue };
        let name =
            other.relationship().and_then(|known| known.name()).unwrap_or_else(|| "another relationship".to_owned());
        let why = || Expunger::Orphans(format!("{name} has the same list, and {reason}"));
        orphaned.entry(site.at.clone()).or_insert_with(why);
    }
    if let Some(unread) = unread {
        for site in &sites {
            orphaned.entry(site.at.clone()).or_insert_with(|| Expunger::Unread(unread.clone()));
        }
    }
    orphaned
}

/// A relationship of which nothing is known but that it gives up orphans. What `automap_base()` makes is such a one: where a foreign key
/// can't be NULL, the classes that it finds in the database get relationships with `all, delete-orphan` (`_relationships_for_fks` in
/// `sqlalchemy/ext/automap.py`).
fn of_unknown(what: &str, at: String) -> Link {
    let (owner, target) = (End::Unknown, End::Unknown);
    Link { name: Some(what.to_owned()), at, owner, target, options: Some(CascadeOptions::ALL) }
}

/// Whether a string is a list that SQLAlchemy takes for a cascade with delete-orphan, or that option as a part of one; what is compared
/// with something is none.
fn is_list_with_orphans(node: &Node<'_>) -> bool {
    let is_compared = || node.parent().is_some_and(|around| around.kind() == kind::COMPARISON_OPERATOR);
    let parsed = || cascade::parse(&PyValue::Str(string_content(node)?)).ok();
    node.kind() == kind::STRING
        && !is_compared()
        && parsed().is_some_and(|parsed| parsed.options.contains(CascadeOption::DeleteOrphan))
}

/// Puts ranges in order, each of which then ends no earlier than those before it.
fn joined(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_by_key(|range| range.start);
    let mut end = 0;
    for range in ranges {
        end = range.end.max(end);
        range.end = end;
    }
}

/// The class that has the relationship, and the one that it leads to.
pub(super) fn ends(model: &Model<'_>, given: &Recipient) -> Vec<[End; 2]> {
    let call = given.relationship.as_ref().and_then(|known| known.call.as_ref());
    call.map_or_else(|| vec![[End::Unknown, End::Unknown]], |call| model.ends(call))
}

/// Where the lists of a site's values are written, if others can share them.
fn literals(site: &Site) -> impl Iterator<Item = &Location> {
    let alternatives = site.value.iter().flat_map(|value| &value.alternatives);
    alternatives.filter(|alternative| !alternative.steps.is_empty()).map(|alternative| &alternative.written.at)
}
