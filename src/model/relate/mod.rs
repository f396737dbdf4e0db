//! The calls of relationship constructors go in; their directions come out, each with its evidence.

mod columns;
mod multiplicity;

use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::annotation::{Annotation, Container, Multiplicity};
use super::direction::{self, Decided, RelationshipDirection, Selectable};
use super::mapped::{Classes, DeclaredModules, Mapped};
use super::names::Referent;
use super::registry::{Registry, SearchFolder, inheriting};
use super::table::Column;
use super::written::{Declaring, Target, WrittenRelationship};
use super::{Relationship, RelationshipCall};
use crate::library;
use crate::module::{Location, Module};
use crate::resolve::{Passed, Resolver};
use crate::syntax::{Node, kind};

/// The relationships of one repository.
pub struct Model<'a> {
    pub(super) classes: Classes<'a>,
    pub(super) registry: Registry,
    /// What each call says, or why that can't be told. One in a class that is not mapped itself says something for each mapped class
    /// that inherits from it too.
    pub(super) written: HashMap<(Location, bool), Result<Vec<WrittenRelationship>, String>>,
}

/// One side of a relationship.
struct Side {
    /// The class's name.
    name: String,
    selectable: Selectable,
    mapped: Option<Arc<Mapped>>,
}

impl<'a> Model<'a> {
    /// Reads what the calls say, and the modules that define the classes that they name.
    pub fn new(
        resolver: Resolver<'a>,
        modules: &Arc<DeclaredModules>,
        calls: &[RelationshipCall],
        search: SearchFolder<'_>,
    ) -> Self {
        let mut classes = Classes::new(resolver, modules);
        let mut written = read(&classes, calls);
        inherit(&classes, &mut written, search);
        let is_imperative = |written: &&WrittenRelationship| matches!(written.owner, Declaring::Mapping(_));
        let known = || written.values().filter_map(|written| written.as_ref().ok()).flatten();
        let mapping: HashSet<&Arc<Path>> = known().filter(is_imperative).map(|written| &written.at.path).collect();
        let mappings: Vec<_> = mapping.into_iter().flat_map(|path| classes.declared(path).mappings.clone()).collect();
        classes.add_mappings(mappings);
        let names = known().flat_map(|written| {
            written.named_by_strings().into_iter().map(|name| (name, Arc::clone(&written.at.path)))
        });
        let registry = Registry::of(names.collect(), &mut classes, search);
        Self { classes, registry, written }
    }

    /// Adds to a relationship what follows from the tables of both sides.
    pub fn complete(&self, relationship: &mut Relationship) {
        let Some(call) = relationship.call.clone() else { return };
        let written = match self.written.get(&(call.at.clone(), call.is_backref)) {
            Some(Ok(written)) => written,
            Some(Err(why)) => return relationship.unknown = Some(why.clone()),
            None => return relationship.unknown = Some("its call can't be read".to_owned()),
        };
        let of = |written: &WrittenRelationship| {
            let mut completed = relationship.clone();
            self.complete_by(written, call.is_backref, &mut completed);
            completed
        };
        let Some((first, inherited)) = written.split_first() else { return };
        let mut completed = of(first);
        if completed.direction.is_none() && !inherited.is_empty() {
            let all: Vec<Relationship> = inherited.iter().map(of).collect();
            if let Some(agreed) = agreed(&all) {
                completed = Relationship { owner: completed.owner, ..agreed };
            }
        }
        *relationship = completed;
    }

