//! A statement is run.

use crate::syntax::{Node, Parts, callee_name, imported_names, is_and, kind, unparenthesized};
use crate::types::Type;

use super::decisions::Guard;
use super::heap::{List, Options, RunValue};
use super::run::{Exit, Walkthrough};

impl Walkthrough<'_, '_> {
    pub(super) fn block(&mut self, block: &Node<'_>) -> Result<(), Exit> {
        block.parts().try_for_each(|statement| self.statement(&statement))
    }

    fn statement(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        self.count()?;
        match &*statement.kind() {
            kind::RETURN_STATEMENT => {
                let value = statement.parts().next();
                let value = value.map_or(Ok(RunValue::Nothing), |value| self.value(&value))?;
                Err(Exit::Return(value))
            }
            kind::RAISE_STATEMENT => Err(Exit::Ended),
            kind::BREAK_STATEMENT => Err(Exit::Break),
            kind::CONTINUE_STATEMENT => Err(Exit::Continue),
            kind::IF_STATEMENT => self.branches(statement),
            kind::FOR_STATEMENT => self.for_each(statement),
            kind::WHILE_STATEMENT => self.while_it_holds(statement),
            kind::WITH_STATEMENT => self.with(statement),
            kind::TRY_STATEMENT => self.tried(statement),
            kind::MATCH_STATEMENT => self.cases(statement),
            kind::ASSERT_STATEMENT => {
                let condition = statement.parts().next();
                if self.holds(condition, Some(Guard::PASSED))? { Ok(()) } else { Err(Exit::Ended) }
            }
            kind::EXPRESSION_STATEMENT => statement.parts().try_for_each(|inner| self.value(&inner).map(|_| ())),
            kind::FUNCTION_DEFINITION | kind::CLASS_DEFINITION | kind::DECORATED_DEFINITION => {
                self.define(statement);
                Ok(())
            }
            kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => {
                imported_names(statement).for_each(|name| self.bind(&name.text(), RunValue::Unknown));
                Ok(())
            }
            kind::DELETE_STATEMENT => self.delete(statement),
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

    /// `del name`, `del list[0]`
    fn delete(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        for target in statement.parts() {
            let targets = if target.kind() == kind::EXPRESSION_LIST { target.parts().collect() } else { vec![target] };
            for target in targets {
                match &*target.kind() {
                    kind::IDENTIFIER => self.bind(&target.text(), RunValue::Unknown),
                    kind::SUBSCRIPT | kind::ATTRIBUTE => self.put(&target, &RunValue::Unknown)?,
                    _ => self.heap.forget_all(),
                }
            }
        }
        Ok(())
    }

    /// What names stood for isn't known from now on.
    fn forget_names(&mut self, statement: &Node<'_>) {
        for name in statement.dfs().filter(|node| node.kind() == kind::IDENTIFIER) {
            self.bind(&name.text(), RunValue::Unknown);
        }
    }

    /// A `try` statement, in which nothing is raised.
    fn tried(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let mut handlers = statement.children().filter(|part| part.kind() == kind::EXCEPT_CLAUSE);
        let goes_on = |handler: Node<'_>| {
            handler.children().find(|part| part.kind() == kind::BLOCK).is_some_and(|block| !self.leaves(&block))
        };
        if !handlers.any(goes_on) {
            return self.tried_parts(statement);
        }
        self.completes(statement);
        let left = self.tried_parts(statement);
        self.forget_flags(statement);
        match left {
            // where something is raised it may return another
            Err(Exit::Return(value)) if value.is_constant() => Err(Exit::Return(RunValue::Other)),
            left => left,
        }
    }

    fn tried_parts(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        for part in statement.parts() {
            match &*part.kind() {
                kind::BLOCK => self.block(&part)?,
                kind::ELSE_CLAUSE | kind::FINALLY_CLAUSE => {
                    let inner = part.parts().find(|child| child.kind() == kind::BLOCK);
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
                let parts: Vec<Node<'_>> = condition.parts().collect();
                let values = parts.iter().map(|part| self.value(part)).collect::<Result<Vec<_>, _>>()?;
                let words: Vec<String> = condition.children().map(|child| child.kind().into_owned()).collect();
                let is_not = words.iter().any(|word| word.contains("not") || word == "!=");
                let is_equality = words.iter().any(|word| matches!(word.as_str(), "==" | "!="));
                let known = match values.as_slice() {
                    [RunValue::Object(_) | RunValue::List(_) | RunValue::Key, RunValue::Nothing] => Some(is_not),
                    [RunValue::Key, RunValue::Literal(zero)] if zero == "0" => {
                        Some(is_not || words.iter().any(|word| word.starts_with('>')))
                    }
                    [value, RunValue::Nothing] if value.is_constant() => Some(is_not),
                    [RunValue::Nothing, RunValue::Nothing] => Some(!is_not),
                    [RunValue::Object(one), RunValue::Object(other)] => {
                        self.are_same(*one, *other).map(|are_same| are_same != is_not)
                    }
                    [RunValue::Literal(one), RunValue::Literal(other)] if is_equality => Some((one == other) != is_not),
                    _ => None,
                };
                if let (Some(holds), [RunValue::Literal(_), _]) = (known, values.as_slice()) {
                    self.follow_flag(&condition, holds);
                }
                Ok(known)
            }
            // nothing that is run has it on
            _ if matches!(&*condition.text(), "TYPE_CHECKING" | "typing.TYPE_CHECKING") => Ok(Some(false)),
            _ => {
                let value = self.value(&condition)?;
                let known = self.is_true(&value);
                if let Some(holds) = known.filter(|_| value.is_constant()) {
                    self.follow_flag(&condition, holds);
                }
                Ok(known)
            }
        }
    }

    /// Whether a value counts as true; None where that isn't known.
    pub(super) fn is_true(&self, value: &RunValue) -> Option<bool> {
        match value {
            RunValue::Object(_) | RunValue::Key => Some(true),
            RunValue::Nothing => Some(false),
            RunValue::Flag(is_true) => Some(*is_true),
            RunValue::Literal(written) => Some(written != "0"),
            RunValue::List(list) | RunValue::Numbered(list) | RunValue::Mapping(list)
                if !self.heap.lists[*list].known.is_empty() =>
            {
                Some(true)
            }
            _ => None,
        }
    }

    fn cases(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let subject = statement.field("subject");
        if let Some(subject) = &subject {
            self.value(subject)?;
        }
        let body = statement.field("body");
        for clause in body.iter().flat_map(Node::parts).filter(|clause| clause.kind() == kind::CASE_CLAUSE) {
            let pattern = clause.parts().find(|child| child.kind() == kind::CASE_PATTERN);
            let guard = clause.field("guard").or_else(|| subject.clone());
            if self.decide(guard.as_ref().unwrap_or(&clause), None) {
                pattern.iter().for_each(|pattern| self.forget_names(pattern));
                return clause.field("consequence").map_or(Ok(()), |block| self.block(&block));
            }
        }
        Ok(())
    }

    fn with(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let clause = statement.parts().find(|child| child.kind() == kind::WITH_CLAUSE);
        let items = clause.iter().flat_map(Node::parts).filter(|item| item.kind() == kind::WITH_ITEM);
        let mut ends: Vec<fn(&mut Self)> = Vec::new();
        for item in items {
            let Some(value) = item.field("value") else { continue };
            let (entered, target) = match &*value.kind() {
                kind::AS_PATTERN => (value.parts().next(), value.field("alias")),
                _ => (Some(value.clone()), None),
            };
            if let Some(entered) = entered {
                ends.extend(self.enter(&entered, target.and_then(|target| target.parts().next()))?);
            }
        }
        let left = statement.field("body").map_or(Ok(()), |body| self.block(&body));
        if clause.is_some_and(|clause| clause.text().contains("suppress")) {
            self.forget_flags(statement);
        }
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
                let targets: Vec<Node<'_>> = target.parts().collect();
                let parts: Vec<RunValue> = match &value {
                    RunValue::Tuple(parts) => parts.clone(),
                    RunValue::List(list) => self.unpacked(*list, &targets),
                    _ => Vec::new(),
                };
                let is_plain = parts.len() == targets.len();
                for (index, target) in targets.iter().enumerate() {
                    let part = parts.get(index).filter(|_| is_plain).cloned().unwrap_or(RunValue::Unknown);
                    self.assign(target, part);
                }
            }
            kind::LIST_SPLAT_PATTERN => target.parts().for_each(|name| self.assign(&name, value.clone())),
            // an attribute of an object, among others
            _ => self.heap.forget_all(),
        }
    }
}
