//! A name where it is bound goes in; what it can be from there on comes out.

use crate::module::Module;
use crate::resolve::Place;
use crate::syntax::{
    Node, Parts, first_parameter, has_scope, is_method, kind, on_one_line, parameter_name, unparenthesized,
};

use super::kind::{Class, Function, Type, is_object, says_all};
use super::{Context, TypeQuestion, Types};

impl Types<'_> {
    /// What a name can be that is bound here.
    pub(super) fn bound(&self, context: &Context, name: &Node<'_>) -> Type {
        let at = context.module.location(&name.range());
        self.once(context, TypeQuestion::Bound, at, || self.bound_by(context, name))
    }

    fn bound_by(&self, context: &Context, name: &Node<'_>) -> Type {
        let mut node = name.clone();
        while let Some(around) = node.parent() {
            let is = |field: &str| around.field(field).is_some_and(|part| part.range() == node.range());
            match &*around.kind() {
                kind::CLASS_DEFINITION if is("name") => return Type::Class(class_of(context, &around), Vec::new()),
                kind::FUNCTION_DEFINITION if is("name") => {
                    return Type::Function(Function::of(&context.module, &around));
                }
                kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => {
                    return self.named(context, &Place::of(&context.module, name), &name.text());
                }
                kind::ASSIGNMENT if is("left") => return self.assigned(context, name, &around),
                kind::NAMED_EXPRESSION if is("name") => {
                    return around.field("value").map_or(Type::NEVER, |value| self.value(context, &value));
                }
                kind::FOR_STATEMENT | kind::FOR_IN_CLAUSE if is("left") => {
                    let over = around.field("right").map_or(Type::NEVER, |right| self.value(context, &right));
                    let one = self.item(&over);
                    let left = around.field("left").unwrap_or(node);
                    return self.unpacked(&left, name, one);
                }
                kind::AS_PATTERN_TARGET => return self.bound_by_as(context, name, &around),
                kind::CASE_PATTERN => return self.captured(context, name, &around),
                kind::TYPED_PARAMETER
                | kind::DEFAULT_PARAMETER
                | kind::TYPED_DEFAULT_PARAMETER
                | kind::PARAMETERS
                | kind::LAMBDA_PARAMETERS => return self.parameter(context, name),
                kind::AUGMENTED_ASSIGNMENT => return Type::Other,
                _ => node = around,
            }
        }
        Type::unknown(format!("it can't be told what binds `{}`", name.text()))
    }

    /// `name = value`, `name: annotation = value`, `name, other = value`.
    fn assigned<'t>(&self, context: &Context, name: &Node<'t>, assignment: &Node<'t>) -> Type {
        let declared = || {
            let annotation = assignment.field("type").or_else(|| declared_type(&context.module, name))?;
            Some((self.annotated(context, &annotation), annotation))
        };
        let Some(mut right) = assignment.field("right") else {
            return declared().map_or(Type::NEVER, |(declared, _)| declared);
        };
        while right.kind() == kind::ASSIGNMENT {
            let Some(inner) = right.field("right") else { break };
            right = inner;
        }
        let given = self.value(context, &right);
        let left = assignment.field("left").unwrap_or_else(|| name.clone());
        let found = self.unpacked(&left, name, given);
        let found = self.filled(context, name, found);
        let declared = declared().filter(|(declared, _)| is_object(declared) && !self.narrows(&found, declared));
        let written = name.text();
        if let Some((declared, annotation)) = declared {
            self.step(context, name, format!("`{written}` is annotated `{}`", on_one_line(&annotation)));
            return declared;
        }
        if is_object(&found) {
            self.step(context, name, format!("`{written}` is `{}`", on_one_line(&right)));
        }
        found
    }

    /// Whether what is assigned says more than the annotation of the name does.
    pub(super) fn narrows(&self, found: &Type, declared: &Type) -> bool {
        let is_narrower = |part: &Type| match part {
            Type::Object(class, _) => declared.parts().iter().all(|declared| match declared {
                Type::Object(base, _) => self.inherits(class, base),
                _ => true,
            }),
            Type::Nothing => declared.parts().contains(&Type::Nothing),
            Type::Unknown(_) | Type::Other | Type::Variable(_) | Type::OutsideObject(..) => false,
            // something else may be put into it
            Type::Sequence(_) | Type::Mapping(..) => says_all(part) && !says_all(declared),
            other => says_all(other),
        };
        !found.is_never() && found.parts().iter().all(is_narrower)
    }

    /// `with … as name`, `except Class as name`.
    fn bound_by_as<'t>(&self, context: &Context, name: &Node<'t>, target: &Node<'t>) -> Type {
        let Some(pattern) = target.parent() else { return Type::NEVER };
        let Some(value) = pattern.parts().next() else { return Type::Other };
        if pattern.parent().is_none_or(|around| around.kind() != kind::WITH_ITEM) {
            let caught = self.value(context, &value);
            let classes =
                if matches!(caught, Type::Tuple(_) | Type::Sequence(_)) { self.item(&caught) } else { caught };
            return classes.each(|class| self.made_by(class));
        }
        let managed = self.value(context, &value);
        let entered = self.entered(&managed);
        let left = target.parts().next().unwrap_or_else(|| name.clone());
        self.unpacked(&left, name, entered)
    }

    /// A name that a pattern of a `case` binds: the subject, or an object of the class before `as`.
    fn captured<'t>(&self, context: &Context, name: &Node<'t>, pattern: &Node<'t>) -> Type {
        let around: Vec<Node<'_>> =
            name.ancestors().take_while(|around| around.range() != pattern.range()).chain([pattern.clone()]).collect();
        let is_class = |node: &Node<'_>| node.kind() == kind::CLASS_PATTERN;
        if !around.iter().any(is_class) {
            let whole = around.iter().find(|around| around.kind() == kind::AS_PATTERN).unwrap_or(pattern);
            let is_outer = |class: &Node<'_>| {
                !class.ancestors().take_while(|up| up.range() != whole.range()).any(|up| is_class(&up))
            };
            let classes = whole.dfs().filter(|node| is_class(node) && is_outer(node));
            let classes: Vec<_> = classes.filter_map(|class| class.parts().next()).collect();
            if !classes.is_empty() {
                return Type::any(
                    classes.iter().map(|class| self.value(context, class).each(|class| self.made_by(class))),
                );
            }
        }
        let statement = pattern.ancestors().find(|node| node.kind() == kind::MATCH_STATEMENT);
        let is_whole =
            pattern.text() == name.text() && pattern.parent().is_some_and(|around| around.kind() == kind::CASE_CLAUSE);
        match statement.and_then(|statement| statement.field("subject")).filter(|_| is_whole) {
            Some(subject) => self.value(context, &subject),
            None => Type::unknown(format!("`{}` is captured by a pattern", name.text())),
        }
    }

    /// The part of a value that one name of a target gets.
    fn unpacked(&self, target: &Node<'_>, name: &Node<'_>, value: Type) -> Type {
        if target.range() == name.range() {
            return value;
        }
        let parts: Vec<Node<'_>> = target.parts().collect();
        let is_around =
            |part: &Node<'_>| part.range().start <= name.range().start && name.range().end <= part.range().end;
        let Some(index) = parts.iter().position(is_around) else { return Type::NEVER };
        let part = &parts[index];
        if part.kind() == kind::LIST_SPLAT_PATTERN {
            return Type::sequence(self.item(&value));
        }
        let inner = value.each(|value| match value {
            Type::Tuple(items) if items.len() == parts.len() => items[index].clone(),
            Type::Object(..) => match self.fields_of_tuple(value) {
                Some(fields) if fields.len() == parts.len() => fields[index].clone(),
                _ => self.item(value),
            },
            other => self.item(other),
        });
        let inside = unparenthesized(part);
        self.unpacked(&inside, name, inner)
    }
}

