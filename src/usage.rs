//! The sites of a scan go in; every mention of the names that they follow comes out, from the whole repository, and the sites in the
//! calls of functions that hand a cascade on.
//!
//! Only files that have one of the names are parsed, and only where a value would be changed by way of a name.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use memchr::memmem::Finder;
use rayon::prelude::*;

use crate::cascade::CascadeOption;
use crate::discover::Walk;
use crate::hints::Hints;
use crate::module::{Location, Module};
use crate::policy::effective;
use crate::python::PyValue;
use crate::repository::{Repositories, Repository};
use crate::resolve::{Effort, Place, Resolver, Step};
use crate::rules::Rules;
use crate::scan::{candidates, find_sites};
use crate::site::{Found, Site, Wrapper, find_in_calls};
use crate::syntax::{Node, hinted_nodes, string_content};

/// How often names are looked for that came up while others were.
const MOST_ROUNDS: usize = 6;

/// Where names are mentioned.
#[derive(Debug, Default)]
pub struct Usages {
    /// By the place where the name is bound.
    mentions: HashMap<Location, Vec<Mention>>,
    /// The wrappers of which a call was found.
    called: HashSet<Location>,
}

/// A place that mentions a name, other than where it is bound or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The name.
    pub at: Location,
    /// What is done with it.
    pub how: How,
}

/// What is done with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Its value is read.
    Read,
    /// Another name is bound to it.
    Assigned,
    /// Only whether it is set is asked, or another item of the dictionary.
    Asked,
    /// `__all__` has it.
    Exported,
    /// It is bound anew, or its value is changed.
    Changed,
}

/// A name to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Definition {
    name: String,
    at: Location,
    class: Option<String>,
    is_local: bool,
}

impl Usages {
    /// The mentions of a name, by where it is bound.
    pub fn mentions(&self, definition: &Location) -> &[Mention] {
        self.mentions.get(definition).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a call of the wrapper was found.
    pub fn is_called(&self, wrapper: &Wrapper) -> bool {
        self.called.contains(&wrapper.definition)
    }
}

/// What is looked through.
pub struct Search<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// The walk over the files under check.
    pub walk: &'a Walk,
    /// The repositories of these files.
    pub repositories: &'a Repositories,
}

impl Search<'_> {
    /// Looks for the names that the sites follow; adds the sites that turn up.
    pub fn complete(&self, found: &mut Vec<Found>) -> Usages {
        let mut usages = Usages::default();
        let mut searched: HashSet<Definition> = HashSet::new();
        let mut from = 0;
        for _ in 0..MOST_ROUNDS {
            let wrappers: Vec<Wrapper> = found[from..].iter().flat_map(|found| found.wrappers.clone()).collect();
            let mut wanted: HashSet<Definition> =
                found[from..].iter().flat_map(|found| &found.sites).flat_map(names).collect();
            wanted.extend(wrappers.iter().map(Definition::of_wrapper));
            wanted.retain(|definition| searched.insert(definition.clone()));
            from = found.len();
            if wanted.is_empty() {
                break;
            }
            let all: Vec<Wrapper> = found.iter().flat_map(|found| found.wrappers.clone()).collect();
            for (repository, definitions) in self.by_repository(&wanted) {
                self.search(&repository, &definitions, &all, &mut usages, found);
            }
        }
        usages
    }

    fn by_repository(&self, wanted: &HashSet<Definition>) -> Vec<(Arc<Repository>, Vec<Definition>)> {
        let mut groups: Vec<(Arc<Repository>, Vec<Definition>)> = Vec::new();
        for definition in wanted {
            let repository = self.repositories.of(&definition.at.path);
            match groups.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &repository)) {
                Some((_, definitions)) => definitions.push(definition.clone()),
                None => groups.push((repository, vec![definition.clone()])),
            }
        }
        groups
    }

    fn search(
        &self,
        repository: &Repository,
        definitions: &[Definition],
        wrappers: &[Wrapper],
        usages: &mut Usages,
        found: &mut Vec<Found>,
    ) {
        let mut names: HashMap<String, Vec<Definition>> = HashMap::new();
        for definition in definitions {
            names.entry(definition.name.clone()).or_default().push(definition.clone());
        }
        let mut done: HashSet<(PathBuf, String)> = HashSet::new();
        let mut new_names: HashSet<String> = names.keys().cloned().collect();
        while !new_names.is_empty() {
            let files = self.files_with(repository, &new_names, &names);
            let looked: Vec<(Looked, Found)> = files
                .into_par_iter()
                .filter_map(|file| {
                    let module = repository.fresh_module(&file)?;
                    let resolver = Resolver { constructors: &self.rules.constructors, repository };
                    let looked = look(&resolver, &module, &names, wrappers);
                    let sites = find_sites(self.rules, repository, &module);
                    Some((looked, sites))
                })
                .collect();
            new_names.clear();
            for (looked, sites) in looked {
                for (definition, mention) in looked.mentions {
                    let known = usages.mentions.entry(definition).or_default();
                    if !known.contains(&mention) {
                        known.push(mention);
                    }
                }
                usages.called.extend(looked.called);
                found.push(sites);
                found.extend(looked.found);
                for (alias, definition) in looked.aliases {
                    let known = names.entry(alias.clone()).or_default();
                    if !known.contains(&definition) {
                        known.push(definition);
                        if done.insert((PathBuf::new(), alias.clone())) {
                            new_names.insert(alias);
                        }
                    }
                }
            }
        }
    }

    /// The files, absolute and in order, that have one of the names; those of names that only one file can see are not looked for.
    fn files_with(
        &self,
        repository: &Repository,
        new_names: &HashSet<String>,
        names: &HashMap<String, Vec<Definition>>,
    ) -> Vec<PathBuf> {
        let definitions = || new_names.iter().flat_map(|name| names[name].iter());
        let mut files: Vec<PathBuf> = definitions().map(|definition| definition.at.path.to_path_buf()).collect();
        let wide: HashSet<&str> = new_names
            .iter()
            .filter(|name| names[*name].iter().any(|definition| !definition.is_local))
            .map(String::as_str)
            .collect();
        if !wide.is_empty() {
            let finders: Vec<Finder<'_>> = wide.iter().map(Finder::new).collect();
            let has_name = |bytes: &[u8]| finders.iter().any(|finder| finder.find(bytes).is_some());
            let walk = self.walk.of_folder(repository.root());
            files.extend(candidates(&walk, has_name).iter().map(|file| self.walk.absolute(file)));
        }
        files.sort();
        files.dedup();
        files
    }
}

