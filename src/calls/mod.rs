//! A module goes in; the calls by which a session refreshes, expires, merges or expunges an object come out, each with the mapped classes
//! that the object can be, or why that can't be known.

mod attribute_names;
mod method;
mod receiver;
mod uncalled;

use std::sync::{Arc, LazyLock};

use serde::Serialize;

use crate::hints::{Hints, Words};
use crate::model::Classes;
use crate::module::{Location, Module};
use crate::resolve::{Arguments, Passed};
use crate::syntax::{Node, Parts, hinted_nodes, kind, on_one_line, unparenthesized};
use crate::types::{Class, InferenceStep, Type, Types};

use method::Method;
use receiver::Receiver;

pub use attribute_names::AttributeNames;

/// What a session does with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CallKind {
    /// `session.refresh(obj)`
    Refresh,
    /// `session.expire(obj)`
    Expire,
    /// `session.merge(obj)`
    Merge,
    /// `session.expunge(obj)`
    Expunge,
}

/// A call by which a session does something with an object.
#[derive(Debug, Clone)]
pub struct SessionCall {
    /// The whole call.
    pub at: Location,
    /// As it is written, on one line, with the `await` before it.
    pub written: String,
    /// What it does.
    pub kind: CallKind,
    /// The mapped classes that the object can be.
    pub classes: Vec<Class>,
    /// It names the attributes that it is about, certainly, which reaches no related object.
    pub named_attributes: bool,
    /// Why it can't be known of which classes the object can be too.
    pub unknown: Option<String>,
    /// Why it can't be told whether it is a session that does it.
    pub doubt: Option<String>,
    /// How the classes are known.
    pub steps: Vec<InferenceStep>,
    /// It is no call, but a class of advanced-alchemy's repositories or services, which refresh the objects that they return.
    pub is_implicit: bool,
}

impl CallKind {
    fn of(method: &str) -> Option<Self> {
        match method {
            "refresh" => Some(Self::Refresh),
            "expire" => Some(Self::Expire),
            "merge" => Some(Self::Merge),
            "expunge" => Some(Self::Expunge),
            _ => None,
        }
    }

    /// What such a call does with its object, as a verb.
    pub fn does(self) -> &'static str {
        match self {
            Self::Refresh => "refreshes",
            Self::Expire => "expires",
            Self::Merge => "merges",
            Self::Expunge => "expunges",
        }
    }
}

/// The calls of a module that do one of some things, in order.
pub fn in_module(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    kinds: &[CallKind],
) -> Vec<SessionCall> {
    static METHODS: LazyLock<Words> = LazyLock::new(|| Words::few(&["refresh", "expire", "merge", "expunge"]));
    let root = module.tree().root();
    let is_meant = |method: &str| CallKind::of(method).is_some_and(|kind| kinds.contains(&kind));
    let hinted = hinted_nodes(&root, Hints::of_methods(root.get_doc().text(), &METHODS, is_meant));
    let found = hinted.filter_map(|node| {
        let named = || uncalled::session_call(types, classes, module, &node, kinds);
        match &*node.kind() {
            kind::CALL => session_call(types, classes, module, &node, kinds).or_else(named),
            kind::ATTRIBUTE => named(),
            _ => None,
        }
    });
    let mut found: Vec<_> = found.collect();
    if kinds.contains(&CallKind::Refresh) {
        let named = hinted_nodes(&root, Hints::of_classes(root.get_doc().text()));
        let named = named.filter(|node| node.kind() == kind::CLASS_DEFINITION);
        found.extend(named.filter_map(|class| refreshing_class(types, classes, module, &class)));
        found.sort_by(|one, other| one.at.cmp(&other.at));
    }
    found
}

/// A class whose objects refresh what they return: `class Users(SQLAlchemyAsyncRepository[User])`.
fn refreshing_class(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    class: &Node<'_>,
) -> Option<SessionCall> {
    let model = types.model_of_repository(module, class)?;
    let name = class.field("name")?.text().into_owned();
    let mut found = SessionCall::new(module.location(&class.range()), format!("class {name}"), CallKind::Refresh);
    found.is_implicit = true;
    if !never_refreshes(class) {
        found.add(classes, &model);
    }
    Some(found)
}