pub(super) fn class_of(context: &Context, node: &Node<'_>) -> Class {
    Class {
        name: node.field("name").map(|name| name.text().into_owned()).unwrap_or_default(),
        at: context.module.location(&node.range()),
        module: context.module.clone(),
    }
}

/// The annotation of a name that stands at another assignment, or at none: `name: annotation`.
fn declared_type<'t>(module: &Module, name: &Node<'t>) -> Option<Node<'t>> {
    if name.kind() != kind::IDENTIFIER || !module.has_before_colon(&name.text()) {
        return None;
    }
    let scope = name.ancestors().find(|node| has_scope(node) || node.kind() == kind::MODULE)?;
    let body = if scope.kind() == kind::MODULE { scope } else { scope.field("body")? };
    if !body.text().contains(&format!("{}:", name.text())) {
        return None;
    }
    let declares = |node: &Node<'t>| {
        node.kind() == kind::ASSIGNMENT && node.field("left").is_some_and(|left| left.text() == name.text())
    };
    body.dfs().filter(|node| declares(node)).find_map(|node| node.field("type"))
}

/// Whether the function of a parameter is a method, and the parameter its first.
pub(super) fn is_receiver(function: &Node<'_>, name: &Node<'_>) -> bool {
    let first = first_parameter(function);
    first.and_then(|first| parameter_name(&first)).is_some_and(|first| first.range() == name.range())
        && is_method(function)
}
