//! One way through a coroutine: what its statements and expressions do, in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;

use crate::module::{BindingKind, Location, Module};
use crate::syntax::{Node, decorator_last_names, definition_around, is_async, is_statement, kind};
use crate::types::{Function, Type};

use super::Raised;
use super::heap::{Heap, List, Options, RunValue};
use super::mapping::Mapping;
use super::ways::{Decision, DecisionKind, Way};

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
    fn choose(&mut self, of: usize) -> usize {
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

/// A condition one of whose ways leaves the coroutine.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    /// Whether the other is that on which it holds.
    pub goes_on: bool,
    /// Nothing is read on the one.
    pub ends_at_once: bool,
}

impl Guard {
    /// What always holds from here on.
    pub const PASSED: Self = Self { goes_on: true, ends_at_once: true };

    /// That of the opposite condition.
    pub fn inverted(self) -> Self {
        Self { goes_on: !self.goes_on, ..self }
    }
}

/// A function that is run.
struct Frame {
    module: Arc<Module>,
    names: HashMap<String, RunValue>,
    /// The names that statements bound.
    bound: BTreeSet<String>,
    /// Where the call is that runs it.
    call: Option<Location>,
}

/// What stands for the variables of a module among the names of a condition.
const VARIABLES: &str = "the module's";

/// How many functions are run inside each other.
const MOST_FRAMES: usize = 3;

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
    frames: Vec<Frame>,
    script: &'r mut Script,
    /// Conditions and which way they went.
    assumed: Vec<(String, bool)>,
    way: Way,
}

impl Frame {
    fn of(module: &Arc<Module>, names: HashMap<String, RunValue>) -> Self {
        Self { module: Arc::clone(module), names, bound: BTreeSet::new(), call: None }
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

    fn frame(&self) -> &Frame {
        &self.frames[self.frames.len() - 1]
    }

    pub(super) fn count(&mut self) -> Result<(), Exit> {
        self.script.steps_left = self.script.steps_left.checked_sub(1).ok_or(Exit::Ended)?;
        Ok(())
    }

    /// Which way a condition goes that isn't known: the same as before, as long as nothing in it is bound anew.
    pub(super) fn assume(&mut self, condition: &Node<'_>, guard: Option<Guard>) -> bool {
        let text = condition.text();
        let known = self.assumed.iter().find(|(known, _)| *known == text).map(|(_, holds)| *holds);
        known.unwrap_or_else(|| {
            let holds = self.decide(condition, guard);
            self.assumed.push((text.into_owned(), holds));
            holds
        })
    }

    /// What was assumed of something isn't any more: it is another now.
    pub(super) fn forget_conditions(&mut self, about: &str) {
        self.assumed.retain(|(text, _)| !text.contains(about));
    }

    /// Which way a condition goes: that of its guard which goes on, or one of both.
    pub(super) fn decide(&mut self, condition: &Node<'_>, guard: Option<Guard>) -> bool {
        let only = guard.filter(|guard| guard.ends_at_once).map(|guard| guard.goes_on);
        let holds = only.unwrap_or_else(|| self.script.choose(2) == 0);
        let is_guard = guard.is_some_and(|guard| guard.goes_on == holds);
        let statement = condition.ancestors().find(is_statement).unwrap_or_else(|| condition.clone());
        let kind = if is_guard { DecisionKind::Guard } else { DecisionKind::Condition };
        self.note(condition, kind, holds, &statement);
        holds
    }

    /// A loop is entered: there is something in what it goes through.
    pub(super) fn enters(&mut self, over: &Node<'_>, statement: &Node<'_>) {
        self.note(over, DecisionKind::Loop, true, statement);
    }

    fn note(&mut self, condition: &Node<'_>, kind: DecisionKind, holds: bool, statement: &Node<'_>) {
        let is_attribute = |node: &Node<'_>| {
            let around = node.parent().filter(|around| around.kind() == kind::ATTRIBUTE);
            around.and_then(|around| around.field("attribute")).is_some_and(|name| name.range() == node.range())
        };
        let nodes: Vec<Node<'_>> =
            condition.dfs().filter(|node| node.kind() == kind::IDENTIFIER && !is_attribute(node)).collect();
        let mut names: BTreeSet<String> = nodes.iter().map(|name| name.text().into_owned()).collect();
        let is_free = self.frames.len() == 1 && names.is_disjoint(&self.frame().bound);
        let own = definition_around(condition).map(|function| self.module().scope_of(&function));
        let is_own = |name: &Node<'_>| own.as_ref().is_some_and(|own| !own.all(&name.text()).is_empty());
        if nodes.iter().any(|name| !is_own(name) && self.is_of_module(name)) {
            // one of these may be made of another
            names.insert(VARIABLES.to_owned());
        }
        let condition = (condition.text().into_owned(), self.frames.len());
        let statement = self.module().location(&statement.range());
        self.way.decisions.push(Decision { condition, kind, names, is_free, holds, statement });
    }

