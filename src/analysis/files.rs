//! What the planner asks of files, answered for one run.

use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::run::Run;
use crate::module::{Location, Occurrence};
use crate::plan::{Files, Passing};
use crate::policy::effective;
use crate::resolve::{Place, Resolver, evaluate};
use crate::site::Site;
use crate::source::Source;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};
use crate::syntax::{Node, decorating, is_definition, is_statement, kind, string_content};

/// The files of a run.
pub(super) struct FilesOfRun<'a> {
    run: &'a Run<'a>,
    sources: HashMap<Arc<Path>, Arc<Source>>,
    /// Literals that stay, whoever uses them.
    left_alone: &'a HashSet<Location>,
}

impl<'a> FilesOfRun<'a> {
    pub fn new(run: &'a Run<'a>, left_alone: &'a HashSet<Location>) -> Self {
        let sources =
            run.analysis.scan.files.iter().map(|file| (Arc::clone(&file.path), Arc::clone(&file.source))).collect();
        Self { run, sources, left_alone }
    }

    /// Whether the site is to be reported: it, or a call that gets its value, is in a file under check.
    pub fn concerns(&self, site: &Site) -> bool {
        self.is_checked(&site.at.path) || site.recipients.iter().any(|given| self.is_checked(&given.at.path))
    }
}

impl Files for FilesOfRun<'_> {
    fn source(&self, path: &Path) -> Option<Arc<Source>> {
        let scanned = self.sources.get(path).cloned();
        scanned.or_else(|| Some(Arc::clone(&self.run.analysis.repositories.of(path).module(path)?.source)))
    }

    fn is_checked(&self, path: &Path) -> bool {
        if self.sources.contains_key(path) {
            return true;
        }
        self.run.analysis.checks(path)
    }

    fn shown(&self, location: &Location) -> String {
        let repository = self.run.analysis.repositories.of(&location.path);
        match self.source(&location.path) {
            Some(source) => repository.shown(&source, location),
            None => repository.display(&location.path),
        }
    }

    fn is_typed(&self, at: &Location) -> bool {
        let repository = self.run.analysis.repositories.of(&at.path);
        let found = repository.module(&at.path).and_then(|module| {
            let node = module.node(&at.range())?;
            let is_declaration =
                |node: &Node<'_>| matches!(&*node.kind(), kind::ASSIGNMENT | kind::TYPED_DEFAULT_PARAMETER);
            let annotation = node.ancestors().find(is_declaration)?.field("type")?;
            let items =
                node.ancestors().take_while(|node| !is_declaration(node)).filter(|node| node.kind() == kind::PAIR);
            let mut keys: Vec<String> = items.filter_map(|pair| string_content(&pair.field("key")?)).collect();
            keys.reverse();
            let rules = &self.run.analysis.reach.settings.of(&at.path).rules;
            let resolver = Resolver { constructors: &rules.constructors, repository: &repository };
            Some(resolver.names_values(&Place::of(&module, &annotation), &annotation, &keys))
        });
        found.unwrap_or(false)
    }

    fn tied(&self, literal: &Location, after: CascadeOptions) -> Option<String> {
        if self.left_alone.contains(literal) {
            return Some("`cascade-fix: ignore-file` holds there".to_owned());
        }
        if self.is_typed(literal) {
            return Some("its annotation names the value".to_owned());
        }
        let module = self.run.analysis.repositories.of(&literal.path).module(&literal.path)?;
        let node = module.node(&literal.range())?;
        let class = node.ancestors().find(|node| node.kind() == kind::CLASS_DEFINITION)?;
        let is_data = |node: &Node<'_>| ["dataclass", "define", "attr"].iter().any(|name| node.text().contains(name));
        if decorating(&class).iter().any(is_data) {
            return Some("it is the default of a field".to_owned());
        }
        if !class.field("superclasses")?.text().contains("Enum") {
            return None;
        }
        if let Some(method) = class.field("body")?.dfs().find(reads_members) {
            return Some(format!("`{}` of its Enum reads the value", method.field("name")?.text()));
        }
        let mut members = class.field("body")?.named_children().collect::<Vec<_>>().into_iter();
        members.find_map(|statement| {
            let member = statement.named_children().next().filter(|node| node.kind() == kind::ASSIGNMENT)?;
            let given = evaluate(&member.field("right")?).ok()?;
            // this fix or another one makes them the same
            let kept =
                |options: CascadeOptions| options.without(CascadeOption::RefreshExpire).without(CascadeOption::Expunge);
            let is_twin = given.span != literal.range() && kept(effective(&given.value, false)) == kept(after);
            is_twin.then(|| Some(format!("its Enum has the value as `{}` too", member.field("left")?.text())))?
        })
    }

    fn bound_in_passing(&self, value: &Location) -> Option<Passing> {
        let module = self.run.analysis.repositories.of(&value.path).module(&value.path)?;
        if !module.has_walrus() {
            return None;
        }
        let node = module.node(&value.range())?;
        // what a call gives is no longer the value, but for that of `dict`
        let is_other = |node: &Node<'_>| match &*node.kind() {
            kind::ARGUMENT_LIST => {
                node.parent().and_then(|call| call.field("function")).is_none_or(|function| function.text() != "dict")
            }
            _ => is_statement(node) || is_definition(node),
        };
        let mut around = std::iter::once(node.clone()).chain(node.ancestors()).take_while(|node| !is_other(node));
        let walrus = around.find(|node| node.kind() == kind::NAMED_EXPRESSION)?;
        let name = walrus.field("name")?;
        let others = module.occurrences(&name.text()).iter().map(Occurrence::range);
        let others = others.filter(|other| *other != name.range());
        Some(Passing {
            name: name.text().into_owned(),
            expression: module.location(&walrus.range()),
            others: others.map(|other| module.location(&other)).collect(),
        })
    }
}

/// Whether it is a method of an Enum that does something else with the members' values than show them.
fn reads_members(node: &Node<'_>) -> bool {
    const SHOWING: [&str; 4] = ["__str__", "__repr__", "__format__", "__hash__"];
    let name = node.field("name").filter(|_| node.kind() == kind::FUNCTION_DEFINITION);
    name.is_some_and(|name| !SHOWING.contains(&&*name.text()))
        && node.dfs().any(|node| match &*node.kind() {
            kind::ATTRIBUTE => node.field("attribute").is_some_and(|name| matches!(&*name.text(), "value" | "_value_")),
            kind::COMPARISON_OPERATOR => node.named_children().any(|operand| operand.text() == "self"),
            _ => false,
        })
}