impl Definition {
    fn of_step(step: &Step) -> Vec<Self> {
        let named = |(name, at): (&String, &Location)| Self {
            name: name.clone(),
            at: at.clone(),
            class: step.class.clone(),
            is_local: step.function.is_some(),
        };
        step.definitions().map(named).collect()
    }

    fn of_wrapper(wrapper: &Wrapper) -> Self {
        Self {
            name: wrapper.name.clone(),
            at: wrapper.definition.clone(),
            class: wrapper.class.clone(),
            is_local: false,
        }
    }
}

/// The names that are followed to a value which can't stay as it is.
fn names(site: &Site) -> Vec<Definition> {
    let Ok(value) = &site.value else { return Vec::new() };
    let can_be_hazard = |value: &PyValue| {
        // a list may be changed after it was made
        matches!(value, PyValue::Collection(..)) || effective(value, false).contains(CascadeOption::RefreshExpire)
    };
    let hazards: Vec<_> = value.alternatives.iter().filter(|alternative| can_be_hazard(&alternative.value)).collect();
    let steps = hazards.iter().flat_map(|alternative| &alternative.steps);
    let of_dictionaries = site.dictionaries.iter().filter(|_| !hazards.is_empty()).flat_map(|(_, steps)| steps);
    steps.chain(of_dictionaries).flat_map(Definition::of_step).collect()
}

/// What one file has to say of names.
#[derive(Default)]
struct Looked {
    mentions: Vec<(Location, Mention)>,
    aliases: Vec<(String, Definition)>,
    called: Vec<Location>,
    found: Vec<Found>,
}

