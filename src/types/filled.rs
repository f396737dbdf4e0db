//! A container that is empty where it is made goes in; the same with what is put into it later comes out.

use crate::syntax::{Node, has_scope, kind};

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
        match found {
            Type::Sequence(item) if item.is_never() => Type::sequence(self.put_into(context, scope, &is_itself)),
            Type::Mapping(key, value) => {
                let value = if value.is_never() { self.put_into(context, scope, &is_itself) } else { *value };
                let value = value.each(|value| match value {
                    Type::Sequence(item) if item.is_never() => {
                        Type::sequence(self.put_into(context, scope, &is_inside))
                    }
                    value => value.clone(),
                });
                Type::Mapping(key, Box::new(value))
            }
            found => found,
        }
    }

    /// What a scope puts into the container for whose expression the test holds.
    fn put_into(&self, context: &Context, scope: &Node<'_>, is_it: &dyn Fn(&Node<'_>) -> bool) -> Type {
        let mut items: Vec<Type> = Vec::new();
        for node in scope.dfs() {
            match &*node.kind() {
                kind::CALL => items.extend(self.put_by_method(context, &node, is_it)),
                kind::ASSIGNMENT => {
                    let left = node.field("left").filter(|left| left.kind() == kind::SUBSCRIPT);
                    let into = left.and_then(|left| left.field("value")).filter(|value| is_it(value));
                    items.extend(into.and_then(|_| node.field("right")).map(|right| self.value(context, &right)));
                }
                _ => {}
            }
        }
        Type::any(items)
    }

    /// `name.append(value)` and the like.
    fn put_by_method(&self, context: &Context, call: &Node<'_>, is_it: &dyn Fn(&Node<'_>) -> bool) -> Option<Type> {
        let method = call.field("function").filter(|function| function.kind() == kind::ATTRIBUTE)?;
        let name = method.field("attribute")?;
        let index = match &*name.text() {
            "append" | "add" | "appendleft" | "extend" | "update" => 0,
            "insert" | "setdefault" => 1,
            _ => return None,
        };
        if !is_it(&method.field("object")?) {
            return None;
        }
        let value = self.value(context, arguments_of(call).get(index)?);
        let is_several = matches!(&*name.text(), "extend" | "update");
        Some(match value {
            Type::Mapping(_, value) if is_several => *value,
            value if is_several => self.item(&value),
            value => value,
        })
    }
}
