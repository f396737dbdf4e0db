//! The relationships that get a value, and the calls by which sessions refresh and expire objects, go in; which of the calls reach the
//! relationships comes out: the objects that are loaded there are expired.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use serde::Serialize;

use crate::calls::{CallKind, SessionCall};
use crate::model::{End, Reaching};

/// What of the code comes to a relationship today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A read of what is related raises, because of what a call has expired.
    Raises,
    /// A call refreshes or expires an object that leads to it.
    Reached,
    /// It can't be told whether one does.
    Unknown,
    /// No call does: a change of its cascade alters nothing that runs today.
    Dormant,
}

/// Which findings are wanted: those of a level, and of what is more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Only {
    /// What raises today
    Raises,
    /// What a call reaches, and what raises
    Reached,
}

impl Only {
    /// Whether what is known of a relationship is enough.
    pub fn wants(self, level: Level) -> bool {
        match self {
            Self::Raises => level == Level::Raises,
            Self::Reached => matches!(level, Level::Raises | Level::Reached),
        }
    }
}

impl Level {
    /// All of them, what is most urgent first.
    pub const ALL: [Self; 4] = [Self::Raises, Self::Reached, Self::Unknown, Self::Dormant];

    /// How urgent it is, from 1 on.
    pub fn urgency(self) -> u8 {
        match self {
            Self::Raises => 4,
            Self::Reached => 3,
            Self::Unknown => 2,
            Self::Dormant => 1,
        }
    }

    /// In one word, or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raises => "raises",
            Self::Reached => "reached",
            Self::Unknown => "not known",
            Self::Dormant => "dormant",
        }
    }
}

/// A call, as it is told.
#[derive(Debug, Clone)]
pub struct PlacedCall {
    /// The call.
    pub call: SessionCall,
    /// Where it begins, as `path:line`.
    pub place: String,
    /// It is no part of the product.
    pub is_test: bool,
}

/// A call that reaches a relationship.
#[derive(Debug, Clone)]
pub struct ReachingCall {
    /// The call.
    pub call: Arc<PlacedCall>,
    /// The relationships on the way to the object that has it.
    pub through: Vec<String>,
}

/// What is known of who reaches the relationships that get a value.
#[derive(Debug, Clone)]
pub struct Reached {
    /// What of the code comes to them.
    pub level: Level,
    /// The calls that do, those of the product first.
    pub calls: Vec<ReachingCall>,
    /// The calls of the product that may: why that can't be told is known of each.
    pub open: Vec<(Arc<PlacedCall>, String)>,
    /// What else may refresh or expire any object, as `path:line`.
    pub elsewhere: Vec<String>,
    /// How many calls were looked at.
    pub looked_at: usize,
    /// How many of them are no part of the product, and may do it.
    pub open_in_tests: usize,
    /// The reads that raise.
    pub reads: Vec<RaisingRead>,
    /// A relationship on the way of a call to them that is not loaded with the object which has it.
    pub over_later: Option<String>,
}

/// A read that raises because of what a call has expired.
#[derive(Debug, Clone)]
pub struct RaisingRead {
    /// The call.
    pub call: Arc<PlacedCall>,
    /// What is read.
    pub text: String,
    /// Where, as `path:line`.
    pub place: String,
}

impl Reached {
    /// Whether nothing of the product does.
    pub fn is_by_tests_alone(&self) -> bool {
        self.level == Level::Reached && self.certain().next().is_none()
    }

    fn certain(&self) -> impl Iterator<Item = &Arc<PlacedCall>> {
        self.calls.iter().map(|reaching| &reaching.call).filter(|call| !call.is_test)
    }

    /// The calls of the product that come to the relationships, or may.
    pub fn coming(&self) -> impl Iterator<Item = &Arc<PlacedCall>> {
        self.certain().chain(self.open.iter().map(|(call, _)| call))
    }

    /// Those of them of which reads behind them can be found to raise. What is known of the classes of an object, and leads there by what
    /// isn't known alone, does not.
    pub fn to_follow(&self) -> impl Iterator<Item = &Arc<PlacedCall>> {
        self.certain().chain(self.open.iter().map(|(call, _)| call).filter(|call| call.call.unknown.is_some()))
    }
}

