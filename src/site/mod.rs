//! A file's syntax tree goes in; its cascade sites come out: each value bound to a relationship, with what was resolved.

mod cells;
mod filled_in;
mod finder;
mod flag;
mod keywords;
mod property;
mod reading;
mod wrapper;

use std::ops::Range;

use crate::model::Relationship;
use crate::module::Location;
use crate::resolve::{Keyword, Reason, Step, Value, evaluate};
use crate::rules::Sets;
use crate::sqlalchemy::cascade::{self, CascadeOptions};
use crate::syntax::{Node, Parts, Tree, has_error, keyword_container, keyword_value, kind, unparenthesized};

pub use cells::find_in_cells;
pub use filled_in::withdraw;
pub use finder::{find, find_in_calls};
pub use flag::Flag;
pub use keywords::Keywords;
pub use reading::{HowRead, Reading};
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
    /// The argument that gives the cascade, where another can stand beside it.
    pub binding: Option<CascadeBinding>,
    /// Where sqlmodel's flag can be overridden; None at other sites.
    pub flag: Option<Flag>,
    /// What hands the value to relationships: at least one.
    pub recipients: Vec<Recipient>,
}

/// `cascade=…` in a call, or `"cascade": …` in a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CascadeBinding {
    /// The whole argument or item, in bytes of the text.
    pub range: Range<usize>,
    /// It is an item of a dictionary display.
    pub is_item: bool,
}

/// An expression that hands a value, or a dictionary that has it, to a call: the value itself, where that stands in the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// The expression.
    pub at: Location,
    /// The names of dictionaries and parameters that lead from there to the value.
    pub steps: Vec<Step>,
    /// The value is the only one that the dictionary can have.
    pub is_sole: bool,
    /// What is known of the relationship that the call makes.
    pub relationship: Option<Relationship>,
    /// The other arguments of the relationship that decide what its cascade does.
    pub keywords: Keywords,
    /// Where the function that is called does something else with the value than hand it on.
    pub reading: Option<Reading>,
}

/// The sites of a file, and the functions in it that hand their own parameters on to one.
#[derive(Debug, Clone, Default)]
pub struct FoundSites {
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

impl From<Reason> for Unknown {
    fn from(reason: Reason) -> Self {
        reason.to_string().into()
    }
}

impl CascadeBinding {
    fn of(node: &Node<'_>) -> Option<Self> {
        let is_item = node.kind() == kind::PAIR;
        (is_item || node.kind() == kind::KEYWORD_ARGUMENT).then(|| Self { range: node.range(), is_item })
    }
}

impl Recipient {
    /// The value itself, of whose relationship nothing is known.
    fn of_value(at: Location) -> Self {
        let (steps, keywords) = (Vec::new(), Keywords::default());
        Self { at, steps, is_sole: true, relationship: None, keywords, reading: None }
    }
}

impl Site {
    /// A site of which nothing is known but where it is and why.
    fn unknown(rule: &str, at: Location, why: Unknown) -> Self {
        Self {
            rule: rule.to_owned(),
            call: at.clone(),
            recipients: vec![Recipient::of_value(at.clone())],
            at,
            value: Err(why),
            sets: Sets::Cascade,
            callee: String::new(),
            viewonly: false,
            binding: None,
            flag: None,
        }
    }

    /// The range of the text that decides about the effective set: the value, or the whole call where a flag is overridden.
    pub fn effective_span(&self) -> Range<usize> {
        if self.flag.is_some() { self.call.range() } else { self.at.range() }
    }

    /// The relationship that gets the value; None where several do, or nothing is known of it.
    pub fn relationship(&self) -> Option<&Relationship> {
        let (first, others) = self.recipients.split_first()?;
        first.relationship.as_ref().filter(|_| others.iter().all(|other| other.at == first.at))
    }

    /// What there is to tell of the relationship that gets the value: where that is nothing, why.
    pub fn told_relationship(&self) -> Relationship {
        let known = self.relationship().cloned();
        let mut told = known.unwrap_or_else(|| {
            Relationship::unknown(match (self.recipients.as_slice(), &self.value) {
                ([_, _, ..], _) => "several relationships get the value",
                (_, Err(why)) if self.callee.is_empty() => &why.reason,
                _ => "the relationship is made elsewhere",
            })
        });
        if told.direction.is_none() && told.unknown.is_none() {
            told.unknown = Some("nothing decides about it here".to_owned());
        }
        told
    }

    /// Whether a loader can be named beside the cascade of a relationship that is given the keywords.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn takes_loader(&self, keywords: &Keywords) -> Result<(), String> {
        match (&keywords.lazy, &self.binding) {
            (Keyword::Given(_) | Keyword::OneOf(_) | Keyword::Unread(..), _) => {
                Err("the relationship names its loader".to_owned())
            }
            (Keyword::Absent, Some(_)) if self.flag.is_none() => Ok(()),
            _ => Err("not all arguments of the relationship stand here".to_owned()),
        }
    }

    /// The same site as seen from another call, which agrees with it about viewonly; `are_new` where nothing hands the value to both.
    pub fn merge(&mut self, other: Self, are_new: bool) {
        if self.binding != other.binding {
            self.binding = None;
        }
        if self.value.is_err() && other.value.is_ok() {
            self.value = other.value;
        }
        if are_new {
            return self.recipients.extend(other.recipients);
        }
        for given in other.recipients {
            match self.recipients.iter_mut().find(|known| known.at == given.at && known.steps == given.steps) {
                Some(known) => {
                    known.keywords.merge(given.keywords);
                    known.reading = known.reading.take().or(given.reading);
                }
                None => self.recipients.push(given),
            }
        }
    }

    /// The effective set of sqlmodel's call with other text in its place; None where that is not one expression, or gives no set.
    pub fn options_of_flag_in(&self, text: &str) -> Option<CascadeOptions> {
        let tree = Tree::parse(&format!("({text})"));
        let statement = tree.root().parts().next()?;
        if has_error(&tree.root()) {
            return None;
        }
        let call = unparenthesized(&statement.parts().next()?);
        let keywords = keyword_value(&call.field("arguments")?, "sa_relationship_kwargs")?;
        let value = keyword_value(&keyword_container(&keywords)?, "cascade")?;
        let options = cascade::parse(&evaluate(&value).ok()?.value).ok()?.options;
        Some(if self.viewonly { options.of_viewonly() } else { options })
    }
}
