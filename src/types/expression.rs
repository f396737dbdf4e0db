//! An expression goes in; what it can be comes out.

use crate::syntax::{Node, Parts, conditional_parts, is_and, kind, on_one_line, string_content, unparenthesized};

use super::function::TypedArgument;
use super::kind::{Function, Rows, RowsOf, Type, is_object};
use super::narrowed::{Tested, tests};
use super::rows::column_named;
use super::{Context, Types};

impl Types<'_> {
    pub(super) fn expression(&self, context: &Context, node: &Node<'_>) -> Type {
        let first = || node.parts().next();
        match &*node.kind() {
            kind::IDENTIFIER => self.name(context, node),
            kind::ATTRIBUTE => self.attribute_of(context, node),
            // the class of a pattern
            kind::DOTTED_NAME => {
                let mut names = node.parts();
                let first = names.next().map_or(Type::NEVER, |name| self.name(context, &name));
                names.fold(first, |object, name| self.attribute(&object, &name.text()))
            }
            kind::CALL => self.call(context, node),
            kind::SUBSCRIPT => self.subscript(context, node),
            kind::PARENTHESIZED_EXPRESSION | kind::EXPRESSION_STATEMENT => {
                first().map_or(Type::NEVER, |inner| self.value(context, &inner))
            }
            kind::AWAIT => first().map_or(Type::NEVER, |inner| awaited(&self.value(context, &inner))),
            kind::NAMED_EXPRESSION => node.field("value").map_or(Type::NEVER, |value| self.value(context, &value)),
            kind::CONDITIONAL_EXPRESSION => match conditional_parts(node) {
                Some([body, _, otherwise]) => Type::any([self.value(context, &body), self.value(context, &otherwise)]),
                None => Type::NEVER,
            },
            kind::BOOLEAN_OPERATOR => self.boolean(context, node),
            kind::LIST | kind::SET => Type::sequence(Type::any(self.items_of(context, node))),
            kind::TUPLE | kind::EXPRESSION_LIST => {
                let items = self.items_of(context, node);
                let is_splatted = node.parts().any(|child| child.kind() == kind::LIST_SPLAT);
                if is_splatted { Type::sequence(Type::any(items)) } else { Type::Tuple(items) }
            }
            kind::DICTIONARY => self.dictionary(context, node),
            kind::LIST_COMPREHENSION | kind::SET_COMPREHENSION | kind::GENERATOR_EXPRESSION => {
                Type::sequence(node.field("body").map_or(Type::NEVER, |body| self.value(context, &body)))
            }
            kind::DICTIONARY_COMPREHENSION => {
                let part = |field: &str| {
                    let part = node.field("body").and_then(|pair| pair.field(field));
                    Box::new(part.map_or(Type::NEVER, |part| self.value(context, &part)))
                };
                Type::Mapping(part("key"), part("value"))
            }
            kind::LAMBDA => Type::Function(Function::of(&context.module, node)),
            kind::NONE => Type::Nothing,
            kind::BINARY_OPERATOR => self.operation(context, node),
            kind::YIELD => Type::unknown("what a generator is sent can't be told"),
            kind::LIST_SPLAT => first().map_or(Type::NEVER, |inner| self.value(context, &inner)),
            _ => Type::Other,
        }
    }

    /// The items of a display; what is splatted into it counts with its own items.
    fn items_of(&self, context: &Context, node: &Node<'_>) -> Vec<Type> {
        let items = node.parts();
        let value = |item: Node<'_>| {
            let found = self.value(context, &item);
            if item.kind() == kind::LIST_SPLAT { self.item(&found) } else { found }
        };
        items.map(value).collect()
    }

    fn dictionary(&self, context: &Context, node: &Node<'_>) -> Type {
        let pairs: Vec<Node<'_>> = node.parts().filter(|child| child.kind() == kind::PAIR).collect();
        let all = |field: &str| {
            let parts = pairs.iter().filter_map(|pair| pair.field(field));
            Box::new(Type::any(parts.map(|part| self.value(context, &part))))
        };
        let splatted = node.parts().filter(|child| child.kind() == kind::DICTIONARY_SPLAT);
        let splatted = splatted.filter_map(|splat| splat.parts().next());
        let splatted = splatted.map(|splatted| self.value(context, &splatted)).collect::<Vec<_>>();
        let of_splatted = splatted.iter().map(|splatted| self.values_in(&splatted.without_nothing()));
        Type::Mapping(all("key"), Box::new(Type::any([*all("value")].into_iter().chain(of_splatted))))
    }

    /// `a or b` is a only where that is true, `a and b` is b where a is.
    fn boolean(&self, context: &Context, node: &Node<'_>) -> Type {
        let side = |field: &str| node.field(field).map_or(Type::NEVER, |side| self.value(context, &side));
        let is_and = is_and(node);
        let (left, right) = (side("left"), side("right"));
        if is_and {
            let falsy = left.parts().iter().filter(|part| matches!(part, Type::Nothing | Type::Other)).cloned();
            return Type::any(falsy.chain([right]).collect::<Vec<_>>());
        }
        Type::any([left.without_nothing(), right])
    }

    /// Sequences and dictionaries can be put together, a class can have operators of its own; anything else makes no object of a mapped
    /// class.
    fn operation(&self, context: &Context, node: &Node<'_>) -> Type {
        let side = |field: &str| node.field(field).map_or(Type::NEVER, |side| self.value(context, &side));
        let holds_several =
            |found: &Type| found.parts().iter().any(|part| matches!(part, Type::Sequence(_) | Type::Tuple(_)));
        let (left, right) = (side("left"), side("right"));
        let operator = node.field("operator").map(|operator| operator.text().into_owned()).unwrap_or_default();
        match (&left, &right) {
            // nothing that is in the second alone
            _ if operator == "-" && holds_several(&left) => return Type::sequence(self.item(&left)),
            _ if operator == "&" && (holds_several(&left) || holds_several(&right)) => {
                let (left, right) = (self.item(&left), self.item(&right));
                let is_told_by_right = !is_object(&left) || self.narrows(&right, &left);
                return Type::sequence(if is_told_by_right { right } else { left });
            }
            (Type::Tuple(left), Type::Tuple(right)) => return Type::Tuple(left.iter().chain(right).cloned().collect()),
            (Type::Mapping(key, left), Type::Mapping(_, right)) => {
                return Type::Mapping(key.clone(), Box::new(Type::any([(**left).clone(), (**right).clone()])));
            }
            _ if holds_several(&left) || holds_several(&right) => {
                return Type::sequence(Type::any([self.item(&left), self.item(&right)]));
            }
            _ => {}
        }
        let method = OPERATORS.iter().find(|(sign, _)| *sign == operator).map(|(_, name)| *name);
        let given = [TypedArgument { name: None, value: right }];
        let by_method = |part: &Type| {
            let name = method.map(|name| format!("__{name}__"))?;
            (matches!(part, Type::Object(..)) && self.lineage_binds(part, &name)).then_some(())?;
            Some(self.attribute(part, &name).each(|method| match method {
                Type::Function(function) => self.returned(function, &given),
                _ => Type::unknown(format!("what `{}` gives can't be told", on_one_line(node))),
            }))
        };
        left.each(|part| match part {
            Type::Unknown(_) => part.clone(),
            part => by_method(part).unwrap_or(Type::Other),
        })
    }

    fn attribute_of(&self, context: &Context, node: &Node<'_>) -> Type {
        let (Some(object), Some(name)) = (node.field("object"), node.field("attribute")) else { return Type::NEVER };
        let tests = tests(&context.module, &node.text(), node);
        let found = self.value(context, &object);
        let found = self.attribute(&found.without_nothing(), &name.text());
        if is_object(&found) && !matches!(found, Type::Function(_) | Type::Module(_) | Type::Outside(_)) {
            self.step(context, node, format!("`{}` is read", on_one_line(node)));
        }
        self.narrowed(context, found, &tests.iter().collect::<Vec<&Tested<'_>>>())
    }

    fn subscript(&self, context: &Context, node: &Node<'_>) -> Type {
        let Some(value) = node.field("value") else { return Type::NEVER };
        let index = node.field("subscript").map(|index| unparenthesized(&index));
        let is_slice = index.as_ref().is_some_and(|index| index.kind() == kind::SLICE);
        let by_class = |items: &[Type]| {
            let index = index.as_ref().filter(|index| matches!(&*index.kind(), kind::IDENTIFIER | kind::ATTRIBUTE))?;
            let Type::Class(class, _) = self.value(context, index) else { return None };
            items.iter().find(|item| matches!(item, Type::Object(one, _) if *one == class)).cloned()
        };
        let by_name = index.as_ref().and_then(string_content);
        let type_arguments = || node.field_children("subscript").map(|given| self.annotated(context, &given)).collect();
        self.value(context, &value).without_nothing().each(|value| match value {
            Type::Class(class, arguments) if arguments.is_empty() => Type::Class(class.clone(), type_arguments()),
            Type::Outside(path) => self.given_to_outside(path, type_arguments()),
            Type::Tuple(items) if is_slice => Type::sequence(Type::any(items.clone())),
            Type::Tuple(items) => match &by_name {
                Some(name) => column_named(items, name),
                None => {
                    at(items, index.as_ref()).or_else(|| by_class(items)).unwrap_or_else(|| Type::any(items.clone()))
                }
            },
            sequence @ Type::Sequence(_) if is_slice => sequence.clone(),
            Type::Sequence(item) => (**item).clone(),
            Type::Mapping(_, item) => (**item).clone(),
            Type::Rows(rows) if rows.of == RowsOf::Query && is_slice => Type::sequence(rows.row()),
            Type::Rows(rows) => rows.row(),
            Type::Object(class, _) => match &by_name {
                Some(name) if self.has_base_named(class, &["TypedDict"]) => self.attribute(value, name),
                _ => match self.fields_of_tuple(value) {
                    Some(fields) => at(&fields, index.as_ref()).unwrap_or_else(|| Type::any(fields)),
                    None => self.result_of_method(value, "__getitem__"),
                },
            },
            other => self.item(other),
        })
    }

    /// What a loop over it gives.
    pub(super) fn item(&self, found: &Type) -> Type {
        found.without_nothing().each(|found| match found {
            Type::Sequence(item) => (**item).clone(),
            Type::Tuple(items) => Type::any(items.clone()),
            Type::Mapping(key, _) => (**key).clone(),
            Type::Rows(rows) => rows.row(),
            Type::Unknown(why) => Type::unknown(why.clone()),
            Type::OutsideObject(path, given) => self.item_of_outside(path, given),
            Type::Session => Type::unknown("which objects a session holds can't be told"),
            Type::Object(class, _) => {
                if let Some(fields) = self.fields_of_tuple(found) {
                    return Type::any(fields);
                }
                let method = ["__iter__", "__aiter__"].into_iter().map(|name| self.result_of_method(found, name));
                let over = Type::any(method.filter(|given| !matches!(given, Type::Unknown(_))));
                if over.is_never() || over == *found {
                    return Type::unknown(format!("what a loop over `{}` gives can't be told", class.name));
                }
                self.item(&over)
            }
            Type::Other | Type::Nothing | Type::SessionMaker => Type::Other,
            _ => Type::unknown("what a loop over it gives can't be told"),
        })
    }

    /// What a method without arguments gives.
    pub(super) fn result_of_method(&self, object: &Type, name: &str) -> Type {
        let method = self.attribute(object, name);
        method.each(|method| match method {
            Type::Function(function) => self.returned(function, &[]),
            Type::Unknown(why) => Type::unknown(why.clone()),
            _ => Type::unknown(format!("what `{name}` gives can't be told")),
        })
    }

    /// What `with` gives of a context manager.
    pub(super) fn entered(&self, manager: &Type) -> Type {
        manager.each(|manager| match manager {
            Type::Manager(inner) => (**inner).clone(),
            Type::Session => Type::Session,
            Type::Object(..) => {
                let entered = ["__aenter__", "__enter__"].map(|name| self.result_of_method(manager, name));
                let known = entered.iter().filter(|given| !matches!(given, Type::Unknown(_)));
                let found = Type::any(known.cloned());
                if found.is_never() { entered[0].clone() } else { found }
            }
            Type::Unknown(why) => Type::unknown(why.clone()),
            // what decorates a generator made a manager of it
            Type::Sequence(item) => {
                Type::any([(**item).clone(), Type::unknown("what `with` gives of it can't be told")])
            }
            other => other.clone(),
        })
    }
}

