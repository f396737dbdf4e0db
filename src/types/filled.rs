//! A container goes in; the same with what is put into it later comes out.

use foldhash::HashSet;

use crate::syntax::{Node, has_scope, is_statement, kind};

use super::kind::Type;
use super::member::arguments_of;
use super::{Context, Types};

impl Types<'_> {
    /// What is put into the container that a name is bound to.
    pub(super) fn filled(&self, context: &Context, name: &Node<'_>, found: Type) -> Type {
        match name.ancestors().find(|node| has_scope(node) || node.kind() == kind::MODULE) {
            Some(scope) => self.filled_in(context, &scope, &name.text(), found),
            None => found,
        }
    }

    /// The same for a container as it is written in a function, a class or a module: `users`, `self.users`.
    pub(super) fn filled_in(&self, context: &Context, scope: &Node<'_>, written: &str, found: Type) -> Type {
        let is_itself = |node: &Node<'_>| node.text() == written;
        let is_inside = |node: &Node<'_>| {
            let whole = match &*node.kind() {
                kind::SUBSCRIPT => node.field("value"),
                kind::CALL => node.field("function").and_then(|function| function.field("object")),
                _ => None,
            };
            whole.is_some_and(|whole| whole.text() == written)
        };
        let is_container = |part: &Type| matches!(part, Type::Sequence(_) | Type::Tuple(_) | Type::Mapping(..));
        if !found.parts().iter().any(is_container) || !may_be_filled(&scope.text(), written) {
            return found;
        }
        let put_into = |is_it: &dyn Fn(&Node<'_>) -> bool| self.put_into(context, scope, written, is_it);
        found.each(|found| match found {
            Type::Sequence(item) => Type::sequence(Type::any([(**item).clone(), put_into(&is_itself)])),
            Type::Tuple(items) => match put_into(&is_itself) {
                more if more.is_never() => found.clone(),
                more => Type::sequence(Type::any(items.iter().cloned().chain([more]))),
            },
            Type::Mapping(key, value) => {
                let value = Type::any([(**value).clone(), put_into(&is_itself)]);
                let value = value.each(|value| match value {
                    Type::Sequence(item) => Type::sequence(Type::any([(**item).clone(), put_into(&is_inside)])),
                    value => value.clone(),
                });
                Type::Mapping(key.clone(), Box::new(value))
            }
            found => found.clone(),
        })
    }

    /// What a scope puts into the container for whose expression the test holds. Functions inside of it may have the name for themselves.
    fn put_into(&self, context: &Context, scope: &Node<'_>, written: &str, is_it: &dyn Fn(&Node<'_>) -> bool) -> Type {
        let is_own = |node: &Node<'_>| {
            let mut inside = node.ancestors().take_while(|around| around.range() != scope.range()).filter(has_scope);
            !inside.any(|function| !context.module.scope_of(&function).all(written).is_empty())
        };
        let mut items: Vec<Type> = Vec::new();
        for node in around_words(context, scope, written) {
            match &*node.kind() {
                kind::CALL => items.extend(self.put_by_method(context, &node, is_it).filter(|_| is_own(&node))),
                kind::ASSIGNMENT => {
                    let left = node.field("left").filter(|left| left.kind() == kind::SUBSCRIPT);
                    let into = left.as_ref().and_then(|left| left.field("value")).filter(|value| is_it(value));
                    let Some(right) = into.and_then(|_| node.field("right")).filter(|_| is_own(&node)) else {
                        continue;
                    };
                    let value = self.value(context, &right);
                    let is_slice =
                        left.and_then(|left| left.field("subscript")).is_some_and(|at| at.kind() == kind::SLICE);
                    items.push(if is_slice { self.item(&value) } else { value });
                }
                kind::AUGMENTED_ASSIGNMENT if node.field("left").is_some_and(|left| is_it(&left)) => {
                    let right = node.field("right").filter(|_| is_own(&node));
                    items.extend(right.map(|right| self.values_in(&self.value(context, &right))));
                }
                _ => {}
            }
        }
        Type::any(items)
    }

    /// What is taken out of something that is put into a container as a whole.
    pub(super) fn values_in(&self, whole: &Type) -> Type {
        whole.each(|whole| match whole {
            Type::Mapping(_, value) => (**value).clone(),
            whole => self.item(whole),
        })
    }

    /// `name.append(value)` and the like.
    fn put_by_method(&self, context: &Context, call: &Node<'_>, is_it: &dyn Fn(&Node<'_>) -> bool) -> Option<Type> {
        let method = call.field("function").filter(|function| function.kind() == kind::ATTRIBUTE)?;
        let name = method.field("attribute")?;
        let index = match &*name.text() {
            "append" | "add" | "appendleft" | "extend" | "extendleft" | "update" => 0,
            "insert" | "setdefault" => 1,
            _ => return None,
        };
        if !is_it(&method.field("object")?) {
            return None;
        }
        let is_several = matches!(&*name.text(), "extend" | "extendleft" | "update");
        let given = self.given(context, call).into_iter();
        let named = given.filter(|given| given.name.is_some() && is_several).map(|given| given.value);
        let value = arguments_of(call).get(index).map(|argument| self.value(context, argument));
        let value = value.map(|value| if is_several { self.values_in(&value) } else { value });
        Some(Type::any(value.into_iter().chain(named)))
    }
}

/// The nodes of a scope around a container, as it is written, up to the statements that it is in, each once. They are found by where they
/// are: a scope can have any number of statements.
fn around_words<'c>(context: &'c Context, scope: &Node<'_>, written: &str) -> Vec<Node<'c>> {
    let (tree, range) = (context.module.tree(), scope.range());
    let places =
        memchr::memmem::find_iter(scope.text().as_bytes(), written).map(|at| range.start + at).collect::<Vec<_>>();
    let mut found: Vec<Node<'c>> = Vec::new();
    let mut seen: HashSet<usize> = HashSet::default();
    for at in places {
        let mut next = tree.node_around(&(at..at + written.len()));
        while let Some(node) = next.filter(|node| seen.insert(node.node_id())) {
            next = if is_statement(&node) { None } else { node.parent() };
            found.push(node);
        }
    }
    found
}

/// Whether a text can put something into a container, as that is written.
fn may_be_filled(text: &str, written: &str) -> bool {
    const WAYS: [&str; 9] =
        [".append", ".add(", ".extend", ".update", ".insert", ".setdefault", ".appendleft", "+=", "|="];
    let fills = |behind: &str| WAYS.iter().any(|way| behind.starts_with(way));
    memchr::memmem::find_iter(text.as_bytes(), written).any(|at| {
        let mut behind = text[at + written.len()..].trim_start_matches(' ');
        while let Some(inside) = behind.strip_prefix('[') {
            let Some(length) = length_in_brackets(inside) else { return true };
            behind = inside[length..].trim_start_matches(' ');
            if behind.starts_with('=') && !behind.starts_with("==") {
                return true;
            }
        }
        fills(behind)
    })
}

/// How long what stands in brackets is, with the one that closes them; None where that is long.
fn length_in_brackets(inside: &str) -> Option<usize> {
    const LONGEST: usize = 200;
    let mut open = 1_usize;
    let end = inside.bytes().take(LONGEST).position(|byte| {
        match byte {
            b'[' | b'(' | b'{' => open += 1,
            b']' | b')' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0
    });
    end.map(|end| end + 1)
}
