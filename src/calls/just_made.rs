//! The object of a call goes in; where it was made just before, and nothing but a session had it meanwhile, the attributes come out that were set or
//! read of it: no other of its relationships has anything loaded.
//!
//! A new object has no related ones but those that it is given; the session loads none while it inserts it (`expire_on_commit` included).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::is_session;
use crate::module::Module;
use crate::resolve::Expression;
use crate::syntax::{Node, definition_around, dotted_name, has_scope, is_comprehension, kind};
use crate::types::{Class, Type, Types};

/// What a session does with new objects that loads nothing which is related.
const INSERTING: [&str; 6] = ["add", "add_all", "flush", "commit", "begin", "begin_nested"];
/// What writes to a log, by its first name without underscores before it.
const LOGS: [&str; 4] = ["log", "logger", "logging", "print"];
/// What in the text of a class says that attributes may be set when others are, or when it is made.
const SETS_OTHERS: [&str; 6] =
    ["def __init__", "__post_init__", ".setter", "validates(", "association_proxy", "synonym("];

/// The attributes that were set or read of the object since it was made; None where it may have others loaded.
pub(super) fn touched(types: &Types<'_>, object: &Expression, call: &Node<'_>) -> Option<BTreeSet<String>> {
    let module = &object.module;
    let name = object.node().filter(|node| node.kind() == kind::IDENTIFIER)?;
    let function = definition_around(&name)?;
    let scope = module.scope_of(&function);
    let [binding] = scope.all(&name.text()) else { return None };
    let value = module.node(binding.value.as_ref()?).filter(|value| value.kind() == kind::CALL)?;
    if !comes_before(&value, call, &function) || !makes_plain_object(types, module, &value) {
        return None;
    }
    let mut touched = BTreeSet::new();
    for argument in value.field("arguments")?.named_children().filter(|argument| argument.kind() != kind::COMMENT) {
        touched
            .insert(argument.field("name").filter(|_| argument.kind() == kind::KEYWORD_ARGUMENT)?.text().into_owned());
    }
    let between = value.range().end..call.range().start;
    let mut meanwhile = function.dfs().filter(|node| node.is_named() && between.contains(&node.range().start));
    let watch = Watch { types, module, name: &name.text() };
    meanwhile.try_for_each(|node| watch.look_at(&node, &mut touched))?;
    Some(touched)
}

/// Whether the object is made each time that the call is run, before it: in a statement of the same block, or of one around it, without a
/// loop between.
fn comes_before(value: &Node<'_>, call: &Node<'_>, function: &Node<'_>) -> bool {
    let repeats = |node: &Node<'_>| {
        matches!(&*node.kind(), kind::FOR_STATEMENT | kind::WHILE_STATEMENT)
            || is_comprehension(node)
            || has_scope(node)
    };
    let block = value.ancestors().find(|around| around.kind() == kind::BLOCK);
    block.is_some_and(|block| {
        let inner: Vec<_> = call.ancestors().take_while(|around| around.range() != block.range()).collect();
        value.range().end <= call.range().start
            && block.range().end >= call.range().end
            && function.range().start <= block.range().start
            && !inner.iter().any(repeats)
    })
}

/// Whether a call makes an object of a class that sets nothing else by itself.
fn makes_plain_object(types: &Types<'_>, module: &Arc<Module>, call: &Node<'_>) -> bool {
    let Some(function) = call.field("function") else { return false };
    let is_plain = |class: &Class| {
        types.ancestors(class).iter().all(|class| {
            let node = class.module.node(&class.at.range());
            node.is_some_and(|node| !SETS_OTHERS.iter().any(|word| node.text().contains(word)))
        })
    };
    let (made, _) = types.of(module, &function);
    !made.is_never() && made.parts().iter().all(|part| matches!(part, Type::Class(class, _) if is_plain(class)))
}

/// Looks at what is done between the making of an object and a call.
struct Watch<'a> {
    types: &'a Types<'a>,
    module: &'a Arc<Module>,
    /// That of the object.
    name: &'a str,
}

impl Watch<'_> {
    /// None where something may load what is related to the object.
    fn look_at(&self, node: &Node<'_>, touched: &mut BTreeSet<String>) -> Option<()> {
        match &*node.kind() {
            kind::CALL => self.is_harmless(node).then_some(()),
            kind::IDENTIFIER if node.text() == self.name => self.use_of(node, touched),
            kind::AWAIT => node.named_children().any(|child| child.kind() == kind::CALL).then_some(()),
            _ if has_scope(node) => None,
            _ => Some(()),
        }
    }

    fn use_of(&self, name: &Node<'_>, touched: &mut BTreeSet<String>) -> Option<()> {
        let parent = name.parent()?;
        let is_field = |field: &str| parent.field(field).is_some_and(|child| child.range() == name.range());
        match &*parent.kind() {
            kind::ATTRIBUTE if is_field("object") => {
                let attribute = parent.field("attribute")?.text().into_owned();
                // `obj.awaitable_attrs.posts`, `obj.__dict__`
                let is_plain = attribute != "awaitable_attrs" && !attribute.starts_with('_');
                is_plain.then(|| touched.insert(attribute)).map(|_| ())
            }
            kind::ATTRIBUTE => Some(()),
            kind::KEYWORD_ARGUMENT if is_field("name") => Some(()),
            _ => {
                let mut around = name.ancestors();
                let list = around.find(|around| !matches!(&*around.kind(), kind::LIST | kind::TUPLE))?;
                let call =
                    list.parent().filter(|call| list.kind() == kind::ARGUMENT_LIST && call.kind() == kind::CALL)?;
                self.inserts(&call).then_some(())
            }
        }
    }

    fn is_harmless(&self, call: &Node<'_>) -> bool {
        let names = call.field("function").and_then(|function| dotted_name(&function)).unwrap_or_default();
        let first = names.first().map(|name| name.trim_start_matches('_').to_lowercase()).unwrap_or_default();
        LOGS.contains(&first.as_str()) || self.inserts(call) || makes_plain_object(self.types, self.module, call)
    }

    /// Whether it is a session's call that inserts objects.
    fn inserts(&self, call: &Node<'_>) -> bool {
        let Some(function) = call.field("function") else { return false };
        let is_inserting = function.field("attribute").is_some_and(|name| INSERTING.contains(&&*name.text()));
        let receiver = function.field("object").filter(|_| is_inserting);
        receiver.is_some_and(|receiver| is_session(&self.types.of(self.module, &receiver).0, &receiver.text()))
    }
}