/// `auto_refresh = False` in the body of a class.
fn never_refreshes(class: &Node<'_>) -> bool {
    let statements = class.field("body").map(|body| body.parts().collect::<Vec<_>>()).unwrap_or_default();
    statements.iter().filter_map(|statement| statement.parts().next()).any(|assignment| {
        assignment.field("left").is_some_and(|left| left.text() == "auto_refresh")
            && assignment.field("right").is_some_and(|right| right.kind() == kind::FALSE)
    })
}

impl SessionCall {
    /// One of which nothing more is known.
    fn new(at: Location, written: String, kind: CallKind) -> Self {
        Self {
            at,
            written,
            kind,
            classes: Vec::new(),
            named_attributes: false,
            unknown: None,
            doubt: None,
            steps: Vec::new(),
            is_implicit: false,
        }
    }

    /// Adds what the object can be.
    fn add(&mut self, classes: &Classes<'_>, given: &Type) {
        for part in given.without_nothing().parts() {
            match mapped(classes, part) {
                Ok(Some(class)) => self.classes.push(class),
                Ok(None) => {}
                Err(why) => self.unknown = self.unknown.take().or(Some(why)),
            }
        }
        if given.is_never() {
            self.unknown = Some("nothing that it is given can be followed".to_owned());
        }
        if *given == Type::Nothing {
            self.unknown = Some("nothing but None is seen to come there".to_owned());
        }
    }
}

fn session_call(
    types: &Types<'_>,
    classes: &Classes<'_>,
    module: &Arc<Module>,
    call: &Node<'_>,
    kinds: &[CallKind],
) -> Option<SessionCall> {
    let method = Method::of(&unparenthesized(&call.field("function")?))?;
    let kind = CallKind::of(&method.name).filter(|kind| kinds.contains(kind))?;
    let arguments = call.field("arguments").filter(|arguments| arguments.kind() == kind::ARGUMENT_LIST)?;
    let arguments = Arguments::of_list(module, &arguments);
    let object = arguments.passed(&classes.resolver, "instance", Some(0));
    if matches!(object, Passed::Absent) {
        // no session's method goes without
        return None;
    }
    let taking = Receiver::of(types, module, &method.receiver, &method.name)?;
    let (given, steps) = match &object {
        Passed::Given(object) => types.of(&object.module, &object.node()?),
        _ => (Type::unknown("its arguments are splatted"), Vec::new()),
    };
    let mut found = SessionCall::new(module.location(&call.range()), written(call), kind);
    found.named_attributes =
        matches!(AttributeNames::of(&classes.resolver, call, &arguments), AttributeNames::Named(_));
    found.steps = steps;
    found.add(classes, &given);
    match taking {
        Receiver::Session if found.classes.is_empty() => {
            let why = "a session takes objects of mapped classes alone, and none is seen to come there";
            found.unknown.get_or_insert_with(|| why.to_owned());
        }
        Receiver::Session | Receiver::SessionAmongOthers | Receiver::Named => {}
        // much else is refreshed and expires, but what is mapped is seldom given to it
        Receiver::Open(_) if found.classes.is_empty() => return None,
        Receiver::Open(why) => found.doubt = Some(why),
    }
    Some(found)
}

/// A call on one line, with the `await` before it.
fn written(call: &Node<'_>) -> String {
    on_one_line(&call.parent().filter(|around| around.kind() == kind::AWAIT).unwrap_or_else(|| call.clone()))
}

/// The mapped class of an object; None where it is none.
fn mapped(classes: &Classes<'_>, object: &Type) -> Result<Option<Class>, String> {
    match object {
        Type::Object(class, _) if classes.is_entity(&class.at) => Ok(Some(class.clone())),
        Type::Object(class, _) => Err(match classes.deciding_base(&class.at) {
            Some(base) => format!(
                "whether `{}` is mapped, and what a call of it makes, is up to `{base}`, which is not part of this repository",
                class.name
            ),
            None => {
                format!("`{}` is not mapped itself: it can be an object of any class that inherits from it", class.name)
            }
        }),
        Type::Unknown(why) => Err(why.clone()),
        Type::Variable(name) => Err(format!("`{name}` can stand for any class")),
        Type::OutsideObject(path, _) => Err(format!("what `{}` makes is not part of this repository", path.join("."))),
        Type::Nothing | Type::Other | Type::Mapping(..) => Ok(None),
        Type::Union(_) => Err("what it is can't be told".to_owned()),
        _ => Err("where it comes from there seems to be no object of a mapped class".to_owned()),
    }
}