fn look(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    names: &HashMap<String, Vec<Definition>>,
    wrappers: &[Wrapper],
) -> Looked {
    let mut looked = Looked::default();
    let root = module.tree().root();
    // a name that an import renames is another name in this file
    let mut here: HashMap<String, Vec<Definition>> = names.clone();
    loop {
        let before = here.len();
        for (alias, original) in renamed(&root, &here) {
            let definitions = here[&original].clone();
            looked.aliases.extend(definitions.iter().map(|definition| (alias.clone(), definition.clone())));
            here.entry(alias).or_default().extend(definitions);
        }
        if here.len() == before {
            break;
        }
    }
    let words: Vec<Finder<'_>> = here.keys().map(|name| Finder::new(name.as_str())).collect();
    let hints = Hints::of_words(&root.get_doc().src, &words);
    let mut calls: HashMap<&Location, Vec<Node<'_>>> = HashMap::new();
    for node in hinted_nodes(&root, &hints) {
        match &*node.kind() {
            "identifier" => {
                let text = node.text();
                for definition in here.get(&*text).into_iter().flatten() {
                    let Some((expression, how)) = mentioned(resolver, module, &node, definition) else { continue };
                    let at = module.location(&node.range());
                    if at != definition.at {
                        looked.mentions.push((definition.at.clone(), Mention { at, how }));
                        calls.entry(&definition.at).or_default().push(expression);
                    }
                }
            }
            "string" => {
                let Some(content) = string_content(&node) else { continue };
                let name = content.rsplit('.').next().unwrap_or_default();
                for definition in here.get(name).into_iter().flatten() {
                    if let Some(how) = named_by_string(resolver, module, &node, &content, definition) {
                        let at = module.location(&node.range());
                        looked.mentions.push((definition.at.clone(), Mention { at, how }));
                    }
                }
            }
            _ => {}
        }
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

/// `import name as alias` and `name as alias` of the names.
fn renamed(root: &Node<'_>, names: &HashMap<String, Vec<Definition>>) -> Vec<(String, String)> {
    let words: Vec<Finder<'_>> = names.keys().map(|name| Finder::new(name.as_str())).collect();
    let hints = Hints::of_words(&root.get_doc().src, &words);
    let imports = hinted_nodes(root, &hints).filter(|node| node.kind() == "aliased_import");
    imports
        .filter_map(|import| {
            let name = import.field("name")?.text().into_owned();
            let alias = import.field("alias")?.text().into_owned();
            (names.contains_key(&name) && alias != name).then_some((alias, name))
        })
        .collect()
}

/// Whether the expression is called, or handed to `functools.partial`.
fn is_called(expression: &Node<'_>) -> bool {
    let Some(parent) = expression.parent() else { return false };
    match &*parent.kind() {
        "call" => parent.field("function").is_some_and(|function| function.range() == expression.range()),
        "argument_list" => {
            let is_first = parent.named_children().find(|child| child.kind() != "comment");
            is_first.is_some_and(|first| first.range() == expression.range())
                && parent
                    .parent()
                    .and_then(|call| call.field("function"))
                    .is_some_and(|called| called.text().ends_with("partial"))
        }
        _ => false,
    }
}

/// The expression that reads a definition by a name, and what is done with it; None where the name is another.
fn mentioned<'t>(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    name: &Node<'t>,
    definition: &Definition,
) -> Option<(Node<'t>, How)> {
    let parent = name.parent()?;
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == name.range());
    let expression = match &*parent.kind() {
        "attribute" if is_field("attribute") => parent.clone(),
        "keyword_argument" if is_field("name") => return None,
        "aliased_import" | "dotted_name" => return None,
        "function_definition" | "class_definition" if is_field("name") => return None,
        "parameters" | "lambda_parameters" | "typed_parameter" => return None,
        "dictionary_splat_pattern" | "list_splat_pattern" => return None,
        "default_parameter" | "typed_default_parameter" if is_field("name") => return None,
        _ => name.clone(),
    };
    // another value of a name in its own scope is evaluated with it
    if expression.kind() == "identifier" && is_field("left") && parent.kind().ends_with("assignment") {
        return is_declared_global(name).then(|| (name.clone(), How::Changed));
    }
    let place = Place::of(module, name);
    let leads_there = match resolver.definitions(&place, &expression, &Effort::for_value()) {
        Some(definitions) => definitions.contains(&definition.at),
        // an attribute of something unknown may be the class's where the file has the class
        None => {
            let class = definition.class.as_ref()?;
            expression.kind() == "attribute" && name.get_doc().src.contains(class.as_str())
        }
    };
    leads_there.then(|| (expression.clone(), how(&expression)))
}

/// Whether the function around says `global name`.
fn is_declared_global(name: &Node<'_>) -> bool {
    let Some(function) = name.ancestors().find(|node| node.kind() == "function_definition") else { return false };
    let mut statements =
        function.dfs().filter(|node| matches!(&*node.kind(), "global_statement" | "nonlocal_statement"));
    statements.any(|statement| statement.named_children().any(|declared| declared.text() == name.text()))
}

/// What is done with the expression that reads a name.
fn how(expression: &Node<'_>) -> How {
    let mut outer = expression.clone();
    let mut parent = outer.parent();
    while let Some(around) = parent.clone().filter(|node| node.kind() == "parenthesized_expression") {
        outer = around;
        parent = outer.parent();
    }
    let Some(parent) = parent else { return How::Read };
    let is_field = |field: &str| parent.field(field).is_some_and(|node| node.range() == outer.range());
    match &*parent.kind() {
        "assignment" | "augmented_assignment" | "for_statement" if is_field("left") => How::Changed,
        "delete_statement" => How::Changed,
        "comparison_operator" if asks_for_none(&parent) || asks_for_item(&parent, &outer) => How::Asked,
        "assignment" if is_field("right") => How::Assigned,
        "dictionary_splat" if is_overlaid(&parent) => How::Asked,
        "argument_list" | "binary_operator" if is_overlaid(&outer) => How::Asked,
        "if_statement" | "elif_clause" | "while_statement" if is_field("condition") => How::Asked,
        "not_operator" => How::Asked,
        "conditional_expression" => {
            let condition = parent.named_children().filter(|child| child.kind() != "comment").nth(1);
            if condition.is_some_and(|condition| condition.range() == outer.range()) { How::Asked } else { How::Read }
        }
        "subscript" if is_field("value") => item_of(&parent),
        "attribute" if is_field("object") => method_of(&parent),
        _ => How::Read,
    }
}

