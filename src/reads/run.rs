//! One way through a coroutine: what its statements and expressions do, in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;

use crate::module::{Location, Module};
use crate::syntax::{Node, Parts, decorator_last_names, first_parameter, is_async, is_splat, kind, parameter_name};
use crate::types::{Function, Type};

use super::Raised;
use super::expression::constant;
use super::heap::{Heap, List, Options, RunValue};
use super::mapping::Mapping;
use super::ways::Way;

/// Which way is taken where there are several.
pub(super) struct Script {
    choices: Vec<(usize, usize)>,
    position: usize,
    steps_left: u32,
}

impl Default for Script {
    fn default() -> Self {
        Self { choices: Vec::new(), position: 0, steps_left: MOST_STEPS }
    }
}

impl Script {
    /// One of several ways.
    pub fn choose(&mut self, of: usize) -> usize {
        if self.position == self.choices.len() {
            self.choices.push((0, of));
        }
        self.position += 1;
        self.choices[self.position - 1].0
    }

    /// Turns to the next way; whether there is one.
    pub fn next_way(&mut self) -> bool {
        self.position = 0;
        while let Some((chosen, of)) = self.choices.pop() {
            if chosen + 1 < of {
                self.choices.push((chosen + 1, of));
                return true;
            }
        }
        false
    }
}

/// Why the statement behind isn't run.
#[derive(Debug)]
pub(super) enum Exit {
    /// Something raises, or the way can't be followed.
    Ended,
    Return(RunValue),
    Break,
    Continue,
}

/// A function that is run.
pub(super) struct Frame {
    module: Arc<Module>,
    pub names: HashMap<String, RunValue>,
    /// The names that statements bound.
    pub bound: BTreeSet<String>,
    /// Those of which the call decides what they are, though that isn't known here.
    pub settled: BTreeSet<String>,
    /// Where the call is that runs it.
    call: Option<Location>,
}

/// How many functions are run inside each other.
pub(super) const MOST_FRAMES: usize = 3;

/// How many nodes are looked at on all ways through a coroutine.
const MOST_STEPS: u32 = 6_000;

pub(super) struct Walkthrough<'r, 'a> {
    pub mapping: &'r Mapping<'a>,
    pub heap: Heap,
    /// Whether a commit expires all; None where that isn't known.
    pub expires_on_commit: Option<bool>,
    /// Whether a query writes what was changed before it.
    pub flushes_itself: bool,
    pub has_session: bool,
    pub(super) frames: Vec<Frame>,
    pub(super) script: &'r mut Script,
    /// Conditions and which way they went.
    pub(super) assumed: Vec<(String, bool)>,
    pub(super) way: Way,
}

impl Frame {
    fn of(module: &Arc<Module>, names: HashMap<String, RunValue>) -> Self {
        let (bound, settled) = (BTreeSet::new(), BTreeSet::new());
        Self { module: Arc::clone(module), names, bound, settled, call: None }
    }
}

impl Frame {
    /// The parameters that the call gives nothing are their defaults, unless what it splats gives them something.
    fn add_defaults(&mut self, function: &Node<'_>, given: &BTreeSet<String>, is_splatted: bool) {
        for parameter in function.field("parameters").iter().flat_map(Node::parts) {
            if is_splat(&parameter) {
                self.settled.extend(parameter_name(&parameter).map(|name| name.text().into_owned()));
            }
            let (Some(name), Some(default)) = (parameter.field("name"), parameter.field("value")) else { continue };
            let name = name.text().into_owned();
            if given.contains(&name) {
                continue;
            }
            match constant(&default).filter(|_| !is_splatted) {
                Some(value) => self.names.insert(name, value).map_or((), drop),
                None => self.settled.extend([name]),
            }
        }
    }
}

impl<'r, 'a> Walkthrough<'r, 'a> {
    pub fn new(mapping: &'r Mapping<'a>, module: &Arc<Module>, script: &'r mut Script) -> Self {
        Self {
            mapping,
            heap: Heap::default(),
            expires_on_commit: None,
            flushes_itself: false,
            has_session: false,
            frames: vec![Frame::of(module, HashMap::default())],
            script,
            assumed: Vec::new(),
            way: Way::default(),
        }
    }

