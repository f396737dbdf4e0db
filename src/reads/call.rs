//! A call is evaluated: of a constructor, of a function of the repository, of a method.

use crate::python::PyValue;
use crate::resolve::{Arguments, Effort, Keyword, Place, Resolution};
use crate::syntax::{
    Node, Parts, asked_attribute, callee_name, dotted_name, kind, positional_arguments, unparenthesized,
};
use crate::types::{Class, Type};

use super::heap::{Options, RunValue, UnseenRelationships};
use super::run::{Exit, Walkthrough};
use super::session::named_in_options;

/// What does nothing to the objects that it is given.
pub(super) const HARMLESS: [&str; 20] = [
    "print",
    "len",
    "str",
    "repr",
    "isinstance",
    "bool",
    "int",
    "float",
    "id",
    "type",
    "sum",
    "any",
    "all",
    "min",
    "max",
    "range",
    "hash",
    "round",
    "dict",
    "format",
];

impl Walkthrough<'_, '_> {
    pub(super) fn call(&mut self, call: &Node<'_>, is_awaited: bool) -> Result<RunValue, Exit> {
        let Some(function) = call.field("function").map(|function| unparenthesized(&function)) else {
            return Ok(RunValue::Unknown);
        };
        if let (Some(object), Some(name)) = (function.field("object"), function.field("attribute")) {
            return self.method(call, &object, &name.text(), is_awaited);
        }
        let called = if function.kind() == kind::IDENTIFIER { self.name(&function.text()) } else { None };
        let called = called.unwrap_or_else(|| self.typed(&function));
        match called {
            RunValue::Class(class) => self.construct(&class, call),
            RunValue::Function(function) => {
                let given = self.arguments(call)?;
                let value = self.inline(&function, call, given, is_awaited)?;
                Ok(self.or_typed(value, call))
            }
            _ => self.builtin(call, &function.text(), is_awaited),
        }
    }

    /// The arguments of a call, with their names.
    fn arguments(&mut self, call: &Node<'_>) -> Result<Vec<(Option<String>, RunValue)>, Exit> {
        let Some(list) = call.field("arguments") else { return Ok(Vec::new()) };
        if list.kind() != kind::ARGUMENT_LIST {
            return Ok(vec![(None, self.value(&list)?)]);
        }
        let mut given = Vec::new();
        for argument in list.parts() {
            let name = argument.field("name").filter(|_| argument.kind() == kind::KEYWORD_ARGUMENT);
            let name = name.map(|name| name.text().into_owned());
            given.push((name, self.value(&argument)?));
        }
        Ok(given)
    }

    fn or_typed(&mut self, value: RunValue, call: &Node<'_>) -> RunValue {
        if value == RunValue::Unknown { self.typed(call) } else { value }
    }

    /// A function of Python's own, or one that can't be followed.
    fn builtin(&mut self, call: &Node<'_>, name: &str, is_awaited: bool) -> Result<RunValue, Exit> {
        let given = self.arguments(call)?;
        if !is_awaited && let Some(value) = self.gone_through(name, call, &given)? {
            return Ok(value);
        }
        if HARMLESS.contains(&name) && !is_awaited {
            return Ok(RunValue::Other);
        }
        let first = given.first().map_or(RunValue::Unknown, |(_, value)| value.clone());
        if name == "getattr"
            && !is_awaited
            && let (RunValue::Object(object), Some((_, attribute))) = (&first, asked_attribute(call))
        {
            return self.read(*object, &attribute, call);
        }
        Ok(self.outside(call, &given, is_awaited))
    }

    /// What can't be followed may do anything with what it gets; with nothing of the session in its hands, nothing.
    fn outside(&mut self, call: &Node<'_>, given: &[(Option<String>, RunValue)], is_awaited: bool) -> RunValue {
        let found = self.mapping.type_of(self.module(), call);
        if matches!(&*found, Type::Rows(rows) if rows.of == crate::types::RowsOf::Statement) {
            let name = callee_name(call).unwrap_or_default();
            let is_change = matches!(&*name, "update" | "delete" | "insert");
            let is_all = name == "select" && matches!(given, [(None, RunValue::Class(_))]);
            return RunValue::Statement(Options { is_all, is_change, ..Options::default() });
        }
        let gets = |value: &RunValue| matches!(value, RunValue::Session | RunValue::Unknown);
        let is_safe = !is_awaited && !given.iter().any(|(_, value)| *value == RunValue::Session)
            || self.is_of_other_library(call) && !given.iter().any(|(_, value)| gets(value));
        if is_safe {
            for object in given.iter().flat_map(|(_, value)| self.heap.objects_in(value)).collect::<Vec<_>>() {
                self.heap.forget(object);
            }
        } else {
            self.heap.forget_all();
        }
        self.value_of_type(&found, None)
    }

