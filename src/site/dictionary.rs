//! A dictionary of keyword arguments goes in; the constructor that gets it comes out.

use std::collections::HashMap;

use super::{Finder, Site};
use crate::resolve::{Callee, Scope};
use crate::rules::{ConstructorKind, Rule, Spelling};
use crate::syntax::{Node, dotted_name, keyword_value, positional_arguments, splatted, unparenthesized};

impl<'t> Finder<'_, 't> {
    /// The site of a value in a dictionary of keyword arguments that a constructor gets by the dictionary's name.
    pub(super) fn site_in_dictionary(
        &self,
        rule: &Rule<Spelling>,
        binding: &Node<'t>,
        value: &Node<'t>,
        keywords: &Node<'t>,
    ) -> Option<Site> {
        let name = &*keywords.text();
        let calls = self.calls_with(keywords);
        let receivers: Vec<_> = calls.iter().map(|call| self.constructor_in(call, name)).collect();
        let mut site = self.site(rule, binding, value, receivers.iter().flatten().next()?)?;
        // what holds for one call that gets the dictionary need not hold for the next
        site.relationship = None;
        if let Some(other) = receivers.iter().position(Option::is_none) {
            let function = calls[other].field("function")?;
            site.value = Err(format!("the dictionary `{name}` goes to `{}` too", function.text()).into());
        }
        Some(site)
    }

    /// The first constructor that gets a dictionary of keyword arguments by the dictionary's name.
    fn receiver_of(&self, keywords: &Node<'t>) -> Option<Node<'t>> {
        let name = &*keywords.text();
        self.calls_with(keywords).iter().find_map(|call| self.constructor_in(call, name))
    }

    /// The calls that get a dictionary by its name, in the scope that binds the name.
    fn calls_with(&self, keywords: &Node<'t>) -> Vec<Node<'t>> {
        let name = &*keywords.text();
        let function = enclosing_function(keywords);
        let receivers = self.receivers.get_or_init(|| receivers(&self.root));
        let same_name = receivers.get(name).into_iter().flatten().filter(|call| {
            let around = call.ancestors().filter(|node| node.kind() == "function_definition");
            let mut inner = around.take_while(|around| Some(around.node_id()) != function.as_ref().map(Node::node_id));
            let is_inside = function.as_ref().is_none_or(|function| function.range().contains(&call.range().start));
            is_inside && !inner.any(|around| Scope::of_function(&around).targets(name).next().is_some())
        });
        same_name.cloned().collect()
    }

    /// The constructor in a call that gets the dictionary, splatted or as `sa_relationship_kwargs` or a backref's: the one that is
    /// called, or that is handed over.
    fn constructor_in(&self, call: &Node<'t>, name: &str) -> Option<Node<'t>> {
        let arguments = call.field("arguments")?;
        let handed_over = keyword_value(&arguments, "sa_relationship_kwargs").is_some_and(|value| value.text() == name);
        let handed_on = positional_arguments(&arguments).into_iter().filter(|argument| dotted_name(argument).is_some());
        let is_constructor = |node: &Node<'t>| {
            let found = self.callee(node);
            matches!(found, Callee::Constructor(kind, _) if (kind == ConstructorKind::Sqlmodel) == handed_over)
        };
        call.field("function").into_iter().chain(handed_on.filter(|_| !handed_over)).find(is_constructor)
    }

    /// A binding that no spelling explains, in a dictionary that ends up with a constructor: its value is one of several.
    pub(super) fn composed(&self, binding: &Node<'t>) -> Option<Site> {
        let value = unparenthesized(&binding.field("value")?);
        let callee = self.holder(binding)?;
        let Callee::Constructor(_, name) = self.callee(&callee) else { return None };
        let call = callee.ancestors().find(|node| node.kind() == "call")?;
        let why = "it stands in a dictionary that is put together from parts".to_owned().into();
        Some(Site::unknown("composed", value.range(), call.range(), name, why))
    }

    /// Who gets the dictionary around a binding, through the expressions that put it together.
    fn holder(&self, binding: &Node<'t>) -> Option<Node<'t>> {
        let mut in_dictionary = binding.kind() == "pair";
        for node in binding.ancestors() {
            match &*node.kind() {
                "dictionary"
                | "binary_operator"
                | "conditional_expression"
                | "boolean_operator"
                | "parenthesized_expression"
                | "argument_list"
                | "tuple"
                | "list" => {}
                "dictionary_splat" => in_dictionary = true,
                "keyword_argument" => {
                    let name = node.field("name")?;
                    if !matches!(&*name.text(), "sa_relationship_kwargs" | "backref") {
                        return None;
                    }
                }
                "call" if node.field("function")?.text() == "dict" => in_dictionary = true,
                "call"
                    if node.field("function")?.field("attribute").is_some_and(|method| method.text() == "update") =>
                {
                    let dictionary = node.field("function")?.field("object")?;
                    return self.receiver_of(&dictionary).filter(|_| in_dictionary);
                }
                "call" => return node.field("function").filter(|_| in_dictionary),
                "assignment" => {
                    let left = node.field("left").filter(|left| left.kind() == "identifier")?;
                    return self.receiver_of(&left).filter(|_| in_dictionary);
                }
                _ => return None,
            }
        }
        None
    }
}

/// The calls that get keyword arguments from a dictionary, by its name.
fn receivers<'t>(root: &Node<'t>) -> HashMap<String, Vec<Node<'t>>> {
    let mut receivers: HashMap<String, Vec<Node<'t>>> = HashMap::new();
    for call in root.dfs().filter(|node| node.kind() == "call") {
        let Some(arguments) = call.field("arguments") else { continue };
        let backref = keyword_value(&arguments, "backref");
        let of_backref = backref.and_then(|backref| match &*backref.kind() {
            "tuple" | "list" => positional_arguments(&backref).into_iter().nth(1),
            _ => Some(backref),
        });
        for name in splatted(&arguments)
            .into_iter()
            .chain(keyword_value(&arguments, "sa_relationship_kwargs"))
            .chain(of_backref)
        {
            if name.kind() == "identifier" {
                receivers.entry(name.text().into_owned()).or_default().push(call.clone());
            }
        }
    }
    receivers
}

fn enclosing_function<'t>(node: &Node<'t>) -> Option<Node<'t>> {
    node.ancestors().find(|node| node.kind() == "function_definition")
}