    /// The same by what one class's call says.
    fn complete_by(&self, written: &WrittenRelationship, is_backref: bool, relationship: &mut Relationship) {
        let mut evidence = Vec::new();
        let annotation = self.annotation(written);
        if annotation.is_none() && !written.has_argument {
            relationship.unknown = Some("nothing names the class that it leads to".to_owned());
            return;
        }
        let (parent, child) = (self.owner(written), self.target(written));
        self.complete_names(written, parent.as_ref(), is_backref, relationship);
        let class = |side: &Option<Side>| Some(side.as_ref()?.mapped.as_ref()?.class.clone());
        (relationship.owner_class, relationship.target_class) = match is_backref {
            false => (class(&parent), class(&child)),
            true => (class(&child), class(&parent)),
        };
        relationship.is_recursive = self.is_recursive(&parent, &child);
        match self.direction(written, parent, child, &mut evidence) {
            Ok(decided) => {
                let side = if is_backref { decided.reversed() } else { decided };
                let uselist = written.uselist(is_backref, side, annotation.as_ref(), &mut evidence);
                if !is_backref && written.is_refused(side, annotation.as_ref()) {
                    relationship.unknown = Some("SQLAlchemy refuses its annotation".to_owned());
                    return;
                }
                if let Some((annotation, Multiplicity::Unknown | Multiplicity::Generic(_))) = &annotation
                    && annotation.container != Container::Lazy
                    && !is_backref
                    && side == RelationshipDirection::OneToMany
                {
                    relationship.unknown = Some(format!("`{}` may be a collection or not", annotation.shown));
                    return;
                }
                relationship.uselist = uselist;
                relationship.direction = Some(side.of(uselist));
                relationship.evidence = evidence;
            }
            Err(reason) => relationship.unknown = Some(reason),
        }
    }

    /// The names of both sides, as far as the statement does not tell them.
    fn complete_names(
        &self,
        written: &WrittenRelationship,
        parent: Option<&Side>,
        is_backref: bool,
        relationship: &mut Relationship,
    ) {
        let (mut has, mut led_to) = (&mut relationship.owner, &mut relationship.target);
        if is_backref {
            std::mem::swap(&mut has, &mut led_to);
        }
        // an import may give the class another name
        let is_class =
            matches!(&written.target, Target::Named(named) if self.classes.named_class(named, &written.at).is_some());
        if led_to.is_none() || is_class {
            *led_to = self.target_name(written).or(led_to.take());
        }
        if has.is_none() {
            *has = parent.map(|parent| parent.name.clone());
        }
    }

    /// Whether one of both sides is the other, or inherits from it, or both from a third; None where that can't be told, as of a mixin.
    fn is_recursive(&self, parent: &Option<Side>, child: &Option<Side>) -> Option<bool> {
        let tables = |side: &Option<Side>| {
            let side = side.as_ref()?;
            self.classes.mapped(&side.mapped.as_ref()?.class)?;
            Some(side.selectable.tables.iter().map(|table| table.id.clone()).collect::<HashSet<_>>())
        };
        Some(!tables(parent)?.is_disjoint(&tables(child)?))
    }