    /// Whether a call is of another library, and not of SQLAlchemy.
    fn is_of_other_library(&self, call: &Node<'_>) -> bool {
        let Some(function) = call.field("function") else { return false };
        let found = self.mapping.type_of(self.module(), &function);
        matches!(&*found, Type::Outside(path) if !matches!(path[0].as_str(), "sqlalchemy" | "sqlmodel" | "advanced_alchemy"))
    }

    fn construct(&mut self, class: &Class, call: &Node<'_>) -> Result<RunValue, Exit> {
        let given = self.arguments(call)?;
        if !self.mapping.is_entity(class) {
            // its constructor can read what it is given
            for object in given.iter().flat_map(|(_, value)| self.heap.objects_in(value)).collect::<Vec<_>>() {
                self.heap.doubt(object);
            }
            return Ok(RunValue::Unknown);
        }
        let has_own = matches!(self.mapping.types.member_of(class, "__init__"), Type::Function(_));
        let is_dataclass = self.mapping.ancestors(class).iter().any(|known| {
            known.module.node(&known.at.range()).is_some_and(|node| {
                node.field("superclasses").is_some_and(|bases| bases.text().contains("Dataclass"))
                    || node.parent().is_some_and(|around| around.kind() == kind::DECORATED_DEFINITION)
            })
        });
        let object = self.heap.made(class.clone());
        let at = self.module().location(&call.range());
        let arguments = call.field("arguments");
        let splats = arguments.iter().flat_map(Node::parts).filter(|part| part.kind() == kind::DICTIONARY_SPLAT);
        if splats.flat_map(|splat| splat.parts().next()).any(|splatted| splatted.kind() == kind::DICTIONARY) {
            self.heap.forget_all();
        }
        for (name, value) in given {
            match name {
                Some(name) => self.set(object, &name, &value, &at)?,
                None => self.heap.objects[object].base = UnseenRelationships::Unknown,
            }
        }
        if has_own || is_dataclass {
            self.heap.forget(object);
        }
        Ok(RunValue::Object(object))
    }

    fn method(&mut self, call: &Node<'_>, object: &Node<'_>, name: &str, is_awaited: bool) -> Result<RunValue, Exit> {
        if object.kind() != kind::CALL && self.is_session(object) {
            let given: Vec<RunValue> = self.arguments(call)?.into_iter().map(|(_, value)| value).collect();
            return self.call_session(name, call, &given, is_awaited);
        }
        let receiver = self.value(object)?;
        let given = self.arguments(call)?;
        match receiver {
            RunValue::List(list) => self.call_list(list, name, &given, call),
            RunValue::Mapping(list) if name == "values" => Ok(RunValue::List(list)),
            RunValue::Mapping(list) if name == "items" => Ok(RunValue::Numbered(list)),
            RunValue::Mapping(_) if name == "keys" => Ok(RunValue::Other),
            RunValue::Mapping(list) if name == "get" => Ok(self.any_of(list)),
            RunValue::Mapping(list) => Ok(self.changed_somehow(list, &given, call)),
            RunValue::Statement(options) => Ok(RunValue::Statement(changed(options, name, call))),
            RunValue::Result(options) => Ok(self.fetched(&options, name, call)),
            receiver if receiver.is_no_object() && !is_awaited => Ok(RunValue::Other),
            receiver => {
                let function = call.field("function");
                let method = function.map_or(RunValue::Unknown, |function| match &receiver {
                    RunValue::Object(object) => {
                        let class = self.heap.objects[*object].class.clone();
                        let found = self.mapping.types.member_of(&class, name);
                        self.value_of_type(&found, None)
                    }
                    _ => self.typed(&function),
                });
                match method {
                    RunValue::Function(function) => {
                        let own = function.receiver.is_some().then_some((None, receiver));
                        let value = self.inline(&function, call, own.into_iter().chain(given).collect(), is_awaited)?;
                        // a subclass may have another answer
                        let value = if value.is_no_object() { RunValue::Other } else { value };
                        Ok(self.or_typed(value, call))
                    }
                    RunValue::Class(class) => self.construct(&class, call),
                    _ => {
                        let with = std::iter::once((None, receiver)).chain(given).collect::<Vec<_>>();
                        Ok(self.outside(call, &with, is_awaited))
                    }
                }
            }
        }
    }