    /// Runs a coroutine; None where that is cut short.
    pub fn go(mut self, function: &Node<'_>) -> Option<Way> {
        // where it ends does not matter
        let _ = self.block(&function.field("body")?);
        (self.script.steps_left > 0).then_some(self.way)
    }

    /// The way ends with a read of which it isn't known whether it raises.
    pub(super) fn doubt_read(&mut self, node: &Node<'_>) -> Exit {
        self.way.doubted = Some(self.module().location(&node.range()));
        self.way.calls = self.calls();
        Exit::Ended
    }

    /// The way ends with a read that raises.
    pub(super) fn raise(&mut self, raised: Raised) -> Exit {
        self.way.raised = Some(raised);
        self.way.calls = self.calls();
        Exit::Ended
    }

    /// The calls that run the functions which are run.
    fn calls(&self) -> Vec<Option<Location>> {
        self.frames.iter().map(|frame| frame.call.clone()).collect()
    }

    pub(super) fn module(&self) -> &Arc<Module> {
        &self.frame().module
    }

    pub(super) fn frame(&self) -> &Frame {
        &self.frames[self.frames.len() - 1]
    }

    pub(super) fn count(&mut self) -> Result<(), Exit> {
        self.script.steps_left = self.script.steps_left.checked_sub(1).ok_or(Exit::Ended)?;
        Ok(())
    }

    pub(super) fn name(&self, name: &str) -> Option<RunValue> {
        self.frame().names.get(name).cloned()
    }

    /// Binds a name. What isn't known of it is asked where it is used.
    pub(super) fn bind(&mut self, name: &str, value: RunValue) {
        self.forget_conditions(name);
        // another function may set it
        let is_shared = value.is_constant() && self.is_shared(name);
        let last = self.frames.len() - 1;
        let frame = &mut self.frames[last];
        frame.bound.insert(name.to_owned());
        frame.settled.remove(name);
        if value == RunValue::Unknown || is_shared {
            frame.names.remove(name);
        } else {
            frame.names.insert(name.to_owned(), value);
        }
    }

