//! What is known of the objects of a coroutine while it runs: whether they are in the session, what of them is loaded, and what is expired.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::module::Location;
use crate::types::{Class, Function};

use super::Edge;
use super::mapping::Mapping;

pub(super) use super::link::{HeapLink, LoadState, UnseenRelationships};
pub(super) use super::options::Options;

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RunValue {
    Object(usize),
    List(usize),
    /// What `enumerate` gives of a list: each object behind its number.
    Numbered(usize),
    /// A dictionary: the list of its values.
    Mapping(usize),
    Tuple(Vec<RunValue>),
    /// `object.awaitable_attrs`
    Awaitable(usize),
    Class(Class),
    Function(Function),
    Session,
    /// A statement, with what its options load.
    Statement(Options),
    /// What executing one gives.
    Result(Options),
    Nothing,
    /// `True` or `False`
    Flag(bool),
    /// A string or a number, as it is written.
    Literal(String),
    /// The number of a row, from 1 on.
    Key,
    /// No object of a mapped class.
    Other,
    Unknown,
}

impl RunValue {
    /// Whether it is known to be no object of a mapped class, and not `None`.
    pub fn is_no_object(&self) -> bool {
        self.is_constant() || matches!(self, Self::Key | Self::Other)
    }

    /// Whether it is known which of Python's own values it is, but for `None`.
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Flag(_) | Self::Literal(_))
    }
}

/// Whether an object is in the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not yet.
    Transient,
    /// It is, and has no row yet.
    Pending,
    Persistent,
    Unknown,
}

/// Whether an object's columns are loaded.
#[derive(Debug, Clone)]
pub(super) enum Freshness {
    Loaded,
    /// They are not, because of a cascade.
    Expired(Rc<Expiry>),
    /// They are not, whatever the cascades.
    Dead,
    /// They may have been expired, or loaded again: what follows a read of them may not be run.
    Doubtful,
    /// Nothing speaks against it.
    Unknown,
}

/// How a cascade expired an object.
#[derive(Debug)]
pub(super) struct Expiry {
    /// The refresh or the expire.
    pub call: Location,
    /// The relationships from the object of the call to this.
    pub over: Vec<Edge>,
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub class: Class,
    pub standing: Standing,
    pub freshness: Freshness,
    pub links: BTreeMap<String, HeapLink>,
    pub base: UnseenRelationships,
    /// Attributes that were set since the object was expired.
    pub written: BTreeSet<String>,
    /// It was made here: it is none of those that were made elsewhere or loaded.
    pub is_made: bool,
    /// What isn't followed gave it: it can be one that was made here before.
    pub is_given: bool,
    /// It comes from elsewhere: a query with options may have loaded it.
    pub is_foreign: bool,
    /// There need not be such an object: it is another one of a list.
    pub is_possible: bool,
    /// It has changes that the next flush writes.
    pub is_touched: bool,
    /// What it was related to before is not known: the next flush writes that too, and needs the key of this.
    pub is_moved: bool,
    /// What it came to be related to, where it was made here: of which class, and which object, where that is known.
    pub partners: Vec<(Class, Option<usize>)>,
    /// A foreign key of it was set.
    pub is_keyed: bool,
    /// The object whose relationship gave it.
    pub comes_from: Option<usize>,
    /// The class of that, and those of the objects from which that one came.
    pub path: Vec<Class>,
    /// How many flushes there were before it could be told apart no more from what a query gives: none did for what isn't in the database.
    pub since: Option<u32>,
    /// The literal key that it was asked for by.
    pub key: Option<String>,
    /// What the options load that it was asked for with, and so what a refresh loads again.
    pub options: Options,
    /// The list that it is one of, not known which.
    pub one_of: Option<usize>,
}

/// A list of objects.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub known: Vec<usize>,
    /// One that stands for all others.
    pub rest: Option<usize>,
    /// It has objects that are known apart from the others.
    pub is_anchored: bool,
    /// There need be no others.
    pub may_lack_others: bool,
    /// The order of its objects isn't known.
    pub is_shuffled: bool,
    /// Those of the others that were taken by their place, from the end where that is below zero.
    pub taken: BTreeMap<i64, usize>,
    /// Those that came in here: each can be one that was there already.
    pub joined: BTreeSet<usize>,
    /// The relationship that it is.
    pub owner: Option<(usize, String)>,
    /// It has all objects of the class that were in the database then.
    pub all_of: Option<Class>,
}