    /// The annotation, where SQLAlchemy looks at it, with the multiplicity that its generic type turns out to have.
    fn annotation<'w>(&self, written: &'w WrittenRelationship) -> Option<(&'w Annotation, Multiplicity)> {
        let annotation = written.annotation.as_ref()?;
        let is_allowed = || match &written.owner {
            Declaring::Class(Referent::Class(class, _)) => self.classes.allows_unmapped(class),
            _ => false,
        };
        if annotation.container == Container::Plain && !written.is_sqlmodel && !is_allowed() {
            return None;
        }
        let multiplicity = match (&annotation.multiplicity, &written.generic) {
            (Multiplicity::Generic(_), Some(Referent::Outside(path))) => {
                path.last().and_then(|name| Multiplicity::of_generic(name))
            }
            (Multiplicity::Generic(_), Some(Referent::Class(class, _))) => {
                self.classes.class(class).filter(|class| class.is_collection).map(|_| Multiplicity::Collection)
            }
            (multiplicity, _) => Some(multiplicity.clone()),
        };
        Some((annotation, multiplicity.unwrap_or(Multiplicity::Unknown)))
    }

    fn direction(
        &self,
        written: &WrittenRelationship,
        parent: Option<Side>,
        child: Option<Side>,
        evidence: &mut Vec<String>,
    ) -> Result<RelationshipDirection, String> {
        match &written.secondary {
            Passed::Given(secondary) => {
                evidence.push(format!("secondary is `{secondary}` ({})", self.shown(&written.at)));
                return Ok(RelationshipDirection::ManyToMany);
            }
            Passed::Unknown => return Err("secondary may be given".to_owned()),
            Passed::Absent => {}
        }
        let parent = parent.ok_or("the class that has it can't be told")?;
        let child = child.ok_or_else(|| match self.target_name(written) {
            Some(name) => self.why_unnamed(&name, written),
            None => "the class that it leads to can't be told".to_owned(),
        })?;
        let join = self.join(written, &parent, &child)?;
        let decided = direction::decide(&parent.selectable, &child.selectable, &join)?;
        evidence.extend(self.evidence(written, &decided, &parent, &child));
        Ok(decided.direction)
    }

    /// Why a name is not that of the class which a relationship leads to.
    fn why_unnamed(&self, name: &str, written: &WrittenRelationship) -> String {
        let all = match &written.target {
            Target::Text(text) => self.registry.nearest(&self.classes, text, &written.at),
            _ => Vec::new(),
        };
        let Some(last) = all.last().filter(|_| all.len() > 1) else {
            return format!("`{name}` names no mapped class of this repository");
        };
        let (first, last) = (self.shown(all[0]), self.shown(last));
        format!("`{name}` names {} mapped classes of this repository, such as those at {first} and {last}", all.len())
    }

    fn owner(&self, written: &WrittenRelationship) -> Option<Side> {
        match &written.owner {
            Declaring::Class(named) => self.side_at(&self.classes.named_class(named, &written.at)?, written),
            Declaring::Mapping(mapping) => {
                let mapped = Arc::new(self.classes.mapped_in(mapping)?);
                Some(Side { name: mapped.name.clone(), selectable: mapped.selectable.clone(), mapped: Some(mapped) })
            }
            Declaring::Unknown => None,
        }
    }

    /// A class as it is mapped where the relationship stands.
    fn side_at(&self, class: &Location, written: &WrittenRelationship) -> Option<Side> {
        let Some(mapping) = self.classes.mapping_at(class, &written.at) else { return self.side(class) };
        let mapped = Arc::new(self.classes.mapped_in(&mapping)?);
        Some(Side { name: mapped.name.clone(), selectable: mapped.selectable.clone(), mapped: Some(mapped) })
    }

    fn side(&self, class: &Location) -> Option<Side> {
        let mapped = self.classes.partly_mapped(class)?;
        Some(Side { name: mapped.name.clone(), selectable: mapped.selectable.clone(), mapped: Some(mapped) })
    }

    fn target(&self, written: &WrittenRelationship) -> Option<Side> {
        match &written.target {
            Target::Named(named) => {
                let class = self.classes.named_class(named, &written.at)?;
                let is_mapped =
                    self.classes.mapping_at(&class, &written.at).is_some() || self.classes.may_be_mapped(&class);
                is_mapped.then(|| self.side_at(&class, written))?
            }
            Target::Text(text) => self.side(&self.registry.find(&self.classes, text, &written.at)?),
            Target::Unknown => None,
        }
    }

    /// The name of the class that it leads to.
    fn target_name(&self, written: &WrittenRelationship) -> Option<String> {
        match &written.target {
            Target::Named(named) => {
                let class = self.classes.named_class(named, &written.at)?;
                Some(self.classes.class(&class)?.name.clone())
            }
            Target::Text(text) => Some(text.trim().rsplit('.').next()?.to_owned()),
            Target::Unknown => None,
        }
    }

    /// `posts.user_id references users.id (app/post.py:21)`
    fn evidence(&self, written: &WrittenRelationship, decided: &Decided, parent: &Side, child: &Side) -> Vec<String> {
        let tables = || parent.selectable.tables.iter().chain(&child.selectable.tables);
        let shown = |column: &Column| {
            let table = tables().find(|table| table.id == column.table);
            let class = [parent, child].into_iter().find(|side| {
                side.selectable.tables.first().is_some_and(|table| table.id == column.table && table.name.is_none())
            });
            match (class, table) {
                (Some(class), _) => format!("{}.{}", class.name, column.name),
                (None, Some(table)) => format!("{}.{}", table.shown(), column.name),
                (None, None) => column.name.clone(),
            }
        };
        let at = |location: &Location| self.shown(location);
        let place = decided.key.as_ref().map_or(&written.at, |key| &key.at);
        let verb = if decided.key.is_some() { "references" } else { "is joined to" };
        let mut all: Vec<String> = decided
            .pairs
            .iter()
            .map(|(there, own)| format!("{} {verb} {} ({})", shown(own), shown(there), at(place)))
            .collect();
        if let Passed::Given(_) = &written.remote_side {
            all.push(format!("remote_side is given ({})", at(&written.at)));
        }
        all.dedup();
        all
    }

    fn shown(&self, location: &Location) -> String {
        library::name(&location.path).unwrap_or_else(|| self.classes.shown(location))
    }
}

