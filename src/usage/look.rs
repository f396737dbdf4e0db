//! A module and names go in; where it mentions them comes out, with the other names that it gives them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::definition::Definition;
use super::mention::{How, Mention, Mentioned, bound_to, is_called, mentioned};
use super::named::{has_word, how_of_stub, is_stub_of, named_by_string};
use super::own::{OwnReadings, starred};
use super::whole::{Whole, how_of_imported, is_name_of};
use crate::hints::{Hints, Words};
use crate::module::{Location, Module};
use crate::resolve::Resolver;
use crate::site::{Found, Wrapper, find_in_calls};
use crate::syntax::{Node, hinted_nodes, string_content};

/// What one file has to say of names.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) mentions: Vec<(Location, Mention)>,
    pub(super) aliases: Vec<(String, Definition)>,
    pub(super) called: Vec<Location>,
    pub(super) found: Vec<Found>,
    pub(super) starred: Vec<(Location, Location)>,
}

/// Looks through a module for names, and for calls of the wrappers.
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
    let wanted = here.values().flatten().map(|definition| &definition.at).collect();
    let mut look = Look { resolver, module, here: &here, wanted, expressions: HashMap::new(), looked };
    for node in hinted_nodes(&root, &Hints::of_words(root.get_doc().text(), &words)) {
        match &*node.kind() {
            "identifier" => look.add_identifier(&node),
            "string" => look.add_string(&node),
            _ => {}
        }
    }
    look.add_own_readings();
    look.add_starred();
    for wrapper in wrappers {
        look.add_calls(wrapper);
    }
    look.looked
}

/// One look through a module.
struct Look<'l, 't> {
    resolver: &'l Resolver<'l>,
    module: &'l Arc<Module>,
    /// What the names can mean here.
    here: &'l HashMap<String, Vec<Definition>>,
    /// Where the names are bound.
    wanted: HashSet<&'l Location>,
    /// By where a name is bound: the expressions that are it for certain.
    expressions: HashMap<Location, Vec<Node<'t>>>,
    looked: Looked,
}

impl<'t> Look<'_, 't> {
    fn add(&mut self, definition: &Location, mention: Mention) {
        self.looked.mentions.push((definition.clone(), mention));
    }

    fn add_identifier(&mut self, node: &Node<'t>) {
        let Self { resolver, module, here, .. } = *self;
        let Some(definitions) = here.get(&*node.text()) else { return };
        let at = module.location(&node.range());
        for definition in definitions.iter().filter(|definition| is_stub_of(module, definition)) {
            if let Some(how) = how_of_stub(resolver, module, node) {
                self.add(&definition.at, Mention::plain(at.clone(), how));
            }
        }
        let Some(Mentioned { expression, how, items, leads_to, is_certain }) =
            mentioned(resolver, module, node, definitions)
        else {
            return;
        };
        let other = bound_to(&expression).filter(|_| is_certain && how == How::Assigned);
        let binds = other.as_ref().map(|name| module.location(&name.range()));
        for definition in leads_to {
            if at == definition || !self.wanted.contains(&definition) {
                continue;
            }
            self.looked.aliases.extend(other.as_ref().map(|name| Definition::of_name(module, name)));
            self.add(&definition, Mention { at: at.clone(), how, items: items.clone(), binds: binds.clone() });
            if is_certain {
                self.expressions.entry(definition).or_default().push(expression.clone());
            }
        }
    }

    fn add_string(&mut self, node: &Node<'_>) {
        let Self { resolver, module, here, .. } = *self;
        let Some(content) = string_content(node) else { return };
        let named = here.iter().filter(|(name, _)| has_word(&content, name)).flat_map(|(_, found)| found);
        for definition in named {
            let how = match definition.whole {
                Some(Whole::Module) if is_name_of(&content, &definition.at.path) => how_of_imported(node),
                _ => named_by_string(resolver, module, node, &content, definition),
            };
            if let Some(how) = how {
                self.add(&definition.at, Mention::plain(module.location(&node.range()), how));
            }
        }
    }

    fn add_own_readings(&mut self) {
        let own = OwnReadings::new(self.resolver, self.module);
        for (name, definition) in self.here.iter().flat_map(|(name, found)| found.iter().map(move |one| (name, one))) {
            for (at, how) in own.of(name, definition) {
                self.add(&definition.at, Mention::plain(at, how));
            }
        }
    }

    fn add_starred(&mut self) {
        for starred in starred(self.resolver, self.module, self.here) {
            let importer = Definition::of_importer(self.module);
            self.looked.starred.push((starred, importer.at.clone()));
            self.looked.aliases.push((importer.name.clone(), importer));
        }
    }

    fn add_calls(&mut self, wrapper: &Wrapper) {
        let Some(expressions) = self.expressions.get(&wrapper.definition) else { return };
        let called: Vec<Node<'_>> = expressions.iter().filter(|node| is_called(node)).cloned().collect();
        if !called.is_empty() {
            self.looked.called.push(wrapper.definition.clone());
            self.looked.found.push(find_in_calls(self.resolver, self.module, wrapper, &called));
        }
    }
}

/// The names with those that the file's imports give them: `import name as alias`.
fn names_in(
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
fn renamed(root: &Node<'_>, names: &HashMap<String, Vec<Definition>>) -> Vec<(String, String)> {
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
