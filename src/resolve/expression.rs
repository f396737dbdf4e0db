//! An expression at a place goes in; the values that it can have come out, or why they can't be known.

use super::Resolver;
use super::effort::Effort;
use super::literal::evaluate;
use super::operation::{computed, operation};
use super::origin::{Made, Origin};
use super::place::Place;
use super::reason::Reason;
use super::value::{Port, Value, WrittenLiteral};
use crate::python::{CollectionKind, PyValue};
use crate::syntax::{Node, kind, unparenthesized};

/// How many values an expression may have before it counts as unknown.
pub(super) const MOST_ALTERNATIVES: usize = 24;

impl Resolver<'_> {
    /// What an expression at a place can be.
    ///
    /// # Errors
    /// Why that can't be known, in words that complete "this cascade can't be known here: …".
    pub fn value(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let node = unparenthesized(node);
        if place.module.source.is_masked(&node.range()) {
            return Err("it is filled in by a template".into());
        }
        if let Ok(literal) = evaluate(&node) {
            let at = place.module.location(&literal.span);
            return Ok(Value::of(literal.value.clone(), node.range(), WrittenLiteral { literal, at }));
        }
        let origins = self.origins(place, &node, effort);
        let mut value = Value::default();
        for origin in &origins.all {
            value = value.or(self.settled(origin, effort)?);
            if value.alternatives.len() > MOST_ALTERNATIVES {
                return Err("it can have too many values".into());
            }
        }
        if let Some(keywords) = origins.arguments.iter().find(|argument| argument.port != Port::Value) {
            return Err(keywords.why_unknown());
        }
        let arguments = origins.arguments.into_iter().chain(origins.holders).collect();
        Ok(value.or(Value { alternatives: Vec::new(), arguments }))
    }

    /// The values that are made at an origin.
    pub(super) fn settled(&self, origin: &Origin, effort: &Effort) -> Result<Value, Reason> {
        let value = match &origin.made {
            Made::By(place, range) => self.node_of(place, range).and_then(|node| self.made(place, &node, effort)),
            Made::Known(known) => Ok(Value { alternatives: vec![(**known).clone()], arguments: Vec::new() }),
            Made::OfKeywords(..) => Err("it is a dictionary of keyword arguments".into()),
            Made::Missing(why) | Made::Unknown(why) => Err(why.clone()),
        };
        let mut value = value.map_err(|why| why.behind(&origin.links))?;
        for alternative in &mut value.alternatives {
            alternative.steps.splice(0..0, origin.steps.iter().cloned());
            if let Some(here) = &origin.here {
                alternative.here = here.clone();
            }
            if origin.is_member {
                alternative.value = PyValue::Opaque("Enum");
            }
        }
        Ok(value)
    }

    /// What an expression that leads no further makes.
    fn made(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        if place.module.source.is_masked(&node.range()) {
            return Err("it is filled in by a template".into());
        }
        match evaluate(node) {
            Ok(literal) => {
                let at = place.module.location(&literal.span);
                Ok(Value::of(literal.value.clone(), node.range(), WrittenLiteral { literal, at }))
            }
            Err(why) => {
                let deeper = effort.deeper(|| self.made_of_others(place, node, effort, why.into()));
                deeper.unwrap_or_else(|| Err("it is nested too deeply".into()))
            }
        }
    }

    /// What an expression makes that is put together from others, such as a sum or a list. `why` says why it is no literal.
    fn made_of_others(&self, place: &Place, node: &Node<'_>, effort: &Effort, why: Reason) -> Result<Value, Reason> {
        let value = |node: &Node<'_>| self.value(place, node, effort);
        match &*node.kind() {
            kind::CALL => self.known_call(place, node, effort).unwrap_or(Err(why)),
            kind::BINARY_OPERATOR => {
                let (left, right) = (node.field("left"), node.field("right"));
                let (Some(left), Some(right)) = (left, right) else { return Err(why) };
                let operator = node.field("operator").map(|operator| operator.text().into_owned()).unwrap_or_default();
                let right = match (&*operator, &*right.kind()) {
                    ("%", kind::DICTIONARY) => self.dictionary_of_values(place, &right, effort)?,
                    _ => value(&right)?,
                };
                let compute = |parts: &[PyValue]| operation(&operator, &parts[0], &parts[1]);
                computed(place, node, &[value(&left)?, right], compute, || why.clone())
            }
            kind::STRING | kind::CONCATENATED_STRING => self.formatted_string(place, node, effort),
            kind::LIST => self.display(place, node, CollectionKind::List, effort),
            kind::TUPLE => self.display(place, node, CollectionKind::Tuple, effort),
            kind::SET => self.display(place, node, CollectionKind::Set, effort),
            _ => Err(why),
        }
    }

    /// Why an expression is no literal.
    pub(super) fn no_literal(&self, node: &Node<'_>) -> Reason {
        evaluate(node).map_or_else(Reason::from, |_| Reason::from("it is not there"))
    }
}