    /// What a method gives of the result of a query.
    fn fetched(&mut self, options: &Options, name: &str, call: &Node<'_>) -> RunValue {
        let found = self.mapping.type_of(self.module(), call);
        let value = self.value_of_type(&found, Some(options));
        if let (RunValue::List(list), "all") = (&value, name)
            && options.is_all
            && let Some(one) = self.heap.lists[*list].rest
        {
            let class = self.heap.objects[one].class.clone();
            self.loads_every(&class);
            self.heap.lists[*list].all_of = Some(class);
        }
        value
    }

    /// What is known of the session that a call makes: whether a commit expires its objects, and whether it flushes before a query.
    pub(super) fn open(&mut self, call: &Node<'_>) {
        let maker = self.maker_arguments(call);
        let flag = |name: &str| self.flag(maker.as_ref()?, name);
        let (expires, flushes) = (flag("expire_on_commit"), flag("autoflush"));
        self.expires_on_commit = expires;
        self.flushes_itself = flushes == Some(true);
    }

    /// The arguments that say how sessions are made: those of the maker, or of the session itself.
    fn maker_arguments(&self, call: &Node<'_>) -> Option<Arguments> {
        let name = callee_name(call)?;
        let function = call.field("function")?;
        let maker = if name == "begin" { function.field("object")? } else { function };
        let place = Place::of(self.module(), &maker);
        let resolutions = self.mapping.classes.resolver.follow(&place, &dotted_name(&maker)?, &Effort::for_value());
        match resolutions.as_slice() {
            // a maker is often named as what it makes
            [Resolution::Bound(found)] if found.is_made_by_call() => {
                let name = found.module().node(&found.binding().name).filter(|_| found.rest.is_empty())?;
                let assignment = name.ancestors().find(|node| node.kind() == kind::ASSIGNMENT)?;
                let is_maker = |call: &Node<'_>| {
                    callee_name(call).is_some_and(|name| matches!(&*name, "async_sessionmaker" | "sessionmaker"))
                };
                let maker = assignment.field("right").filter(is_maker)?;
                let text = found.module().source.text();
                if [".configure", ".kw"].iter().any(|change| text.contains(&format!("{}{change}", name.text()))) {
                    return None;
                }
                // what the maker itself is given counts more
                let own = Arguments::of_call(self.module(), call);
                Some(Arguments::of_call(found.module(), &maker).and(own))
            }
            // a class of the repository may do anything
            [Resolution::Bound(_), ..] => None,
            _ => matches!(&*name, "AsyncSession" | "Session").then(|| Arguments::of_call(self.module(), call)),
        }
    }

    /// A flag that is on unless the arguments say otherwise.
    fn flag(&self, given: &Arguments, name: &str) -> Option<bool> {
        match given.keyword(&self.mapping.classes.resolver, name) {
            Keyword::Absent => Some(true),
            Keyword::Given(PyValue::Bool(is_on)) => Some(is_on),
            _ => None,
        }
    }
}

/// The options of a statement after one of its methods was called.
fn changed(mut options: Options, name: &str, call: &Node<'_>) -> Options {
    if name == "options" {
        let arguments = call.field("arguments");
        arguments.iter().flat_map(Node::parts).for_each(|option| options.add(&named_in_options(&option)));
    }
    // what is in the session is loaded again with them
    options.any |= name == "execution_options" && call.text().contains("populate_existing");
    options.is_all &= name == "options";
    if matches!(name, "where" | "filter") {
        options.key = options.key.or_else(|| literal_key(call));
    }
    options
}

/// `where(User.id == 1)`
fn literal_key(call: &Node<'_>) -> Option<(String, String)> {
    let arguments = positional_arguments(&call.field("arguments")?);
    let [condition] = arguments.as_slice() else { return None };
    let parts: Vec<Node<'_>> = condition.parts().collect();
    let is_equal =
        condition.kind() == kind::COMPARISON_OPERATOR && condition.children().any(|child| child.kind() == "==");
    match parts.as_slice() {
        [column, key] if is_equal && matches!(&*key.kind(), kind::INTEGER | kind::STRING) => {
            column.field("attribute").filter(|name| name.text() == "id")?;
            Some((column.field("object")?.text().into_owned(), key.text().into_owned()))
        }
        _ => None,
    }
}
