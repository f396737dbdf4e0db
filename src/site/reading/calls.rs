//! An argument of a call goes in that holds a cascade; whether the call hands that on comes out, and what holds it then.

use super::flow::{Flow, Holders};
use super::keys::{Key, KeyPath, inside};
use super::{Reading, is_attribute_of_self};
use crate::module::BindingKind;
use crate::resolve::{Callee, Place, Ran};
use crate::syntax::{Node, dotted_name, kind, positional_arguments};

impl<'t> Flow<'_, 't> {
    /// `node.method(…)`, or another attribute.
    pub(super) fn method(
        &mut self,
        attribute: &Node<'t>,
        node: &Node<'t>,
        keys: &KeyPath,
    ) -> Result<Holders<'t>, Reading> {
        let call = attribute.parent().filter(|call| {
            call.kind() == kind::CALL
                && call.field("function").is_some_and(|called| called.range() == attribute.range())
        });
        let (Some(call), Some((first, rest))) = (call, keys.split_first()) else { return Err(self.read(node)) };
        let given = call.field("arguments").map(|arguments| positional_arguments(&arguments)).unwrap_or_default();
        let method = attribute.field("attribute").map(|name| name.text().into_owned()).unwrap_or_default();
        match (first, method.as_str()) {
            (Key::Name(_), "get" | "pop" | "setdefault") => match given.first() {
                Some(key) if self.leads_to(key, first) => Ok(vec![(call, rest.to_vec())]),
                _ => Ok(Vec::new()),
            },
            (Key::Name(_), "keys" | "clear" | "update") => Ok(Vec::new()),
            (_, "copy") => Ok(vec![(call, keys.clone())]),
            (Key::Name(_), "values") => Ok(vec![(call, inside(Key::Index(None), rest))]),
            (Key::Name(_), "items") => Ok(vec![(call, inside(Key::Index(None), &inside(Key::Index(Some(1)), rest)))]),
            _ => Err(self.read(node)),
        }
    }

    /// A positional argument or a keyword argument.
    pub(super) fn argument(
        &mut self,
        parent: &Node<'t>,
        node: &Node<'t>,
        keys: KeyPath,
    ) -> Result<Holders<'t>, Reading> {
        if parent.kind() == kind::ARGUMENT_LIST {
            let index = positional_arguments(parent).iter().position(|other| other.range() == node.range());
            return self.given(parent, node, inside(Key::Index(index), &keys));
        }
        let name = parent.field("name").map(|name| name.text().into_owned());
        match parent.parent() {
            Some(arguments) => self.given(&arguments, node, inside(Key::Name(name), &keys)),
            None => Ok(Vec::new()),
        }
    }

    /// What a call is given under the keys.
    pub(super) fn given(
        &mut self,
        arguments: &Node<'t>,
        node: &Node<'t>,
        keys: KeyPath,
    ) -> Result<Holders<'t>, Reading> {
        let call = arguments.parent().filter(|call| call.kind() == kind::CALL);
        let Some((call, function)) = call.and_then(|call| Some((call.clone(), call.field("function")?))) else {
            return Err(self.read(node));
        };
        let method = function.field("attribute").map(|name| name.text().into_owned());
        if let (Some("update" | "setdefault"), Some(object)) = (method.as_deref(), function.field("object")) {
            return self.put_into(&object, arguments, node, &keys);
        }
        if method.as_deref() == Some("join") && keys == [Key::Index(Some(0))] {
            return Ok(vec![(call, Vec::new())]);
        }
        if function.text().ends_with("partial") {
            let given = positional_arguments(arguments).into_iter().next();
            let keys = match keys.split_first() {
                Some((Key::Index(Some(index)), rest)) if *index > 0 => inside(Key::Index(Some(index - 1)), rest),
                _ => keys,
            };
            return given.map_or_else(|| Ok(Vec::new()), |function| self.handed_to(&function, &call, node, &keys));
        }
        self.handed_to(&function, &call, node, &keys)
    }

    /// The expressions that hold the cascade once a call has handed it to a function.
    fn handed_to(
        &mut self,
        function: &Node<'t>,
        call: &Node<'t>,
        node: &Node<'t>,
        keys: &KeyPath,
    ) -> Result<Holders<'t>, Reading> {
        let place = Place::of(self.module, function);
        let is_constructor = matches!(self.readers.resolver.callee(&place, function), Callee::Constructor(..));
        let mut holders = Vec::new();
        for ran in self.readers.resolver.run_by(&place, function) {
            match ran {
                Ran::Own(found) => {
                    let is_class = matches!(found.binding().kind, BindingKind::Class(_));
                    if is_class && !is_constructor && self.makes_another_object(&found, function) {
                        return Err(self.read(node));
                    }
                    let returned = self.readers.of_own(&found, keys)?;
                    holders.extend(returned.into_iter().map(|keys| (call.clone(), keys)));
                }
                Ran::Outside(path) if !is_constructor => {
                    let name = path.rsplit('.').next().unwrap_or_default();
                    match held_by(name, keys) {
                        Some(keys) => holders.extend(keys.map(|keys| (call.clone(), keys))),
                        None => return Err(self.read(node)),
                    }
                }
                // inside of a decorator, the decorated function gets the cascade as if it were called itself
                Ran::Parameter(found) if self.is_of_function_around(&found.location().range()) => {}
                _ if is_constructor && is_cascade(keys) => {}
                _ => return Err(self.read(node)),
            }
        }
        Ok(holders)
    }

    /// Whether a class that is no constructor keeps what it gets, in a way that can't be followed.
    fn makes_another_object(&self, class: &crate::resolve::Found, function: &Node<'_>) -> bool {
        // a class above in `super().__init__(…)` may have none of its own
        let is_above = function.field("attribute").is_some_and(|name| name.text().starts_with("__"));
        !is_above || class.value().is_some_and(|node| node.dfs().any(|node| is_attribute_of_self(&node)))
    }

    fn is_of_function_around(&self, parameter: &std::ops::Range<usize>) -> bool {
        !(self.function.range().start <= parameter.start && parameter.end <= self.function.range().end)
    }

    /// `object.update(…)` and `object.setdefault("key", …)`
    fn put_into(
        &mut self,
        object: &Node<'t>,
        arguments: &Node<'t>,
        node: &Node<'t>,
        keys: &KeyPath,
    ) -> Result<Holders<'t>, Reading> {
        let is_name = dotted_name(object).is_some_and(|names| names.len() == 1);
        let is_setdefault = positional_arguments(arguments).len() == 2;
        match keys.split_first() {
            Some((Key::Name(_), _)) if is_name => self.hold(object, keys.clone()),
            Some((Key::Index(Some(0)), rest)) if is_name && !is_setdefault => self.hold(object, rest.to_vec()),
            Some((Key::Index(Some(1)), rest)) if is_name => {
                let key = positional_arguments(arguments).first().and_then(|key| self.constant(key));
                self.hold(object, inside(Key::Name(key), rest));
            }
            _ => return Err(self.read(node)),
        }
        Ok(Vec::new())
    }
}