/// Operators, and the names of the methods that a class has for them, without their underscores.
const OPERATORS: [(&str, &str); 13] = [
    ("+", "add"),
    ("-", "sub"),
    ("*", "mul"),
    ("/", "truediv"),
    ("//", "floordiv"),
    ("%", "mod"),
    ("**", "pow"),
    ("@", "matmul"),
    ("&", "and"),
    ("|", "or"),
    ("^", "xor"),
    ("<<", "lshift"),
    (">>", "rshift"),
];

impl Rows {
    /// One of them: an object, or several columns.
    pub fn row(&self) -> Type {
        match (self.of, self.columns.as_slice()) {
            (RowsOf::Scalars, [first, ..]) => first.clone(),
            (RowsOf::Query | RowsOf::Statement, [one]) => one.clone(),
            (_, columns) => Type::Tuple(columns.to_vec()),
        }
    }

    /// The first column of one.
    pub fn first(&self) -> Type {
        self.columns.first().cloned().unwrap_or(Type::NEVER)
    }
}

/// One of some items, by a number that may count from the end.
fn at(items: &[Type], index: Option<&Node<'_>>) -> Option<Type> {
    let number: isize = index?.text().parse().ok()?;
    let length = isize::try_from(items.len()).ok()?;
    let number = if number < 0 { length + number } else { number };
    items.get(usize::try_from(number).ok()?).cloned()
}

/// What `await` gives of it: a task gives its result.
pub(super) fn awaited(found: &Type) -> Type {
    found.each(|found| match found {
        Type::OutsideObject(path, given) if is_task(path) => {
            given.first().cloned().unwrap_or_else(|| Type::unknown("what the task gives can't be told"))
        }
        found => found.clone(),
    })
}

/// A task or future of asyncio or of an executor.
pub(super) fn is_task(path: &[String]) -> bool {
    matches!(path.last().map(String::as_str), Some("Task" | "Future"))
}