/// Reads each module of the calls once, and each call, however often it is asked for.
fn read(
    classes: &Classes<'_>,
    calls: &[RelationshipCall],
) -> HashMap<(Location, bool), Result<Vec<WrittenRelationship>, String>> {
    let mut by_module: HashMap<&Path, HashSet<&RelationshipCall>> = HashMap::default();
    for call in calls {
        by_module.entry(&call.at.path).or_default().insert(call);
    }
    let read_module = |(path, calls): (&Path, HashSet<&RelationshipCall>)| -> Vec<_> {
        let Some(module) = classes.resolver.repository.open(path) else { return Vec::new() };
        classes.declared_in(&module);
        let read = calls.into_iter().filter_map(|call| {
            let node = module.node(&call.at.range())?;
            let class = class_around(&module, &node).filter(|class| classes.mapped(class).is_some());
            let class = class.and_then(|class| classes.known(&class));
            let written = WrittenRelationship::of(&classes.resolver, &module, &node, call.is_backref, class.as_ref());
            Some(((call.at.clone(), call.is_backref), written.map(|written| vec![written])))
        });
        read.collect()
    };
    by_module.into_par_iter().flat_map_iter(read_module).collect()
}

/// The class in one of whose functions a call stands.
fn class_around(module: &Module, call: &Node<'_>) -> Option<Location> {
    let mut around = call.ancestors().skip_while(|node| node.kind() != kind::FUNCTION_DEFINITION);
    let class = around.find(|node| node.kind() == kind::CLASS_DEFINITION)?;
    Some(module.location(&class.range()))
}

/// Adds to what the calls in classes that are not mapped themselves say what they say for each mapped class that inherits from these.
fn inherit(
    classes: &Classes<'_>,
    written: &mut HashMap<(Location, bool), Result<Vec<WrittenRelationship>, String>>,
    search: SearchFolder<'_>,
) {
    let unmapped_owner =
        |written: &Result<Vec<WrittenRelationship>, String>| match &written.as_ref().ok()?.first()?.owner {
            Declaring::Class(Referent::Class(owner, _)) => (!classes.may_be_mapped(owner)).then(|| owner.clone()),
            _ => None,
        };
    let inheriting = inheriting(classes, written.values().filter_map(unmapped_owner).collect(), search);
    // the tree of a large file is not kept: it is parsed once for all of its calls
    let mut opened: HashMap<Arc<Path>, Option<Arc<Module>>> = HashMap::default();
    for ((at, is_backref), written) in written {
        let Some(inheriting) = unmapped_owner(written).and_then(|owner| inheriting.get(&owner)) else { continue };
        let Ok(written) = written else { continue };
        let open = || classes.resolver.repository.open(&at.path);
        let Some(module) = opened.entry(Arc::clone(&at.path)).or_insert_with(open) else { continue };
        let Some(node) = module.node(&at.range()) else { continue };
        for class in inheriting {
            let known = classes.known(class);
            let read = WrittenRelationship::of(&classes.resolver, module, &node, *is_backref, known.as_ref());
            let owner = Declaring::Class(Referent::Class(class.clone(), Vec::new()));
            written.extend(read.map(|read| WrittenRelationship { owner, ..read }));
        }
    }
}

/// What several relationships are, if they are the same.
fn agreed(all: &[Relationship]) -> Option<Relationship> {
    let (first, others) = all.split_first()?;
    let facts = |of: &Relationship| (of.direction, of.uselist);
    let is_agreed = first.direction.is_some() && others.iter().all(|other| facts(other) == facts(first));
    is_agreed.then(|| {
        let has_one_target = others.iter().all(|other| other.target_class == first.target_class);
        let mut agreed = Relationship { owner_class: None, ..first.clone() };
        if !has_one_target {
            (agreed.target, agreed.target_class) = (None, None);
        }
        agreed
    })
}
