//! A function goes in, and what a call gives to it; what it gives to the constructor comes out, if all that it does can be followed.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::received::{Received, WayToConstructor};
use crate::module::Module;
use crate::resolve::{Arguments, Expression, Place};
use crate::syntax::{
    Node, Parts, dotted_name, has_scope, is_async, kind, positional_arguments, string_content, unparenthesized,
};

/// A function's names while its statements are followed.
struct FunctionFrame<'a> {
    module: &'a Arc<Module>,
    parameters: HashMap<String, Option<Expression>>,
    /// Names that the function binds anew.
    locals: HashSet<String>,
    /// `*names` and what it has.
    rest: Option<(String, Arguments)>,
    /// `**names` and what it has.
    keywords: Option<(String, Arguments)>,
}

/// The arguments that reach the constructor by a call of a function or lambda; None where the function does more than hand them on.
///
/// # Errors
/// Why it can't be told what the function calls.
pub(super) fn through(
    way: &WayToConstructor<'_>,
    module: &Arc<Module>,
    function: &Node<'_>,
    given: Arguments,
) -> Result<Option<Received>, String> {
    let decorated = function.parent().is_some_and(|parent| parent.kind() == kind::DECORATED_DEFINITION);
    let is_plain = !decorated && !is_async(function);
    let frame = is_plain.then(|| FunctionFrame::of(way, module, function, given)).flatten();
    let (Some(mut frame), Some(body)) = (frame, function.field("body")) else { return Ok(None) };
    let call = if function.kind() == kind::LAMBDA { Some(body) } else { frame.returned(way, &body) };
    let Some(call) = call.map(|call| unparenthesized(&call)).filter(|call| call.kind() == kind::CALL) else {
        return Ok(None);
    };
    let names = call.field("function").and_then(|function| dotted_name(&function));
    let (Some(names), Some(list)) = (names, call.field("arguments")) else { return Ok(None) };
    let Some(arguments) = frame.handed_on(&list) else { return Ok(None) };
    way.reached(&Place::of(module, &call), &names, arguments).map(Some)
}

/// Takes the argument with a parameter's name out of those that are given. None where a dictionary may have that argument.
fn taken_by_name(way: &WayToConstructor<'_>, name: &str, given: &mut Arguments) -> Option<Option<Option<Expression>>> {
    if given.may_have(way.resolver, name) {
        return None;
    }
    let named = given.by_name.iter().position(|(given, _)| given == name);
    Some(named.map(|index| given.by_name.remove(index).1))
}

impl<'a> FunctionFrame<'a> {
    /// The parameters with what is given for them.
    fn of(
        way: &WayToConstructor<'_>,
        module: &'a Arc<Module>,
        function: &Node<'_>,
        mut given: Arguments,
    ) -> Option<Self> {
        let mut frame =
            Self { module, parameters: HashMap::default(), locals: HashSet::default(), rest: None, keywords: None };
        let mut by_position: Vec<Option<Expression>> = std::mem::take(&mut given.by_position);
        by_position.reverse();
        let list = function.field("parameters")?;
        let mut is_by_position = true;
        for node in list.parts() {
            let inner = if node.kind() == kind::TYPED_PARAMETER { node.parts().next()? } else { node.clone() };
            match &*inner.kind() {
                kind::LIST_SPLAT_PATTERN => {
                    by_position.reverse();
                    let (by_position, is_open) = (std::mem::take(&mut by_position), std::mem::take(&mut given.is_open));
                    let rest = Arguments { by_position, is_open, ..Arguments::default() };
                    frame.rest = Some((inner.parts().next()?.text().into_owned(), rest));
                    is_by_position = false;
                }
                kind::DICTIONARY_SPLAT_PATTERN => {
                    let by_name = std::mem::take(&mut given.by_name);
                    let dictionaries = std::mem::take(&mut given.dictionaries);
                    let rest = Arguments { by_name, dictionaries, ..Arguments::default() };
                    frame.keywords = Some((inner.parts().next()?.text().into_owned(), rest));
                }
                kind::KEYWORD_SEPARATOR => is_by_position = false,
                kind::POSITIONAL_SEPARATOR => {}
                kind::IDENTIFIER | kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => {
                    let name = inner.field("name").unwrap_or_else(|| inner.clone()).text().into_owned();
                    let positional = if is_by_position { by_position.pop() } else { None };
                    let default = inner.field("value").map(|value| Some(Expression::of(module, &value)));
                    // `*names` may give it
                    let open = (is_by_position && given.is_open).then_some(None);
                    let named = taken_by_name(way, &name, &mut given)?;
                    frame.parameters.insert(name, positional.or(named).or(open).or(default)?);
                }
                _ => return None,
            }
        }
        (by_position.is_empty() && given.by_name.is_empty() && !given.is_open).then_some(frame)
    }

    /// What the function returns, if nothing before that changes more than can be followed.
    fn returned<'t>(&mut self, way: &WayToConstructor<'_>, body: &Node<'t>) -> Option<Node<'t>> {
        for statement in body.parts() {
            match &*statement.kind() {
                kind::RETURN_STATEMENT => {
                    return statement.parts().next();
                }
                kind::PASS_STATEMENT
                | kind::IMPORT_STATEMENT
                | kind::IMPORT_FROM_STATEMENT
                | kind::ASSERT_STATEMENT => {}
                kind::EXPRESSION_STATEMENT => self.expression(way, &statement.parts().next()?)?,
                _ => self.other(&statement)?,
            }
        }
        None
    }

