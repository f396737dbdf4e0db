//! A module and names go in; where it mentions them comes out, with the other names that it gives them.

use super::definition::Definition;
use super::mention::{How, Mention};
use super::mention::{Mentioned, bound_to, is_called, mentioned};
use super::named::{has_word, how_of_stub, is_stub_of, named_by_string};
use super::own::{OwnReadings, starred};
use super::whole::{Whole, how_of_imported, is_name_of};
use crate::hints::{Hints, Words};
use crate::module::{Location, Module};
use crate::resolve::Resolver;
use crate::site::{Found, Wrapper, find_in_calls};
use crate::syntax::{Node, hinted_nodes, string_content};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What one file has to say of names.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) mentions: Vec<(Location, Mention)>,
    pub(super) aliases: Vec<(String, Definition)>,
    pub(super) called: Vec<Location>,
    pub(super) found: Vec<Found>,
    pub(super) starred: Vec<(Location, Location)>,
}

pub(super) fn look(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    names: &HashMap<String, Vec<Definition>>,
    wrappers: &[Wrapper],
) -> Looked {
    let mut looked = Looked::default();
    let root = module.tree().root();
    let here = names_in(&root, names, &mut looked);
    let Some(words) = Words::new(here.keys().map(String::as_str)) else { return looked };
    let wanted: HashSet<&Location> = here.values().flatten().map(|definition| &definition.at).collect();
    let mut calls: HashMap<Location, Vec<Node<'_>>> = HashMap::new();
    for node in hinted_nodes(&root, &Hints::of_words(root.get_doc().text(), &words)) {
        let at = || module.location(&node.range());
        match &*node.kind() {
            "identifier" => {
                let Some(definitions) = here.get(&*node.text()) else { continue };
                for definition in definitions.iter().filter(|definition| is_stub_of(module, definition)) {
                    if let Some(how) = how_of_stub(resolver, module, &node) {
                        let mention = Mention::plain(at(), how);
                        looked.mentions.push((definition.at.clone(), mention));
                    }
                }
                let Some(Mentioned { expression, how, items, leads_to, is_certain }) =
                    mentioned(resolver, module, &node, definitions)
                else {
                    continue;
                };
                let other = bound_to(&expression).filter(|_| is_certain && how == How::Assigned);
                let binds = other.as_ref().map(|name| module.location(&name.range()));
                for definition in leads_to.into_iter().filter(|definition| wanted.contains(definition)) {
                    if at() != definition {
                        looked.aliases.extend(other.as_ref().map(|name| Definition::of_name(module, name)));
                        let mention = Mention { at: at(), how, items: items.clone(), binds: binds.clone() };
                        looked.mentions.push((definition.clone(), mention));
                        if is_certain {
                            calls.entry(definition).or_default().push(expression.clone());
                        }
                    }
                }
            }
            "string" => {
                let Some(content) = string_content(&node) else { continue };
                let named = here.iter().filter(|(name, _)| has_word(&content, name)).flat_map(|(_, found)| found);
                for definition in named {
                    let how = match definition.whole {
                        Some(Whole::Module) if is_name_of(&content, &definition.at.path) => how_of_imported(&node),
                        _ => named_by_string(resolver, module, &node, &content, definition),
                    };
                    if let Some(how) = how {
                        let mention = Mention::plain(at(), how);
                        looked.mentions.push((definition.at.clone(), mention));
                    }
                }
            }
            _ => {}
        }
    }
    let own = OwnReadings::new(resolver, module);
    for (name, definition) in here.iter().flat_map(|(name, found)| found.iter().map(move |one| (name, one))) {
        let readings = own.of(name, definition).into_iter();
        looked.mentions.extend(readings.map(|(at, how)| (definition.at.clone(), Mention::plain(at, how))));
    }
    for starred in starred(resolver, module, &here) {
        let importer = Definition::of_importer(module);
        looked.starred.push((starred, importer.at.clone()));
        looked.aliases.push((importer.name.clone(), importer));
    }
    for wrapper in wrappers {
        let Some(expressions) = calls.get(&wrapper.definition) else { continue };
        let called: Vec<Node<'_>> = expressions.iter().filter(|node| is_called(node)).cloned().collect();
        if !called.is_empty() {
            looked.called.push(wrapper.definition.clone());
            looked.found.push(find_in_calls(resolver, module, wrapper, &called));
        }
    }
    looked
}

/// The names with those that the file's imports give them: `import name as alias`.
pub(super) fn names_in(
    root: &Node<'_>,
    names: &HashMap<String, Vec<Definition>>,
    looked: &mut Looked,
) -> HashMap<String, Vec<Definition>> {
    let mut here = names.clone();
    loop {
        let before = here.len();
        for (alias, original) in renamed(root, &here) {
            let definitions = here[&original].clone();
            looked.aliases.extend(definitions.iter().map(|definition| (alias.clone(), definition.clone())));
            let known = here.entry(alias).or_default();
            known.extend(definitions.into_iter().filter(|definition| !known.contains(definition)).collect::<Vec<_>>());
        }
        if here.len() == before {
            return here;
        }
    }
}

/// `import name as alias` and `name as alias` of the names.
pub(super) fn renamed(root: &Node<'_>, names: &HashMap<String, Vec<Definition>>) -> Vec<(String, String)> {
    let Some(words) = Words::new([" as ", "\tas "]) else { return Vec::new() };
    let hints = Hints::of_words(root.get_doc().text(), &words);
    let imports = hinted_nodes(root, &hints).filter(|node| node.kind() == "aliased_import");
    imports
        .filter_map(|import| {
            // `import package.module as name`
            let name = import.field("name")?.text().rsplit('.').next()?.to_owned();
            let alias = import.field("alias")?.text().into_owned();
            (names.contains_key(&name) && alias != name).then_some((alias, name))
        })
        .collect()
}