impl PlacedCall {
    /// Whether it is one of the product whose object is not known.
    pub fn is_open(&self) -> bool {
        self.call.unknown.is_some() && !self.is_test
    }

    /// Whether it expires what is related: it names no attributes.
    pub fn refreshes(&self) -> bool {
        matches!(self.call.kind, CallKind::Refresh | CallKind::Expire) && !self.call.named_attributes
    }
}

/// The calls of a repository, and how far they come.
pub struct Calls {
    /// In order of path and place.
    calls: Vec<Arc<PlacedCall>>,
    /// What refreshes or expires objects that is none of the calls, as `path:line`.
    elsewhere: Vec<String>,
    /// From the classes of their objects.
    reaching: Reaching,
    /// The numbers of the calls that may come to the relationships of a class, in order.
    by_owner: HashMap<End, Vec<usize>>,
    /// The numbers of those whose objects are not known, in order.
    open: Vec<usize>,
    /// The relationships that are loaded with the object which has them, by name.
    eager: HashSet<String>,
}

impl Calls {
    /// The calls, in order of path and place; what else refreshes or expires objects, as `path:line`; how far it comes from the classes of
    /// their objects; and the names of the relationships that are loaded with the object which has them.
    pub fn new(
        calls: Vec<Arc<PlacedCall>>,
        elsewhere: Vec<String>,
        reaching: Reaching,
        eager: HashSet<String>,
    ) -> Self {
        let mut by_owner: HashMap<End, Vec<usize>> = HashMap::default();
        for (number, call) in calls.iter().enumerate() {
            let classes = call.call.classes.iter().map(|class| End::Class(class.at.clone()));
            for owner in classes.flat_map(|class| reaching.owners(&class).cloned().collect::<Vec<_>>()) {
                by_owner.entry(owner).or_default().push(number);
            }
        }
        let open = (0..calls.len()).filter(|number| calls[*number].call.unknown.is_some()).collect();
        Self { calls, elsewhere, reaching, by_owner, open, eager }
    }

    /// Who reaches the relationships of some classes.
    pub fn reach(&self, owners: &[End]) -> Reached {
        let mut reached = Reached {
            level: Level::Dormant,
            calls: Vec::new(),
            open: Vec::new(),
            elsewhere: self.elsewhere.clone(),
            looked_at: self.calls.len(),
            open_in_tests: 0,
            reads: Vec::new(),
            over_later: None,
        };
        let of_owners = owners.iter().filter_map(|owner| self.by_owner.get(owner)).flatten();
        let numbers: BTreeSet<usize> = of_owners.chain(&self.open).copied().collect();
        for number in numbers {
            self.add(&self.calls[number], owners, &mut reached);
        }
        reached.calls.sort_by_key(|reaching| (reaching.call.is_test, reaching.through.len()));
        reached.level = match (reached.calls.is_empty(), reached.open.is_empty() && reached.elsewhere.is_empty()) {
            (false, _) => Level::Reached,
            (true, false) => Level::Unknown,
            (true, true) => Level::Dormant,
        };
        reached
    }

    fn add(&self, call: &Arc<PlacedCall>, owners: &[End], reached: &mut Reached) {
        let classes = call.call.classes.iter().map(|class| End::Class(class.at.clone()));
        let ways = classes.flat_map(|class| owners.iter().filter_map(move |owner| self.reaching.way(&class, owner)));
        let ways: Vec<_> = ways.collect();
        let certain = || ways.iter().filter(|way| way.is_certain);
        if reached.over_later.is_none() {
            let later = certain().flat_map(|way| &way.through).filter(|step| !self.eager.contains(*step));
            reached.over_later = later.min().cloned();
        }
        let certain = certain().min_by_key(|way| way.through.len());
        if let Some(way) = certain.filter(|_| call.call.doubt.is_none()) {
            return reached.calls.push(ReachingCall { call: Arc::clone(call), through: way.through.clone() });
        }
        let why = match (&call.call.unknown, ways.is_empty()) {
            (None, true) => return,
            _ if call.is_test => return reached.open_in_tests += 1,
            (Some(why), true) => why.clone(),
            (unknown, false) => {
                let why = call.call.doubt.as_ref().or(unknown.as_ref()).map(String::as_str);
                why.unwrap_or("the classes on the way to it are not all known").to_owned()
            }
        };
        reached.open.push((Arc::clone(call), why));
    }
}