    /// Whether a name is that of a variable of the module, or of a function that is given nothing, so that it can ask nothing else.
    fn is_of_module(&self, name: &Node<'_>) -> bool {
        let call = name.parent().filter(|around| around.kind() == kind::CALL);
        let arguments = call.and_then(|call| call.field("arguments"));
        let is_given_nothing = arguments.is_some_and(|arguments| arguments.named_children().next().is_none());
        self.module().scope.all(&name.text()).iter().any(|binding| match binding.kind {
            BindingKind::Alias(_) | BindingKind::CallResult { .. } => true,
            BindingKind::Expression | BindingKind::Nothing => true,
            BindingKind::Function(..) => is_given_nothing,
            _ => false,
        })
    }

    /// Whether a block leaves the coroutine.
    pub(super) fn leaves(&self, block: &Node<'_>) -> bool {
        let last = block.named_children().filter(|statement| statement.kind() != kind::COMMENT).last();
        let leaves = |last: Node<'_>| matches!(&*last.kind(), kind::RETURN_STATEMENT | kind::RAISE_STATEMENT);
        self.frames.len() == 1 && last.is_some_and(leaves)
    }

    /// Whether the way ends with the first statement of a block, in which nothing is read.
    pub(super) fn ends_at_once(&self, block: &Node<'_>) -> bool {
        let first = block.named_children().find(|statement| statement.kind() != kind::COMMENT);
        first.is_some_and(|first| match &*first.kind() {
            kind::RAISE_STATEMENT => true,
            // who called goes on
            kind::RETURN_STATEMENT => self.frames.len() == 1 && first.named_children().all(|value| is_constant(&value)),
            _ => false,
        })
    }

    pub(super) fn name(&self, name: &str) -> Option<RunValue> {
        self.frame().names.get(name).cloned()
    }

    /// Binds a name. What isn't known of it is asked where it is used.
    pub(super) fn bind(&mut self, name: &str, value: RunValue) {
        self.forget_conditions(name);
        let last = self.frames.len() - 1;
        let frame = &mut self.frames[last];
        frame.bound.insert(name.to_owned());
        // another function may set it
        let is_shared = matches!(value, RunValue::Flag(_)) && frame.module.mentions(&["nonlocal", "global"]);
        if value == RunValue::Unknown || is_shared {
            frame.names.remove(name);
        } else {
            frame.names.insert(name.to_owned(), value);
        }
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

    /// An object that a query gives. Its options hold for any that may be the same.
    fn asked_for(&mut self, class: crate::types::Class, options: &Options) -> usize {
        if let Some(same) = options.key_of(&class).and_then(|key| self.heap.of_key(&class, &key)) {
            self.loads_again(same, options);
            return same;
        }
        let object = self.heap.queried(class, options.clone());
        for other in 0..object {
            if self.may_be_same(object, other) {
                self.heap.objects[other].options.add_possible(options);
            }
        }
        object
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
        let names = parameters(&node, given);
        let at = self.module().location(&at.range());
        self.frames.push(Frame { call: Some(at), ..Frame::of(&function.module, names) });
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

fn is_constant(value: &Node<'_>) -> bool {
    matches!(&*value.kind(), kind::NONE | kind::TRUE | kind::FALSE | kind::COMMENT)
}

/// The parameters of a function with what they are given.
fn parameters(function: &Node<'_>, given: Vec<(Option<String>, RunValue)>) -> HashMap<String, RunValue> {
    let list = function.field("parameters");
    let all = list.iter().flat_map(Node::named_children).filter(|node| node.kind() != kind::COMMENT);
    let mut by_position = all.filter_map(|parameter| match &*parameter.kind() {
        kind::IDENTIFIER => Some(parameter.text().into_owned()),
        kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => Some(parameter.field("name")?.text().into_owned()),
        kind::TYPED_PARAMETER => parameter
            .named_children()
            .next()
            .filter(|name| name.kind() == kind::IDENTIFIER)
            .map(|name| name.text().into_owned()),
        _ => None,
    });
    let mut names = HashMap::default();
    for (name, value) in given {
        let Some(name) = name.or_else(|| by_position.next()) else { continue };
        if value != RunValue::Unknown {
            names.insert(name, value);
        }
    }
    names
}
