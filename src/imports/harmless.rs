//! An import that a file does not need any more goes in; whether anyone else notices when it goes comes out.

use std::path::PathBuf;

use super::Unused;
use crate::module::{Module, ModuleName, Occurrence, Role, StringUse};
use crate::repository::Repository;
use crate::syntax::{Node, dotted_name, kind};

/// How far imports of imported modules are followed.
const DEEPEST: usize = 3;

/// Libraries whose import does nothing that anyone could miss.
const QUIET: [&str; 16] = [
    "__future__",
    "abc",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "re",
    "sqlalchemy",
    "typing",
    "typing_extensions",
    "uuid",
];

/// Calls that only make a value.
const MAKING: [&str; 13] = [
    "frozenset",
    "set",
    "tuple",
    "list",
    "dict",
    "str",
    "int",
    "sorted",
    "TypeVar",
    "NewType",
    "namedtuple",
    "auto",
    "CascadeOptions",
];

/// Whether a module takes one of the names from the file whose module name is given, or may.
pub(crate) fn is_taken_from(taker: &Module, stem: &str, names: &[String]) -> bool {
    let takes = |name: &String| {
        let is_meant = |occurrence: &Occurrence| match occurrence.role {
            Role::Import => imports_from(taker, occurrence, stem, name),
            _ => occurrence.is_attribute && is_attribute_of(taker, occurrence, stem),
        };
        let qualified = format!("{stem}.{name}");
        let is_named = |string: &StringUse| {
            let content = &taker.source.parser_text()[string.content()];
            string.is_whole && (content == name || content.contains(&qualified))
        };
        taker.occurrences(name).iter().any(is_meant) || taker.strings_naming(name).any(is_named)
    };
    let is_stem = |module: &ModuleName| module.path.last().is_some_and(|last| last == stem);
    taker.scope.stars.iter().any(|(module, _)| is_stem(module)) || names.iter().any(takes)
}

/// `from stem import name`
fn imports_from(taker: &Module, occurrence: &Occurrence, stem: &str, name: &str) -> bool {
    let node = taker.node(&occurrence.range());
    let import = node.and_then(|node| node.ancestors().find(|node| node.kind() == kind::IMPORT_FROM_STATEMENT));
    import.is_some_and(|import| {
        let module = import.field("module_name").map(|module| module.text().into_owned()).unwrap_or_default();
        let imported = |part: Node<'_>| part.field("name").unwrap_or(part.clone()).text() == name;
        module.trim_start_matches('.').rsplit('.').next() == Some(stem) && import.field_children("name").any(imported)
    })
}

/// Whether what a name is an attribute of can be the module.
fn is_attribute_of(taker: &Module, occurrence: &Occurrence, stem: &str) -> bool {
    let Some(path) = taker.path_of(occurrence) else { return true };
    let object = &path[..path.len() - 1];
    let is_renamed = || taker.import_aliases().any(|(name, alias)| alias == object[0] && name == stem);
    object.last().is_some_and(|last| last == stem) || is_renamed()
}

/// Whether nothing happens when the modules of an import statement are imported but that names are defined, or something else in the
/// file imports them anyway.
pub(crate) fn can_be_left_out(repository: &Repository, module: &Module, unused: &Unused) -> bool {
    let Some(statement) = module.node(&unused.range) else { return false };
    let wanted = modules_of(&statement);
    let others = module.tree().root();
    let mut others = others.named_children().filter(|node| node.range() != unused.range);
    if others.any(|other| wanted.iter().all(|wanted| modules_of(&other).contains(wanted))) {
        return true;
    }
    are_quiet(repository, module, &statement, DEEPEST)
}