#[derive(Default)]
pub(super) struct Heap {
    pub objects: Vec<Object>,
    pub lists: Vec<List>,
    /// What loader options were seen to load of objects that can't be told apart.
    pub optioned: Options,
    /// How many flushes there were.
    pub flushes: u32,
    /// The collections that objects came into which were there before, or that such objects left, by their names: another of that name can
    /// have lost the last that it had.
    pub moved: BTreeSet<String>,
    /// The classes of the objects whose keys were set: so can any collection of them.
    pub moved_by_key: Vec<Class>,
    /// A statement has written rows: which foreign keys it has set isn't known.
    pub has_changed_rows: bool,
}

impl List {
    /// Objects may have left it.
    pub fn loosen(&mut self) {
        (self.is_anchored, self.may_lack_others) = (true, true);
    }
}

impl Object {
    /// Whether a relationship of an object of a class can lead to it. What was made here is related to what it was seen to be alone.
    pub fn can_be_related_to(&self, class: &Class, mapping: &Mapping<'_>) -> bool {
        !self.is_made
            || self.is_foreign
            || self.is_keyed
            || self.partners.iter().any(|(partner, _)| mapping.can_be(partner, class))
    }
}

impl Heap {
    pub fn add(&mut self, object: Object) -> usize {
        self.objects.push(object);
        self.objects.len() - 1
    }

    pub fn list(&mut self, list: List) -> RunValue {
        self.lists.push(list);
        RunValue::List(self.lists.len() - 1)
    }

    /// An object from elsewhere, of which nothing is known but its class.
    pub fn foreign(&mut self, class: Class) -> usize {
        self.add(Object {
            class,
            standing: Standing::Unknown,
            freshness: Freshness::Unknown,
            links: BTreeMap::new(),
            base: UnseenRelationships::Unknown,
            written: BTreeSet::new(),
            is_made: false,
            is_given: true,
            is_foreign: true,
            is_possible: false,
            is_touched: false,
            is_moved: false,
            partners: Vec::new(),
            is_keyed: false,
            comes_from: None,
            path: Vec::new(),
            since: Some(self.flushes),
            key: None,
            options: Options::default(),
            one_of: None,
        })
    }

    /// One that there need not be.
    pub fn possible(&mut self, class: Class) -> usize {
        let object = self.foreign(class);
        let known = &mut self.objects[object];
        (known.is_possible, known.freshness) = (true, Freshness::Doubtful);
        object
    }

    /// An object that a query gives.
    pub fn queried(&mut self, class: Class, mut options: Options) -> usize {
        let key = options.key_of(&class);
        options.key = None;
        let object = self.foreign(class);
        let known = &mut self.objects[object];
        known.standing = Standing::Persistent;
        known.freshness = Freshness::Loaded;
        known.options = options.clone();
        known.base = UnseenRelationships::Queried(options);
        (known.is_given, known.is_foreign) = (false, false);
        known.key = key;
        object
    }

    /// An object that a constructor makes.
    pub fn made(&mut self, class: Class) -> usize {
        let object = self.foreign(class);
        let known = &mut self.objects[object];
        known.standing = Standing::Transient;
        known.freshness = Freshness::Loaded;
        known.base = UnseenRelationships::Empty;
        known.since = None;
        known.is_made = true;
        (known.is_given, known.is_foreign) = (false, false);
        object
    }

    /// The object that was asked for by a literal key.
    pub fn of_key(&self, class: &Class, key: &str) -> Option<usize> {
        self.objects.iter().position(|known| known.class == *class && known.key.as_deref() == Some(key))
    }

    /// The objects of a value.
    pub fn objects_in(&self, value: &RunValue) -> Vec<usize> {
        match value {
            RunValue::Object(object) | RunValue::Awaitable(object) => vec![*object],
            RunValue::List(list) | RunValue::Numbered(list) | RunValue::Mapping(list) => self.all_in(*list),
            RunValue::Tuple(parts) => parts.iter().flat_map(|part| self.objects_in(part)).collect(),
            _ => Vec::new(),
        }
    }

