//! Something is evaluated for each object of a sequence: the body of a comprehension, or the function that `sorted`, `max` or `map` is given.

use crate::syntax::{
    Node, Parts, callee_name, kind, parameter_name, positional_arguments, string_content, unparenthesized,
};

use super::call::HARMLESS;
use super::heap::{List, RunValue};
use super::run::{Exit, Walkthrough};

/// What gives the objects again that it is given.
const SEQUENCES: [&str; 7] = ["list", "tuple", "sorted", "reversed", "set", "iter", "enumerate"];

/// What need not come to the end of what it goes through.
const MAY_LEAVE: [&str; 4] = ["any", "all", "next", "islice"];

/// What is evaluated for each object, and what that gives, where it does.
type ForEach<'f, R> = dyn FnMut(&mut R, RunValue) -> Result<Option<RunValue>, Exit> + 'f;

impl Walkthrough<'_, '_> {
    pub(super) fn comprehension(&mut self, node: &Node<'_>) -> Result<RunValue, Exit> {
        let Some(body) = node.field("body") else { return Ok(RunValue::Unknown) };
        let clauses: Vec<Node<'_>> = node.parts().filter(|clause| clause.kind() == kind::FOR_IN_CLAUSE).collect();
        let targets: Vec<Node<'_>> = clauses.iter().filter_map(|clause| clause.field("left")).collect();
        let value = self.with_names_in(&targets, |run| run.rounds(&clauses, node, &body))?;
        Ok(match value {
            _ if clauses.len() > 1 => RunValue::Unknown,
            RunValue::List(list) if node.kind() == kind::DICTIONARY_COMPREHENSION => RunValue::Mapping(list),
            value => value,
        })
    }