fn asks_for_none(comparison: &Node<'_>) -> bool {
    comparison.children().any(|child| matches!(&*child.text(), "is" | "is not"))
        && comparison.named_children().any(|child| child.kind() == "none")
}

/// `"key" in dictionary`
fn asks_for_item(comparison: &Node<'_>, dictionary: &Node<'_>) -> bool {
    let operands: Vec<_> = comparison.named_children().filter(|child| child.kind() != "comment").collect();
    operands.len() == 2
        && operands[0].kind() == "string"
        && operands[1].range() == dictionary.range()
        && comparison.children().any(|child| matches!(&*child.text(), "in" | "not in"))
}

/// Whether a dictionary's cascade gives way to a later one, in `{**dictionary, "cascade": …}`, `dict(dictionary, cascade=…)` or
/// `dictionary | {"cascade": …}`.
fn is_overlaid(part: &Node<'_>) -> bool {
    let Some(container) = part.parent() else { return false };
    let is_cascade = |node: &Node<'_>| match &*node.kind() {
        "pair" => node.field("key").and_then(|key| string_content(&key)).as_deref() == Some("cascade"),
        "keyword_argument" => node.field("name").is_some_and(|name| name.text() == "cascade"),
        "dictionary" => crate::syntax::keyword_value(node, "cascade").is_some(),
        _ => false,
    };
    match &*container.kind() {
        "argument_list" => {
            let call = container.parent().and_then(|call| call.field("function"));
            call.is_some_and(|function| function.text() == "dict") && part.next_all().any(|node| is_cascade(&node))
        }
        "dictionary" | "binary_operator" => part.next_all().any(|node| is_cascade(&node)),
        _ => false,
    }
}

/// `dictionary["key"]`
fn item_of(subscript: &Node<'_>) -> How {
    let key = subscript.field("subscript").and_then(|key| string_content(&key));
    let is_set = subscript.parent().is_some_and(|parent| {
        matches!(&*parent.kind(), "assignment" | "augmented_assignment")
            && parent.field("left").is_some_and(|left| left.range() == subscript.range())
            || parent.kind() == "delete_statement"
    });
    match key.as_deref() {
        // an assignment of the cascade is a site of its own
        Some("cascade") if is_set => How::Asked,
        Some("cascade") => How::Read,
        Some(_) => How::Asked,
        None if is_set => How::Changed,
        None => How::Read,
    }
}

/// `name.method`
fn method_of(attribute: &Node<'_>) -> How {
    const CHANGING: [&str; 10] =
        ["append", "extend", "insert", "remove", "add", "discard", "clear", "reverse", "sort", "popitem"];
    let name = attribute.field("attribute").map(|name| name.text().into_owned()).unwrap_or_default();
    let call = attribute.parent().filter(|call| call.kind() == "call");
    let key = call
        .and_then(|call| call.field("arguments"))
        .and_then(|arguments| string_content(&arguments.named_children().next()?));
    match name.as_str() {
        "update" => How::Asked,
        "setdefault" => How::Asked,
        "get" | "pop" if key.as_deref().is_some_and(|key| key != "cascade") => How::Asked,
        name if CHANGING.contains(&name) => How::Changed,
        _ => How::Read,
    }
}

/// What a string that names a definition means: an entry of `__all__`, or the argument of `getattr`, `patch` and the like.
fn named_by_string(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    string: &Node<'_>,
    content: &str,
    definition: &Definition,
) -> Option<How> {
    let is_export = string.ancestors().any(|node| {
        let assigned = node.field("left").is_some_and(|left| left.text() == "__all__");
        let extended = node.field("function").is_some_and(|function| function.text().starts_with("__all__"));
        assigned || extended
    });
    if is_export && content == definition.name {
        let leads = resolver.definitions_of_names(&Place::after(module), &[content.to_owned()], &Effort::for_value());
        return leads.is_some_and(|found| found.contains(&definition.at)).then_some(How::Exported);
    }
    let is_argument = string.parent().is_some_and(|parent| parent.kind() == "argument_list");
    let function = || string.parent()?.parent()?.field("function").map(|function| function.text().into_owned());
    let is_reflection = ["getattr", "setattr", "hasattr", "delattr", "patch", "patch.object", "setitem"];
    let is_reflection = |called: String| is_reflection.iter().any(|name| called.ends_with(name));
    (is_argument && function().is_some_and(is_reflection)).then_some(How::Read)
}