    /// Runs something in which names of its own stand for what they did before, afterwards.
    pub(super) fn with_names_in<T>(&mut self, targets: &[Node<'_>], run: impl FnOnce(&mut Self) -> T) -> T {
        let names = targets.iter().flat_map(Node::dfs).filter(|node| node.kind() == kind::IDENTIFIER);
        let names: Vec<String> = names.map(|name| name.text().into_owned()).collect();
        let before: Vec<Option<RunValue>> = names.iter().map(|name| self.name(name)).collect();
        let value = run(self);
        let last = self.frames.len() - 1;
        for (name, before) in names.into_iter().zip(before) {
            match before {
                Some(before) => drop(self.frames[last].names.insert(name, before)),
                None => drop(self.frames[last].names.remove(&name)),
            }
        }
        value
    }

    /// A name that is not bound here stands for the same object the next time.
    pub(super) fn remember(&mut self, name: &str, value: RunValue) {
        let last = self.frames.len() - 1;
        self.frames[last].names.insert(name.to_owned(), value);
    }

    pub(super) fn is_held(&self, object: usize) -> bool {
        self.heap.is_held(object, self.frames.iter().flat_map(|frame| frame.names.values()))
    }

    /// What an expression can be, where nothing was seen of its value.
    pub(super) fn typed(&mut self, node: &Node<'_>) -> RunValue {
        let found = self.mapping.type_of(self.module(), node);
        self.value_of_type(&found, None)
    }

    /// Something of a type: given by a query with the options, or from elsewhere.
    pub(super) fn value_of_type(&mut self, found: &Type, queried: Option<&Options>) -> RunValue {
        let found = found.without_nothing();
        match &found {
            Type::Object(class, _) if self.mapping.is_entity(class) => RunValue::Object(match queried {
                Some(options) => self.asked_for(class.clone(), options),
                None => self.heap.foreign(class.clone()),
            }),
            Type::Sequence(item) => match self.value_of_type(item, queried) {
                RunValue::Object(object) => self.heap.list(List { rest: Some(object), ..List::default() }),
                _ => RunValue::Unknown,
            },
            Type::Tuple(parts) => RunValue::Tuple(parts.iter().map(|part| self.value_of_type(part, queried)).collect()),
            Type::Rows(rows) if rows.of == crate::types::RowsOf::Statement => RunValue::Statement(Options::default()),
            Type::Rows(_) => match queried {
                Some(options) => RunValue::Result(options.clone()),
                None => RunValue::Unknown,
            },
            Type::Class(class, _) => RunValue::Class(class.clone()),
            Type::Function(function) => RunValue::Function(function.clone()),
            Type::Session => RunValue::Session,
            Type::Other => RunValue::Other,
            _ => RunValue::Unknown,
        }
    }

    /// An object that a query gives.
    fn asked_for(&mut self, class: crate::types::Class, options: &Options) -> usize {
        let known = options.key_of(&class).and_then(|key| self.heap.of_key(&class, &key));
        // what nothing holds is gone from the session
        if let Some(same) = known.filter(|same| self.is_held(*same)) {
            self.loads_again(same, options);
            return same;
        }
        self.heap.queried(class, options.clone())
    }

    /// Runs a function of the repository, where that is called, with what it is given; what can't be run may do anything to the objects.
    pub(super) fn inline(
        &mut self,
        function: &Function,
        at: &Node<'_>,
        given: Vec<(Option<String>, RunValue)>,
        is_awaited: bool,
    ) -> Result<RunValue, Exit> {
        let node = function.module.node(&function.at.range());
        let runnable = node.filter(|node| self.can_run(node, is_awaited));
        let body = runnable.as_ref().and_then(|node| node.field("body"));
        let (Some(node), Some(body)) = (runnable, body) else {
            self.heap.forget_all();
            return Ok(RunValue::Unknown);
        };
        let (names, given) = parameters(&node, given);
        let mut frame = Frame::of(&function.module, names);
        frame.add_defaults(&node, &given, has_splats(at));
        if function.receiver.is_some() {
            let first = first_parameter(&node).and_then(|first| parameter_name(&first));
            frame.settled.extend(first.map(|first| first.text().into_owned()));
        }
        frame.call = Some(self.module().location(&at.range()));
        self.frames.push(frame);
        let assumed = std::mem::take(&mut self.assumed);
        let left =
            if node.kind() == kind::LAMBDA { self.value(&body).map(Some) } else { self.block(&body).map(|()| None) };
        self.frames.pop();
        self.assumed = assumed;
        match left {
            Ok(value) => Ok(value.unwrap_or(RunValue::Nothing)),
            Err(Exit::Return(value)) => Ok(value),
            Err(exit) => Err(exit),
        }
    }

    fn can_run(&self, function: &Node<'_>, is_awaited: bool) -> bool {
        let around = function.parent().filter(|around| around.kind() == kind::DECORATED_DEFINITION);
        let is_plain = |name: &String| matches!(name.as_str(), "staticmethod" | "classmethod" | "property");
        let is_followed = around.is_none_or(|around| decorator_last_names(&around).iter().all(is_plain));
        self.frames.len() < MOST_FRAMES
            && is_async(function) == is_awaited
            && is_followed
            && !function.text().contains("yield")
    }
}

/// Whether a call has arguments of which it isn't known which parameters they are for.
fn has_splats(call: &Node<'_>) -> bool {
    let is_splat = |argument: &Node<'_>| matches!(&*argument.kind(), kind::LIST_SPLAT | kind::DICTIONARY_SPLAT);
    call.field("arguments").is_some_and(|arguments| arguments.parts().any(|argument| is_splat(&argument)))
}

/// The parameters of a function with what is known of what they are given, and all that are given something.
fn parameters(
    function: &Node<'_>,
    given: Vec<(Option<String>, RunValue)>,
) -> (HashMap<String, RunValue>, BTreeSet<String>) {
    let list = function.field("parameters");
    let all = list.iter().flat_map(Node::parts);
    let mut by_position = all.filter_map(|parameter| match &*parameter.kind() {
        kind::IDENTIFIER => Some(parameter.text().into_owned()),
        kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => Some(parameter.field("name")?.text().into_owned()),
        kind::TYPED_PARAMETER => {
            parameter.parts().next().filter(|name| name.kind() == kind::IDENTIFIER).map(|name| name.text().into_owned())
        }
        _ => None,
    });
    let (mut names, mut all_given) = (HashMap::default(), BTreeSet::new());
    for (name, value) in given {
        let Some(name) = name.or_else(|| by_position.next()) else { continue };
        all_given.insert(name.clone());
        if value != RunValue::Unknown {
            names.insert(name, value);
        }
    }
    (names, all_given)
}
