//! A call of a function of the repository goes in; the values that its `return` statements give come out.

use super::Resolver;
use super::effort::Effort;
use super::function::is_plain;
use super::names::{End, Found};
use super::place::Place;
use super::reason::Reason;
use super::value::{Step, Value};
use crate::syntax::{Node, is_method, returned};

impl Resolver<'_> {
    /// What functions of the repository return to a call; None where it calls something else.
    pub(super) fn returned_value(
        &self,
        place: &Place,
        call: &Node<'_>,
        effort: &Effort,
    ) -> Option<Result<Value, Reason>> {
        let function = call.field("function")?;
        let mention = place.module.location(&function.range());
        let ends = self.ends_of(place, &function, effort);
        let mut all = Value::default();
        for end in &ends {
            let End::Bound(found) = end else { return None };
            let node = found.value().filter(|node| found.rest.is_empty() && is_plain(node))?;
            let value = self
                .value_returned(found, &node, effort)
                .and_then(|value| self.given_by(place, call, &node, value, effort));
            match value {
                Ok(value) => all = all.or(value.through(&Step::new(mention.clone(), found, None), &call.range())),
                Err(why) => return Some(Err(why)),
            }
        }
        (!ends.is_empty()).then_some(Ok(all))
    }

    fn value_returned(&self, function: &Found, node: &Node<'_>, effort: &Effort) -> Result<Value, Reason> {
        let name = function.name();
        let mut all = Value::default();
        for value in returned(node) {
            let found = self.value(&Place::of(function.module(), &value), &value, effort);
            all = all.or(found.map_err(|why| why.behind_result_of(name))?);
        }
        if all == Value::default() { Err(Reason::about(&name, "returns nothing that can be known")) } else { Ok(all) }
    }

    /// The same with what the call gives in place of the function's own parameters.
    fn given_by(
        &self,
        place: &Place,
        call: &Node<'_>,
        function: &Node<'_>,
        mut value: Value,
        effort: &Effort,
    ) -> Result<Value, Reason> {
        let arguments = call.field("arguments").ok_or("it is no call")?;
        for argument in std::mem::take(&mut value.arguments) {
            if argument.function.range() != function.range() {
                return Err(argument.why_unknown());
            }
            let given = argument.given(&arguments, is_method(function), false);
            match given {
                Some(given) => value = value.or(self.value(place, &given, effort)?),
                None if arguments.named_children().all(|given| !given.kind().ends_with("_splat")) => {}
                None => return Err(Reason::about(&argument.name, "may be given by a splat")),
            }
        }
        Ok(value)
    }
}