/// Where the result of a function of the standard library holds the cascade; None where it does something else with it.
fn held_by(function: &str, keys: &KeyPath) -> Option<Option<KeyPath>> {
    let (first, rest) = keys.split_first()?;
    let argument = matches!(first, Key::Index(Some(0)) | Key::Index(None)).then_some(rest);
    match function {
        "len" if argument.is_some_and(<[Key]>::is_empty) => None,
        "len" | "bool" | "isinstance" | "issubclass" | "type" | "id" | "callable" => Some(None),
        "cast" if *first == Key::Index(Some(1)) => Some(Some(rest.to_vec())),
        "dict" | "OrderedDict" | "copy" | "deepcopy" | "MappingProxyType" | "ChainMap" => match argument {
            None => matches!(first, Key::Name(_)).then(|| Some(keys.clone())),
            // pairs
            Some([Key::Index(_), Key::Index(Some(1)), rest @ ..]) => Some(Some(inside(Key::Name(None), rest))),
            Some(rest) => Some(Some(rest.to_vec())),
        },
        "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" | "iter" => match argument? {
            [] => Some(Some(Vec::new())),
            [Key::Name(_), ..] => Some(None),
            [Key::Index(_), rest @ ..] => Some(Some(inside(Key::Index(None), rest))),
        },
        "str" if argument.is_some_and(<[Key]>::is_empty) => Some(Some(Vec::new())),
        _ => None,
    }
}

/// Whether a constructor takes what is under the keys in its arguments for the cascade.
fn is_cascade(keys: &KeyPath) -> bool {
    let is = |key: &Key, name: &str| key.can_be(&Key::name(name));
    match keys.as_slice() {
        [Key::Index(_)] => true,
        [key] => is(key, "cascade"),
        [outer, inner] => is(outer, "sa_relationship_kwargs") && is(inner, "cascade"),
        [outer, Key::Index(_), inner] => is(outer, "backref") && is(inner, "cascade"),
        _ => false,
    }
}
