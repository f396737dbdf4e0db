//! A statement is run.

use crate::syntax::{Node, callee_name, is_and, kind, unparenthesized};
use crate::types::Type;

use super::heap::{Freshness, HeapLink, List, Options, RunValue, UnseenRelationships};
use super::run::{Exit, Guard, Walkthrough};

/// How many objects of a list a loop is run for.
const MOST_ROUNDS: usize = 8;

impl Walkthrough<'_, '_> {
    pub(super) fn block(&mut self, block: &Node<'_>) -> Result<(), Exit> {
        block.named_children().try_for_each(|statement| self.statement(&statement))
    }

    fn statement(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        self.count()?;
        match &*statement.kind() {
            kind::RETURN_STATEMENT => {
                let value = statement.named_children().find(|child| child.kind() != kind::COMMENT);
                let value = value.map_or(Ok(RunValue::Nothing), |value| self.value(&value))?;
                Err(Exit::Return(value))
            }
            kind::RAISE_STATEMENT => Err(Exit::Ended),
            kind::BREAK_STATEMENT => Err(Exit::Break),
            kind::CONTINUE_STATEMENT => Err(Exit::Continue),
            kind::IF_STATEMENT => self.branches(statement),
            kind::FOR_STATEMENT => self.for_each(statement),
            kind::WHILE_STATEMENT => {
                if !self.holds(statement.field("condition"), Some(Guard::PASSED))? {
                    return Ok(());
                }
                self.round(statement).map(|_| ())
            }
            kind::WITH_STATEMENT => self.with(statement),
            kind::TRY_STATEMENT => self.tried(statement),
            kind::MATCH_STATEMENT => self.cases(statement),
            kind::ASSERT_STATEMENT => {
                let condition = statement.named_children().next();
                if self.holds(condition, Some(Guard::PASSED))? { Ok(()) } else { Err(Exit::Ended) }
            }
            kind::EXPRESSION_STATEMENT => {
                statement.named_children().try_for_each(|inner| self.value(&inner).map(|_| ()))
            }
            kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION | kind::DECORATED_DEFINITION => {
                self.define(statement);
                Ok(())
            }
            kind::DELETE_STATEMENT | kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => {
                self.forget_names(statement);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A function or class is what its name stands for from now on.
    fn define(&mut self, statement: &Node<'_>) {
        let definition = statement.field("definition").unwrap_or_else(|| statement.clone());
        if let Some(name) = definition.field("name") {
            self.bind(&name.text(), RunValue::Unknown);
        }
    }

    /// `del name`, `import name`: what the name stood for isn't known from now on.
    fn forget_names(&mut self, statement: &Node<'_>) {
        for name in statement.dfs().filter(|node| node.kind() == kind::IDENTIFIER) {
            self.bind(&name.text(), RunValue::Unknown);
        }
    }

    /// A `try` statement, in which nothing is raised.
    fn tried(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        for part in statement.named_children() {
            match &*part.kind() {
                kind::BLOCK => self.block(&part)?,
                kind::ELSE_CLAUSE | kind::FINALLY_CLAUSE => {
                    let inner = part.named_children().find(|child| child.kind() == kind::BLOCK);
                    inner.map_or(Ok(()), |inner| self.block(&inner))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn branches(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let mut clauses = statement.field_children("alternative").collect::<Vec<_>>().into_iter().peekable();
        let mut clause = statement.clone();
        loop {
            let body = clause.field("consequence").or_else(|| clause.field("body"));
            let otherwise = clauses.peek().filter(|next| next.kind() == kind::ELSE_CLAUSE);
            let otherwise = otherwise.and_then(|last| last.field("body"));
            let guard = |block: &Option<Node<'_>>, goes_on: bool| {
                let block = block.as_ref()?;
                let ends_at_once = self.ends_at_once(block);
                (ends_at_once || self.leaves(block)).then_some(Guard { goes_on, ends_at_once })
            };
            let guard = guard(&body, false).or_else(|| guard(&otherwise, true));
            if self.holds(clause.field("condition"), guard)? {
                return body.map_or(Ok(()), |block| self.block(&block));
            }
            let Some(next) = clauses.next() else { return Ok(()) };
            clause = next;
        }
    }

    /// Whether a condition holds, or is taken to on this way.
    pub(super) fn holds(&mut self, condition: Option<Node<'_>>, guard: Option<Guard>) -> Result<bool, Exit> {
        let Some(condition) = condition.map(|condition| unparenthesized(&condition)) else { return Ok(true) };
        if let Some(known) = self.truth(&condition, guard)? {
            return Ok(known);
        }
        let holds = self.assume(&condition, guard);
        if let (false, Some(RunValue::List(list))) = (holds, self.name(&condition.text())) {
            // nothing is in it
            let list = &mut self.heap.lists[list];
            *list = List { owner: list.owner.take(), ..List::default() };
        }
        Ok(holds)
    }

    /// Whether a condition holds; None where that isn't known.
    pub(super) fn truth(&mut self, condition: &Node<'_>, guard: Option<Guard>) -> Result<Option<bool>, Exit> {
        let condition = unparenthesized(condition);
        match &*condition.kind() {
            kind::TRUE => Ok(Some(true)),
            kind::FALSE => Ok(Some(false)),
            kind::INTEGER => Ok(Some(condition.text() != "0")),
            kind::NOT_OPERATOR => Ok(Some(!self.holds(condition.field("argument"), guard.map(Guard::inverted))?)),
            kind::BOOLEAN_OPERATOR => {
                let is_and = is_and(&condition);
                // where one of them decides alone, the other way is open
                let holds = self.holds(condition.field("left"), guard.filter(|guard| guard.goes_on == is_and))?;
                if holds == is_and { self.holds(condition.field("right"), guard).map(Some) } else { Ok(Some(holds)) }
            }
            kind::COMPARISON_OPERATOR => {
                let parts: Vec<Node<'_>> = condition.named_children().collect();
                let values = parts.iter().map(|part| self.value(part)).collect::<Result<Vec<_>, _>>()?;
                let words: Vec<String> = condition.children().map(|child| child.kind().into_owned()).collect();
                let is_not = words.iter().any(|word| word.contains("not") || word == "!=");
                Ok(match values.as_slice() {
                    [RunValue::Object(_) | RunValue::List(_), RunValue::Nothing] => Some(is_not),
                    [RunValue::Nothing, RunValue::Nothing] => Some(!is_not),
                    _ => None,
                })
            }
            _ => {
                let value = self.value(&condition)?;
                Ok(self.is_true(&value))
            }
        }
    }

    /// Whether a value counts as true; None where that isn't known.
    pub(super) fn is_true(&self, value: &RunValue) -> Option<bool> {
        match value {
            RunValue::Object(_) => Some(true),
            RunValue::Nothing => Some(false),
            RunValue::Flag(is_true) => Some(*is_true),
            RunValue::List(list) if !self.heap.lists[*list].known.is_empty() => Some(true),
            _ => None,
        }
    }

    fn for_each(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let (Some(left), Some(right)) = (statement.field("left"), statement.field("right")) else { return Ok(()) };
        let over = self.value(&right)?;
        if self.is_true(&over).is_none() {
            self.enters(&right, statement);
        }
        let rest = self.rest_of(&over);
        // what a round does to one object shows in the next round
        let several = statement.text().contains(".refresh(") || statement.text().contains(".expire(");
        let before = self.heap.objects.len();
        let items = self.items(&over, &right, if several { 2 } else { 1 });
        let objects: Vec<usize> = (before..self.heap.objects.len()).collect();
        let in_any_order: Vec<usize> = match items.len() {
            0 | 1 => Vec::new(),
            _ if several => items.iter().flat_map(|item| self.heap.objects_in(item)).collect(),
            _ => Vec::new(),
        };
        for item in items {
            self.assign(&left, item);
            if !self.round(statement)? {
                self.agree(rest, &objects);
                return Ok(());
            }
        }
        // which of them was the last isn't known
        in_any_order.into_iter().for_each(|object| self.heap.doubt(object));
        self.agree(rest, &objects);
        let otherwise = statement.field("alternative").and_then(|clause| clause.field("body"));
        otherwise.map_or(Ok(()), |block| self.block(&block))
    }

    /// Runs the body of a loop; whether there can be another round.
    fn round(&mut self, statement: &Node<'_>) -> Result<bool, Exit> {
        let Some(body) = statement.field("body") else { return Ok(false) };
        match self.block(&body) {
            Err(Exit::Break) => Ok(false),
            Ok(()) | Err(Exit::Continue) => Ok(true),
            Err(exit) => Err(exit),
        }
    }

    fn rest_of(&self, over: &RunValue) -> Option<usize> {
        match over {
            RunValue::List(list) => self.heap.lists[*list].rest,
            _ => None,
        }
    }

    /// One of the objects of a list that aren't known one by one.
    pub(super) fn one_of_list(&mut self, over: &RunValue) -> Option<usize> {
        let RunValue::List(list) = *over else { return None };
        let rest = self.heap.lists[list].rest?;
        let is_one_more = self.heap.lists[list].is_anchored || !self.heap.lists[list].known.is_empty();
        let one = self.heap.one_of(rest);
        let is_same = |list: &&mut super::heap::List| list.rest == Some(rest);
        self.heap.lists.iter_mut().filter(is_same).for_each(|list| list.known.push(one));
        if is_one_more {
            // there need not be another
            self.heap.doubt(one);
            self.heap.objects[one].is_possible = true;
        }
        Some(one)
    }

    /// What a loop gives, one after the other.
    pub(super) fn items(&mut self, over: &RunValue, right: &Node<'_>, of_rest: usize) -> Vec<RunValue> {
        match over {
            RunValue::List(list) => {
                let mut items: Vec<RunValue> =
                    self.heap.lists[*list].known.iter().take(MOST_ROUNDS).map(|one| RunValue::Object(*one)).collect();
                for _ in 0..of_rest {
                    items.extend(self.one_of_list(over).map(RunValue::Object));
                }
                items
            }
            RunValue::Tuple(parts) => parts.iter().take(MOST_ROUNDS).cloned().collect(),
            RunValue::Result(options) => {
                let options = options.clone();
                let found = self.mapping.type_of(self.module(), right);
                let item = self.mapping.types.item_of(&found);
                vec![self.value_of_type(&item, Some(&options))]
            }
            _ => vec![RunValue::Unknown],
        }
    }

    /// What stands for all objects of a list is no more certain than what became of some of them.
    pub(super) fn agree(&mut self, rest: Option<usize>, objects: &[usize]) {
        let Some(rest) = rest else { return };
        for one in objects {
            let one = self.heap.objects[*one].clone();
            let known = &mut self.heap.objects[rest];
            known.written.extend(one.written);
            let is_same = std::mem::discriminant(&known.freshness) == std::mem::discriminant(&one.freshness);
            if !is_same {
                let is_well = |freshness: &Freshness| matches!(freshness, Freshness::Loaded | Freshness::Unknown);
                let both = is_well(&known.freshness) && is_well(&one.freshness);
                known.freshness = if both { Freshness::Unknown } else { Freshness::Doubtful };
            }
            let states = |links: &std::collections::BTreeMap<String, HeapLink>| {
                links.iter().map(|(name, link)| (name.clone(), link.state)).collect::<Vec<_>>()
            };
            if states(&known.links) != states(&one.links) {
                known.links.clear();
                known.base = UnseenRelationships::Unknown;
                known.options.add_possible(&one.options);
            }
        }
    }

    fn cases(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let subject = statement.field("subject");
        if let Some(subject) = &subject {
            self.value(subject)?;
        }
        let body = statement.field("body");
        for clause in body.iter().flat_map(Node::named_children).filter(|clause| clause.kind() == kind::CASE_CLAUSE) {
            let pattern = clause.named_children().find(|child| child.kind() == kind::CASE_PATTERN);
            let guard = clause.field("guard").or_else(|| subject.clone());
            if self.decide(guard.as_ref().unwrap_or(&clause), None) {
                pattern.iter().for_each(|pattern| self.forget_names(pattern));
                return clause.field("consequence").map_or(Ok(()), |block| self.block(&block));
            }
        }
        Ok(())
    }

    fn with(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let clause = statement.named_children().find(|child| child.kind() == kind::WITH_CLAUSE);
        let items = clause.iter().flat_map(Node::named_children).filter(|item| item.kind() == kind::WITH_ITEM);
        let mut ends: Vec<fn(&mut Self)> = Vec::new();
        for item in items {
            let Some(value) = item.field("value") else { continue };
            let (entered, target) = match &*value.kind() {
                kind::AS_PATTERN => (value.named_children().next(), value.field("alias")),
                _ => (Some(value.clone()), None),
            };
            if let Some(entered) = entered {
                ends.extend(self.enter(&entered, target.and_then(|target| target.named_children().next()))?);
            }
        }
        let left = statement.field("body").map_or(Ok(()), |body| self.block(&body));
        ends.into_iter().rev().for_each(|end| end(self));
        left
    }

    /// What is done at the end of a `with` statement.
    fn enter(&mut self, entered: &Node<'_>, target: Option<Node<'_>>) -> Result<Option<fn(&mut Self)>, Exit> {
        let name = callee_name(entered).unwrap_or_default();
        let receiver = entered.field("function").and_then(|function| function.field("object"));
        if receiver.is_some_and(|receiver| self.is_session(&receiver)) && matches!(&*name, "begin" | "begin_nested") {
            if let Some(target) = target {
                self.assign(&target, RunValue::Session);
            }
            return Ok(Some(if name == "begin" { Self::commit } else { |run| run.flush(true) }));
        }
        let found = self.mapping.type_of(self.module(), entered);
        let opens = |part: &Type| match part {
            Type::Session => true,
            Type::Manager(inner) => **inner == Type::Session,
            _ => false,
        };
        if !found.parts().iter().any(opens) {
            self.value(entered)?;
            if let Some(target) = target {
                self.assign(&target, RunValue::Unknown);
            }
            return Ok(None);
        }
        // objects of several sessions aren't told apart
        if std::mem::replace(&mut self.has_session, true) {
            return Err(Exit::Ended);
        }
        if entered.kind() == kind::CALL {
            self.open(entered);
        }
        if let Some(target) = target {
            self.assign(&target, RunValue::Session);
        }
        Ok(Some(if name == "begin" { Self::commit_and_close } else { Self::close }))
    }

    /// `async with maker.begin() as session` ends.
    fn commit_and_close(&mut self) {
        self.commit();
        self.close();
    }

    /// The session is closed: its objects are loaded no more.
    fn close(&mut self) {
        self.has_session = false;
        self.expires_on_commit = None;
        self.flushes_itself = false;
        self.heap.forget_all();
        self.heap.optioned = Options::default();
    }

    /// A value is assigned to a name, or to several.
    pub(super) fn assign(&mut self, target: &Node<'_>, value: RunValue) {
        match &*target.kind() {
            kind::IDENTIFIER => self.bind(&target.text(), value),
            kind::PATTERN_LIST | kind::TUPLE_PATTERN | kind::LIST_PATTERN => {
                let targets: Vec<Node<'_>> = target.named_children().collect();
                let parts: Vec<RunValue> = match &value {
                    RunValue::Tuple(parts) => parts.clone(),
                    RunValue::List(list) if self.heap.lists[*list].rest.is_none() => {
                        self.heap.lists[*list].known.iter().map(|one| RunValue::Object(*one)).collect()
                    }
                    RunValue::List(_) => targets
                        .iter()
                        .map(|_| self.one_of_list(&value).map_or(RunValue::Unknown, RunValue::Object))
                        .collect(),
                    _ => Vec::new(),
                };
                let is_plain = parts.len() == targets.len();
                for (index, target) in targets.iter().enumerate() {
                    let part = parts.get(index).filter(|_| is_plain).cloned().unwrap_or(RunValue::Unknown);
                    self.assign(target, part);
                }
            }
            // an attribute of an object, among others
            _ => self.heap.forget_all(),
        }
    }
}
