//! The call of a relationship constructor goes in; the classes that it relates come out, with what they inherit from.

use std::collections::{BTreeSet, VecDeque};

use foldhash::HashSet;
use rayon::prelude::*;

use super::RelationshipCall;
use super::declared::{Base, DeclaredClass};
use super::links::{End, Families};
use super::mapped::Classes;
use super::names::Referent;
use super::registry::SearchFolder;
use super::relate::Model;
use super::statement;
use super::written::{self, Declaring, Target, WrittenRelationship};
use crate::hints::{self, Words};
use crate::module::Location;
use crate::source::Kind;
use crate::syntax::kind;

impl Model<'_> {
    /// The class that has the relationship of a call, and the one that it leads to; several where subclasses have it each for itself.
    pub fn ends(&self, call: &RelationshipCall) -> Vec<[End; 2]> {
        let all = match self.written.get(&(call.at.clone(), call.is_backref)) {
            Some(Ok(all)) => {
                let mut ends: Vec<[End; 2]> = all.iter().map(|written| self.ends_of(written)).collect();
                // a class that is not mapped itself leads nowhere: the ends of the classes that inherit from it follow
                if let [[_, target @ End::Unknown], _, ..] = ends.as_mut_slice() {
                    *target = End::Nobody;
                }
                ends
            }
            // a wrapper decides where it leads
            _ => vec![[self.owner_around(call), End::Unknown]],
        };
        let turned = |[owner, target]: [End; 2]| if call.is_backref { [target, owner] } else { [owner, target] };
        all.into_iter().map(turned).collect()
    }

    fn ends_of(&self, written: &WrittenRelationship) -> [End; 2] {
        let target = match &written.target {
            Target::Named(named) => self.end_of(named, &written.at),
            Target::Text(text) => self.end_of_text(text, &written.at),
            Target::Unknown => End::Unknown,
        };
        let owner = match self.end_of_owner(&written.owner, &written.at) {
            End::Unknown if self.is_loose(&written.at) => End::Nobody,
            owner => owner,
        };
        [owner, target]
    }

    /// Whether a call's result is given to a name of the module that nothing else in it uses.
    fn is_loose(&self, call: &Location) -> bool {
        let name = || {
            let module = self.classes.resolver.repository.module(&call.path)?;
            let assignment =
                module.node(&call.range())?.ancestors().find(|node| node.kind() != kind::PARENTHESIZED_EXPRESSION)?;
            let statement = assignment.parent().filter(|node| node.kind() == kind::EXPRESSION_STATEMENT)?;
            let is_of_module = assignment.kind() == kind::ASSIGNMENT && statement.parent()?.kind() == kind::MODULE;
            let name = assignment.field("left").filter(|left| is_of_module && left.kind() == kind::IDENTIFIER)?;
            Some((name.text().into_owned(), module))
        };
        let Some((name, module)) = name() else { return false };
        module.has_once(&name)
    }

    fn end_of_owner(&self, owner: &Declaring, at: &Location) -> End {
        match owner {
            Declaring::Class(named) => self.end_of(named, at),
            Declaring::Mapping(mapping) => self.end_of(&mapping.class, &mapping.at),
            Declaring::Unknown => End::Unknown,
        }
    }

    fn end_of(&self, named: &Referent, at: &Location) -> End {
        match (self.classes.named_class(named, at), named) {
            (Some(class), _) => End::Class(class),
            (None, Referent::Outside(path)) => path.last().map_or(End::Unknown, |name| End::Named(name.clone())),
            _ => End::Unknown,
        }
    }

    fn end_of_text(&self, text: &str, at: &Location) -> End {
        if let Some(class) = self.registry.find(&self.classes, text, at) {
            return End::Class(class);
        }
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        match text.trim().rsplit('.').next() {
            Some(name) if is_name(name) => End::Named(name.to_owned()),
            _ => End::Unknown,
        }
    }

    /// The class around a call that is none of a constructor itself.
    fn owner_around(&self, call: &RelationshipCall) -> End {
        let resolver = &self.classes.resolver;
        let owner = || {
            let module = resolver.repository.module(&call.at.path)?;
            let node = module.node(&call.at.range())?;
            let declaring = if call.is_backref { statement::declaring_call(resolver, &module, &node)? } else { node };
            Some(written::owner(resolver, &module, statement::place_of(&declaring).as_ref()))
        };
        owner().map_or(End::Unknown, |owner| self.end_of_owner(&owner, &call.at))
    }

    /// The classes at the ends of relationships, with those that they inherit from and those that inherit from them. `mapping` looks through
    /// the files that can map classes, `all` through the whole repository: there what inherits from a mixin is looked for, as what inherits
    /// from another class hardly has relationships without a word of its own about the mapping.
    pub fn families(&self, ends: &BTreeSet<End>, mapping: SearchFolder<'_>, all: SearchFolder<'_>) -> Families {
        let classes = &self.classes;
        let mut families = Families::new();
        let mut heirs: HashSet<Location> = HashSet::default();
        for end in ends {
            if let End::Class(class) = end {
                heirs.insert(class.clone());
                add_with_bases(classes, class, &mut families);
            }
        }
        let mut searched: BTreeSet<String> = BTreeSet::new();
        loop {
            let (mut mixins, mut others) = (BTreeSet::new(), BTreeSet::new());
            for family in heirs.iter().filter_map(|class| families.get(class)) {
                let names = if family.is_mixin { &mut mixins } else { &mut others };
                names.extend(Some(family.name.clone()).filter(|name| !searched.contains(name)));
            }
            if mixins.is_empty() && others.is_empty() {
                return families;
            }
            let mut found = possible_heirs(classes, &mixins, all);
            found.extend(possible_heirs(classes, &others, mapping));
            searched.extend(mixins.into_iter().chain(others));
            // a subclass may stand before its base
            while let Some(class) = found.iter().find(|class| !heirs.contains(&class.at) && is_heir(class, &heirs)) {
                heirs.insert(class.at.clone());
                add_with_bases(classes, &class.at, &mut families);
            }
        }
    }
}

/// Whether a class inherits from one of the classes.
fn is_heir(class: &DeclaredClass, of: &HashSet<Location>) -> bool {
    class.bases.iter().any(|base| matches!(base, Base::Class(at) if of.contains(at)))
}

/// The classes in the files of the repository that have a class with one of the names as a base.
fn possible_heirs(
    classes: &Classes<'_>,
    names: &BTreeSet<String>,
    search: SearchFolder<'_>,
) -> Vec<std::sync::Arc<DeclaredClass>> {
    if names.is_empty() {
        return Vec::new();
    }
    let words = Words::new(names.iter().map(String::as_str));
    let has_heir = |bytes: &[u8]| words.as_ref().is_none_or(|words| hints::has_heir_of(bytes, words));
    let mut files = search(classes.resolver.repository.root(), &has_heir);
    files.retain(|file| Kind::of(file) != Some(Kind::Notebook));
    files.par_iter().flat_map_iter(|file| classes.declared(file).classes.clone()).collect()
}

fn add_with_bases(classes: &Classes<'_>, class: &Location, families: &mut Families) {
    let mut pending = VecDeque::from([class.clone()]);
    while let Some(at) = pending.pop_front() {
        if families.contains_key(&at) {
            continue;
        }
        let Some(class) = classes.class(&at) else { continue };
        let family = classes.family(&class);
        pending.extend(family.bases.iter().chain(&family.possible_bases).cloned());
        families.insert(at, family);
    }
}