    /// Statements that may or may not run: what they bind can't be told. None where they return or have to do with what is handed on.
    fn other(&mut self, statement: &Node<'_>) -> Option<()> {
        let is_handed_on =
            |name: &str| [&self.rest, &self.keywords].into_iter().flatten().any(|(rest, _)| rest == name);
        let mut bound = Vec::new();
        for node in statement.dfs() {
            match &*node.kind() {
                kind::RETURN_STATEMENT | kind::YIELD => return None,
                kind::IDENTIFIER if is_handed_on(&node.text()) => return None,
                kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT | kind::FOR_STATEMENT | kind::NAMED_EXPRESSION => {
                    let left = node.field("left").or_else(|| node.field("name"))?;
                    bound.extend(
                        left.dfs().filter(|node| node.kind() == kind::IDENTIFIER).map(|name| name.text().into_owned()),
                    );
                }
                _ if has_scope(&node) => return None,
                _ => {}
            }
        }
        self.locals.extend(bound);
        Some(())
    }

    /// A docstring, `keywords.setdefault(…)`, `keywords[…] = …`, `name = keywords.pop(…)`, or what has nothing to do with these.
    fn expression(&mut self, way: &WayToConstructor<'_>, node: &Node<'_>) -> Option<()> {
        match &*node.kind() {
            kind::STRING | kind::CONCATENATED_STRING => Some(()),
            kind::CALL if self.is_of_keywords(node, "setdefault") => {
                let given = positional_arguments(&node.field("arguments")?);
                let key = string_content(given.first()?)?;
                let value = self.substituted(given.get(1)?);
                let (_, keywords) = self.keywords.as_mut()?;
                let is_open = keywords.may_have(way.resolver, &key);
                if !keywords.by_name.iter().any(|(name, _)| *name == key) {
                    keywords.by_name.push((key, if is_open { None } else { value }));
                }
                Some(())
            }
            kind::ASSIGNMENT => {
                let (left, right) = (node.field("left")?, node.field("right")?);
                let is_item = left.kind() == kind::SUBSCRIPT && self.is_keywords(&left.field("value")?);
                if is_item {
                    let key = string_content(&left.field("subscript")?)?;
                    let value = self.substituted(&right);
                    let (_, keywords) = self.keywords.as_mut()?;
                    keywords.by_name.retain(|(name, _)| *name != key);
                    keywords.by_name.push((key, value));
                    return Some(());
                }
                if self.is_of_keywords(&right, "pop") {
                    let key = string_content(positional_arguments(&right.field("arguments")?).first()?)?;
                    let (_, keywords) = self.keywords.as_mut()?;
                    if keywords.may_have(way.resolver, &key) {
                        return None;
                    }
                    keywords.by_name.retain(|(name, _)| *name != key);
                    self.locals.insert(left.text().into_owned());
                    return Some(());
                }
                self.other(node)
            }
            _ => self.other(node),
        }
    }

    fn is_keywords(&self, node: &Node<'_>) -> bool {
        self.keywords.as_ref().is_some_and(|(name, _)| node.text() == name.as_str())
    }

    fn is_of_keywords(&self, call: &Node<'_>, method: &str) -> bool {
        let function = call.field("function");
        function.is_some_and(|function| {
            function.field("attribute").is_some_and(|name| name.text() == method)
                && function.field("object").is_some_and(|object| self.is_keywords(&object))
        })
    }

    /// The arguments of the call that the function returns.
    fn handed_on(&self, list: &Node<'_>) -> Option<Arguments> {
        let mut arguments = Arguments::default();
        for argument in list.parts() {
            match &*argument.kind() {
                kind::LIST_SPLAT => {
                    let name = argument.parts().next()?.text().into_owned();
                    let (_, rest) = self.rest.as_ref().filter(|(rest, _)| *rest == name)?;
                    arguments.by_position.extend(rest.by_position.iter().cloned());
                    arguments.is_open |= rest.is_open;
                }
                kind::DICTIONARY_SPLAT => {
                    let dictionary = argument.parts().next()?;
                    match self.keywords.as_ref().filter(|(name, _)| dictionary.text() == name.as_str()) {
                        Some((_, keywords)) => {
                            arguments.by_name.extend(keywords.by_name.iter().cloned());
                            arguments.dictionaries.extend(keywords.dictionaries.iter().cloned());
                        }
                        None => self.add_dictionary(&mut arguments, &dictionary)?,
                    }
                }
                kind::KEYWORD_ARGUMENT => {
                    let (name, value) = (argument.field("name")?, argument.field("value")?);
                    arguments.by_name.push((name.text().into_owned(), self.substituted(&value)));
                }
                _ => arguments.by_position.push(self.substituted(&argument)),
            }
        }
        Some(arguments)
    }

    fn add_dictionary(&self, arguments: &mut Arguments, dictionary: &Node<'_>) -> Option<()> {
        let expression = self.substituted(dictionary)?;
        arguments.add(&expression.module, &expression.node()?);
        Some(())
    }

    /// An expression of the function, with what is given in place of a parameter; None where it is made of one.
    fn substituted(&self, node: &Node<'_>) -> Option<Expression> {
        let node = unparenthesized(node);
        let is_own = |name: &str| {
            self.parameters.contains_key(name)
                || self.locals.contains(name)
                || [&self.rest, &self.keywords].into_iter().flatten().any(|(rest, _)| rest == name)
        };
        if node.kind() == kind::IDENTIFIER
            && !self.locals.contains(&*node.text())
            && let Some(given) = self.parameters.get(&*node.text())
        {
            return given.clone();
        }
        let mut names = node.dfs().filter(|node| node.kind() == kind::IDENTIFIER);
        (!names.any(|name| is_own(&name.text()))).then(|| Expression::of(self.module, &node))
    }
}