    /// The objects of a list, and what stands for the others.
    pub fn all_in(&self, list: usize) -> Vec<usize> {
        let list = &self.lists[list];
        list.known.iter().copied().chain(list.rest).collect()
    }

    /// Whether an object is in a list, as one that is known or as what stands for the others.
    pub fn has(&self, list: usize, object: usize) -> bool {
        let list = &self.lists[list];
        list.known.contains(&object) || list.rest == Some(object)
    }

    /// Whether it stands for others, of which there need be none.
    pub fn is_rest(&self, object: usize) -> bool {
        self.lists.iter().any(|list| list.rest == Some(object))
    }

    /// A list as it is now, from which an object is taken that can be any of it.
    pub fn chosen_from(&mut self, list: usize) -> usize {
        self.lists.push(List { owner: None, taken: BTreeMap::new(), ..self.lists[list].clone() });
        self.lists.len() - 1
    }

    /// How one of a list was expired where all of it were, so that a column of any is to be loaded.
    pub fn expired_with_all(&self, list: usize, column: &str) -> Option<Rc<Expiry>> {
        let expired = self.all_in(list).into_iter().map(|one| match &self.objects[one] {
            Object { freshness: Freshness::Expired(expiry), written, .. } if !written.contains(column) => Some(expiry),
            _ => None,
        });
        expired.collect::<Option<Vec<_>>>()?.first().copied().cloned()
    }

    /// One more of the objects that another stands for.
    pub fn one_of(&mut self, rest: usize) -> usize {
        let mut one = self.objects[rest].clone();
        for link in one.links.values_mut() {
            // only what is known of all of them is shared
            if let Some(RunValue::List(list)) = link.value {
                let mut copy = self.lists[list].clone();
                copy.known.clear();
                copy.taken.clear();
                copy.joined.clear();
                copy.owner = None;
                copy.rest = copy.rest.map(|inner| {
                    let inner = self.objects[inner].clone();
                    self.add(inner)
                });
                self.lists.push(copy);
                link.value = Some(RunValue::List(self.lists.len() - 1));
            }
        }
        let id = self.add(one);
        let links: Vec<(String, usize)> = self.objects[id]
            .links
            .iter()
            .filter_map(|(name, link)| match link.value {
                Some(RunValue::List(list)) => Some((name.clone(), list)),
                _ => None,
            })
            .collect();
        for (name, list) in links {
            self.lists[list].owner = Some((id, name));
        }
        id
    }

    /// Nothing is known any more of what is loaded.
    pub fn forget_all(&mut self) {
        self.optioned.any = true;
        (0..self.objects.len()).for_each(|object| self.forget(object));
    }

    /// Nothing is known any more of what of an object is loaded.
    pub fn forget(&mut self, object: usize) {
        let object = &mut self.objects[object];
        object.freshness = Freshness::Unknown;
        object.standing = Standing::Unknown;
        object.base = UnseenRelationships::Unknown;
        object.links.clear();
        object.is_foreign = true;
    }

    /// It may be loaded, or not.
    pub fn doubt(&mut self, object: usize) {
        let object = &mut self.objects[object];
        if matches!(object.freshness, Freshness::Expired(_) | Freshness::Dead) {
            object.freshness = Freshness::Doubtful;
        }
    }

    /// It may be expired, or not.
    pub fn suspect(&mut self, object: usize) {
        let object = &mut self.objects[object];
        if object.standing == Standing::Transient {
            return;
        }
        let is_expired = matches!(object.freshness, Freshness::Dead | Freshness::Expired(_));
        if !is_expired || !object.written.is_empty() {
            object.freshness = Freshness::Doubtful;
        }
        // what was set before would be gone, too
        object.written.clear();
    }

    /// Whether an object is held by one of some values, so that it is not gone.
    pub fn is_held<'v>(&self, object: usize, by: impl Iterator<Item = &'v RunValue>) -> bool {
        let mut open: Vec<usize> = by.flat_map(|value| self.objects_in(value)).collect();
        let mut seen: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(one) = open.pop() {
            if one == object {
                return true;
            }
            let links = self.objects[one].links.values().filter(|link| link.state == LoadState::Loaded);
            for next in links.filter_map(|link| link.value.as_ref()).flat_map(|value| self.objects_in(value)) {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    }
}