    /// The loops of a comprehension, each inside of the one before; gives what the outermost gives.
    fn rounds(&mut self, clauses: &[Node<'_>], node: &Node<'_>, body: &Node<'_>) -> Result<RunValue, Exit> {
        let Some((clause, inner)) = clauses.split_first() else { return Ok(RunValue::Unknown) };
        let (Some(left), Some(right)) = (clause.field("left"), clause.field("right")) else {
            return Ok(RunValue::Unknown);
        };
        let over = self.value(&right)?;
        let rest = self.rest(&over);
        let (mut is_sure, mut is_same) = (true, true);
        let given = self.each(&over, &right, node, &mut |run, item| {
            run.assign(&left, item.clone());
            if !inner.is_empty() {
                return run.rounds(inner, node, body).map(Some);
            }
            match run.conditions(node)? {
                Some(true) => {}
                Some(false) => {
                    is_same = false;
                    return Ok(None);
                }
                None => {
                    is_sure = false;
                    return Ok(None);
                }
            }
            let value = run.given_by(body)?;
            is_same &= value == item;
            Ok(Some(value))
        })?;
        match &over {
            RunValue::List(list) if is_sure && is_same && rest.is_some() && !may_leave(node) => Ok(self.copied(*list)),
            _ if is_sure => Ok(self.gathered(&given, rest)),
            over => {
                // some of them remain, not known which
                let one = match over.sequence() {
                    Some(list) => self.any_of(list),
                    None => RunValue::Unknown,
                };
                self.assign(&left, if matches!(over, RunValue::Numbered(_)) { one.numbered() } else { one });
                let value = self.given_by(body)?;
                Ok(self.some_like(&value))
            }
        }
    }

    /// What the body of a comprehension gives, of a dictionary the value of its key.
    fn given_by(&mut self, body: &Node<'_>) -> Result<RunValue, Exit> {
        match (body.field("key"), body.field("value")) {
            (Some(key), Some(value)) if body.kind() == kind::PAIR => {
                self.value(&key)?;
                self.value(&value)
            }
            _ => self.value(body),
        }
    }

    /// Runs something for each of what is gone through; what that gives, where it does.
    fn each(
        &mut self,
        over: &RunValue,
        of: &Node<'_>,
        around: &Node<'_>,
        run: &mut ForEach<'_, Self>,
    ) -> Result<Vec<RunValue>, Exit> {
        self.enter_loop(over, of, around);
        let rest = self.rest(over);
        if let (RunValue::List(list), true) = (over, may_leave(around)) {
            // it comes to one of them in any case
            let one = self.any_of(*list);
            return Ok(run(self, one)?.into_iter().collect());
        }
        if let Some(list) = over.sequence() {
            self.put_expired_first(list);
        }
        let before = self.heap.objects.len();
        let items = self.items(over, of, 1);
        let taken: Vec<usize> = (before..self.heap.objects.len()).collect();
        let mut given = Vec::new();
        for item in items {
            given.extend(run(self, item)?);
        }
        self.agree(rest, &taken);
        Ok(given)
    }

    /// The list of what was given for each object of a list, of which another one stands for the others.
    fn gathered(&mut self, given: &[RunValue], rest: Option<usize>) -> RunValue {
        let objects: Option<Vec<usize>> = given
            .iter()
            .map(|value| match value {
                RunValue::Object(object) => Some(*object),
                _ => None,
            })
            .collect();
        match (objects.as_deref(), rest) {
            (Some([known @ .., one]), Some(_)) => {
                let is_anchored = !known.is_empty();
                self.heap.list(List { known: known.to_vec(), rest: Some(*one), is_anchored, ..List::default() })
            }
            (Some(known), None) => self.heap.list(List { known: known.to_vec(), ..List::default() }),
            _ => RunValue::Unknown,
        }
    }

    /// A list of which one stands for all.
    fn some_like(&mut self, one: &RunValue) -> RunValue {
        match one {
            RunValue::Object(one) => self.heap.list(List { rest: Some(*one), is_shuffled: true, ..List::default() }),
            _ => RunValue::Unknown,
        }
    }

    /// Whether the conditions of a comprehension hold; None where that isn't known.
    fn conditions(&mut self, node: &Node<'_>) -> Result<Option<bool>, Exit> {
        let mut all = Some(true);
        for clause in node.parts().filter(|clause| clause.kind() == kind::IF_CLAUSE) {
            let conditions: Vec<Node<'_>> = clause.parts().collect();
            for condition in conditions {
                match self.known_truth(&condition)? {
                    Some(false) => return Ok(Some(false)),
                    known => all = all.and(known),
                }
            }
        }
        Ok(all)
    }

    /// Whether a condition holds of which all is evaluated; None where that isn't known.
    fn known_truth(&mut self, condition: &Node<'_>) -> Result<Option<bool>, Exit> {
        let condition = unparenthesized(condition);
        match &*condition.kind() {
            kind::BOOLEAN_OPERATOR | kind::NOT_OPERATOR | kind::CONDITIONAL_EXPRESSION => {
                self.value(&condition).map(|_| None)
            }
            _ => self.truth(&condition, None),
        }
    }

    /// What one of Python's own functions gives that goes through the sequence that it is given; None where it is another.
    pub(super) fn gone_through(
        &mut self,
        name: &str,
        call: &Node<'_>,
        given: &[(Option<String>, RunValue)],
    ) -> Result<Option<RunValue>, Exit> {
        let arguments = call.field("arguments").map(|list| positional_arguments(&list)).unwrap_or_default();
        if let ("map" | "filter", [function, of]) = (name, arguments.as_slice()) {
            let over = given.get(1).map_or(&RunValue::Unknown, |(_, value)| value);
            let Some(list) = over.sequence().filter(|_| matches!(over, RunValue::List(_))) else { return Ok(None) };
            let rest = self.rest(over);
            let values = self.each(over, of, call, &mut |run, item| run.applied(function, item).map(Some))?;
            if name == "map" {
                return Ok(Some(self.gathered(&values, rest)));
            }
            // some of them remain, not known which
            let one = self.any_of(list);
            return Ok(Some(self.some_like(&one)));
        }
        let (Some(of), Some((_, RunValue::List(list)))) = (arguments.first(), given.first()) else {
            return Ok(SEQUENCES.contains(&name).then(|| self.typed(call)));
        };
        Ok(match name {
            "list" | "tuple" | "iter" => Some(self.copied(*list)),
            "reversed" | "set" => Some(self.shuffled(*list)),
            "enumerate" => Some(RunValue::Numbered(*list)),
            "sorted" | "max" | "min" => {
                self.order(*list, of, call)?;
                Some(if name == "sorted" { self.shuffled(*list) } else { self.any_of(*list) })
            }
            // the first, where nothing was taken before
            "next" if callee_name(of).as_deref() == Some("iter") => Some(self.at_place(*list, 0)?),
            "next" => Some(self.any_of(*list)),
            _ => None,
        })
    }

    /// The objects of a list are put in order by the key of a call.
    pub(super) fn order(&mut self, list: usize, of: &Node<'_>, call: &Node<'_>) -> Result<(), Exit> {
        let arguments = call.field("arguments");
        let mut arguments = arguments.iter().flat_map(Node::parts);
        let key = arguments.find(|argument| argument.field("name").is_some_and(|name| name.text() == "key"));
        let Some(key) = key.and_then(|key| key.field("value")) else { return Ok(()) };
        self.each(&RunValue::List(list), of, call, &mut |run, item| run.applied(&key, item).map(Some)).map(|_| ())
    }

    /// What a function gives for an object.
    fn applied(&mut self, function: &Node<'_>, item: RunValue) -> Result<RunValue, Exit> {
        let function = unparenthesized(function);
        if function.kind() == kind::LAMBDA {
            let first = function.field("parameters").and_then(|parameters| parameters.parts().next());
            let (Some(name), Some(body)) = (first.as_ref().and_then(parameter_name), function.field("body")) else {
                return Ok(RunValue::Unknown);
            };
            return self.with_names_in(std::slice::from_ref(&name), |run| {
                run.bind(&name.text(), item);
                run.value(&body)
            });
        }
        if let (RunValue::Object(object), Some("attrgetter")) = (&item, callee_name(&function).as_deref()) {
            let names = function.field("arguments").map(|list| positional_arguments(&list)).unwrap_or_default();
            for name in names.iter().filter_map(string_content).filter(|name| !name.contains('.')) {
                self.read(*object, &name, &function)?;
            }
            return Ok(RunValue::Unknown);
        }
        if HARMLESS.contains(&&*function.text()) && self.name(&function.text()).is_none() {
            return Ok(RunValue::Other);
        }
        match self.value(&function)? {
            RunValue::Function(found) => self.inline(&found, &function, vec![(None, item)], false),
            _ => {
                self.forget_in(&item);
                Ok(RunValue::Unknown)
            }
        }
    }
}

/// Whether something around a generator expression may end it before it has come to all.
fn may_leave(around: &Node<'_>) -> bool {
    let call = around.ancestors().find(|node| node.kind() == kind::CALL);
    around.kind() == kind::GENERATOR_EXPRESSION
        && call.is_some_and(|call| callee_name(&call).is_some_and(|name| MAY_LEAVE.contains(&name.as_str())))
}
