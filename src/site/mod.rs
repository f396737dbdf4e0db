//! A file's syntax tree goes in; its cascade sites come out: each value bound to a relationship, with what was resolved.

mod cells;
mod filled_in;
mod finder;
mod flag;
mod keywords;
mod viewonly;
mod wrapper;

use std::ops::Range;

use crate::cascade::{self, CascadeOptions};
use crate::model::Relationship;
use crate::module::Location;
use crate::resolve::{Step, Value, evaluate};
use crate::rules::Sets;
use crate::syntax::{Tree, has_error, keyword_container, keyword_value, unparenthesized};

pub use cells::find_in_cells;
pub use filled_in::withdraw;
pub use finder::{find, find_in_calls};
pub use flag::Flag;
pub use keywords::{Binding, Keyword, Keywords, Lazy};
pub use wrapper::Wrapper;

/// One place where a cascade is bound to a relationship.
#[derive(Debug, Clone)]
pub struct Site {
    /// The id of the rule that matched.
    pub rule: String,
    /// The value, parentheses around it excluded.
    pub at: Location,
    /// What the value can be, or why that can't be known.
    pub value: Result<Value, Unknown>,
    /// What the value sets.
    pub sets: Sets,
    /// The call that gets the value.
    pub call: Location,
    /// The constructor's fully qualified name, or the callee as written where it can't be traced.
    pub callee: String,
    /// `viewonly=True` holds for the relationship.
    pub viewonly: bool,
    /// What else the relationship is given.
    pub keywords: Keywords,
    /// Where sqlmodel's flag can be overridden; None at other sites.
    pub flag: Option<Flag>,
    /// What is known of the relationship.
    pub relationship: Option<Relationship>,
    /// Where the value stands in a dictionary, or is handed to a function that hands it on: what leads there.
    pub dictionaries: Vec<Given>,
}

/// An expression that hands a dictionary, or a value, to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The expression.
    pub at: Location,
    /// The names of dictionaries that lead from there to the value.
    pub steps: Vec<Step>,
    /// The value is the only one that the dictionary can have.
    pub is_sole: bool,
}

/// The sites of a file, and the functions in it that hand their own parameters on to one.
#[derive(Debug, Default)]
pub struct Found {
    /// In order of position.
    pub sites: Vec<Site>,
    /// Functions whose calls make relationships.
    pub wrappers: Vec<Wrapper>,
}

/// Why a value can't be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// In words that complete "this cascade can't be known here: …".
    pub reason: String,
    /// What to do, where that is not to write a literal.
    pub help: Option<&'static str>,
}

impl From<String> for Unknown {
    fn from(reason: String) -> Self {
        Self { reason, help: None }
    }
}

impl Site {
    /// A site of which nothing is known but where it is and why.
    fn unknown(rule: &str, at: Location, why: Unknown) -> Self {
        Self {
            rule: rule.to_owned(),
            call: at.clone(),
            at,
            value: Err(why),
            sets: Sets::Cascade,
            callee: String::new(),
            viewonly: false,
            keywords: Keywords::default(),
            flag: None,
            relationship: None,
            dictionaries: Vec::new(),
        }
    }

    /// The range of the text that decides about the effective set: the value, or the whole call where a flag is overridden.
    pub fn effective_span(&self) -> Range<usize> {
        if self.flag.is_some() { self.call.range() } else { self.at.range() }
    }

    /// Whether a loader can be named beside the cascade.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn takes_loader(&self) -> Result<(), String> {
        match (&self.keywords.lazy, &self.keywords.binding) {
            (Keyword::Given(_), _) => Err("the relationship names its loader".to_owned()),
            (Keyword::Absent, Some(_)) if self.flag.is_none() => Ok(()),
            _ => Err("not all arguments of the relationship stand here".to_owned()),
        }
    }

    /// The same site as seen from another call.
    pub fn merge(&mut self, other: Self) {
        // SQLAlchemy 2.x reduces the list itself where viewonly holds
        self.viewonly &= other.viewonly;
        self.keywords.merge(other.keywords);
        if self.value.is_err() && other.value.is_ok() {
            self.value = other.value;
        }
        let others =
            other.dictionaries.into_iter().filter(|given| !self.dictionaries.contains(given)).collect::<Vec<_>>();
        if others.iter().any(|given| given.at != self.at) {
            // what holds for one call that gets the dictionary need not hold for the next
            self.relationship = None;
        }
        self.dictionaries.extend(others);
    }

    /// The effective set of sqlmodel's call with other text in its place; None where that is not one expression, or gives no set.
    pub fn options_of_flag_in(&self, text: &str) -> Option<CascadeOptions> {
        let tree = Tree::parse(&format!("({text})"));
        let statement = tree.root().named_children().next()?;
        if has_error(&tree.root()) {
            return None;
        }
        let call = unparenthesized(&statement.named_children().next()?);
        let keywords = keyword_value(&call.field("arguments")?, "sa_relationship_kwargs")?;
        let value = keyword_value(&keyword_container(&keywords)?, "cascade")?;
        let options = cascade::parse(&evaluate(&value).ok()?.value).ok()?.options;
        Some(if self.viewonly { options.of_viewonly() } else { options })
    }
}