/// The modules that a statement imports, as it names them; none for other statements.
fn modules_of(statement: &Node<'_>) -> Vec<String> {
    match &*statement.kind() {
        kind::IMPORT_FROM_STATEMENT => {
            statement.field("module_name").iter().map(|name| name.text().into_owned()).collect()
        }
        kind::IMPORT_STATEMENT => {
            let name = |part: Node<'_>| part.field("name").unwrap_or(part.clone()).text().into_owned();
            statement.field_children("name").map(name).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the import of what a statement names only defines names.
fn are_quiet(repository: &Repository, module: &Module, statement: &Node<'_>, levels: usize) -> bool {
    let names: Vec<String> = statement
        .field_children("name")
        .map(|part| part.field("name").unwrap_or(part.clone()).text().into_owned())
        .collect();
    modules_of(statement).iter().all(|wanted| {
        let head = wanted.split('.').next().unwrap_or_default();
        let files = files_of(repository, module, wanted, &names);
        match files.is_empty() {
            true => QUIET.contains(&head),
            false => files.iter().all(|file| is_quiet_file(repository, module, file, levels)),
        }
    })
}

fn is_quiet_file(repository: &Repository, importer: &Module, file: &std::path::Path, levels: usize) -> bool {
    // a package around the importer was imported before
    let is_around = file.file_name().is_some_and(|name| name == "__init__.py")
        && file.parent().is_some_and(|folder| importer.path.starts_with(folder));
    if is_around {
        return true;
    }
    let Some(levels) = levels.checked_sub(1) else { return false };
    let Some(imported) = repository.open(file) else { return false };
    let root = imported.tree().root();
    !crate::syntax::has_error(&root) && root.named_children().all(|one| is_quiet(repository, &imported, &one, levels))
}

/// The files that are run when a module is imported: it, the packages around it, and its own modules among the names.
fn files_of(repository: &Repository, importer: &Module, wanted: &str, names: &[String]) -> Vec<PathBuf> {
    let path: Vec<String> = wanted
        .trim_start_matches('.')
        .split('.')
        .filter(|name| !name.is_empty())
        .map(|name| name.trim().to_owned())
        .collect();
    let level = wanted.len() - wanted.trim_start_matches('.').len();
    let roots = match level {
        0 => [&repository.import_roots(&importer.path), repository.distribution_roots()].concat(),
        level => importer.path.ancestors().nth(level).map(std::path::Path::to_owned).into_iter().collect(),
    };
    let with = |name: &String| path.iter().chain([name]).cloned().collect::<Vec<_>>();
    let below = |root: &PathBuf| -> Vec<PathBuf> {
        let packages = (1..=path.len()).filter_map(|length| repository.module_file(root, &path[..length]));
        let modules = names.iter().filter_map(|name| repository.module_file(root, &with(name)));
        packages.chain(modules).collect()
    };
    roots.iter().map(below).find(|files| !files.is_empty()).unwrap_or_default()
}

/// Whether a statement of a module only defines names.
fn is_quiet(repository: &Repository, module: &Module, statement: &Node<'_>, levels: usize) -> bool {
    let calls_nothing = |node: &Node<'_>| node.dfs().all(|inner| is_silent(&inner));
    match &*statement.kind() {
        kind::COMMENT | kind::PASS_STATEMENT | kind::TYPE_ALIAS_STATEMENT => true,
        kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => are_quiet(repository, module, statement, levels),
        kind::FUTURE_IMPORT_STATEMENT => true,
        kind::FUNCTION_DEFINITION => {
            statement.named_children().filter(|part| part.kind() != kind::BLOCK).all(|part| calls_nothing(&part))
        }
        kind::CLASS_DEFINITION => {
            let is_plain = |bases: Node<'_>| {
                const PLAIN: [&str; 8] =
                    ["object", "str", "Enum", "StrEnum", "IntEnum", "NamedTuple", "TypedDict", "Protocol"];
                bases.named_children().all(|base| {
                    dotted_name(&base)
                        .is_some_and(|names| names.last().is_some_and(|last| PLAIN.contains(&last.as_str())))
                })
            };
            statement.field("superclasses").is_none_or(is_plain)
                && statement
                    .field("body")
                    .is_some_and(|body| body.named_children().all(|inner| is_quiet(repository, module, &inner, levels)))
        }
        kind::EXPRESSION_STATEMENT => statement.named_children().all(|inner| match &*inner.kind() {
            kind::ASSIGNMENT | kind::AUGMENTED_ASSIGNMENT => {
                let is_name = |left: Node<'_>| {
                    matches!(&*left.kind(), kind::IDENTIFIER | kind::PATTERN_LIST | kind::TUPLE_PATTERN)
                };
                inner.field("left").is_some_and(is_name) && inner.named_children().all(|part| calls_nothing(&part))
            }
            _ => calls_nothing(&inner),
        }),
        _ => false,
    }
}

/// Whether a node of an expression does nothing but give a value.
fn is_silent(node: &Node<'_>) -> bool {
    match &*node.kind() {
        kind::CALL => node.field("function").is_some_and(|function| {
            let name = function.text();
            MAKING.contains(&name.rsplit('.').next().unwrap_or_default()) || name.ends_with(".join")
        }),
        kind::AWAIT | kind::YIELD | kind::NAMED_EXPRESSION => false,
        _ => true,
    }
}
