//! A dotted name goes in; the bindings that it leads to come out, through the scopes around it, imports and the project's own
//! modules.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Resolver;
use super::effort::Effort;
use super::lineage::assigns;
use super::place::Place;
use super::reason::Reason;
use crate::library;
use crate::module::{Binding, BindingKind, Dotted, ModuleName, Occurrence, RegionKind, Scope};
use crate::module::{Location, Module};
use crate::python::is_standard_library;
use crate::source::is_covered;
use crate::sqlalchemy::LIBRARIES;
use crate::syntax::{Node, dotted_name, kind, nodes_with_word};

/// How many modules of which everything is imported are asked for a name.
const MOST_STARS: usize = 100;

/// Where a name leads to.
pub enum Resolution {
    /// A binding that is no import.
    Bound(Found),
    /// A name outside of the repository, fully qualified.
    Outside(Dotted),
    /// A module of the repository, by its file.
    Module(PathBuf),
    /// Nothing in reach binds the name.
    Unbound,
    /// It can't be told, and why.
    Unknown(Reason),
}

/// A binding that a name leads to.
#[derive(Clone)]
pub struct Found {
    /// The scope that binds, and those around it.
    place: Place,
    /// The name as it is bound there.
    name: String,
    /// Its index among the bindings of the name.
    index: usize,
    /// The names behind: attributes of what is bound.
    pub rest: Dotted,
}

impl Found {
    /// The binding itself.
    pub fn binding(&self) -> &Binding {
        &self.scope().all(&self.name)[self.index]
    }

    /// Whether the name is bound to what a call gives.
    pub fn is_made_by_call(&self) -> bool {
        matches!(self.binding().kind, BindingKind::CallResult { .. })
    }

    /// The bound name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The scope that binds.
    pub fn scope(&self) -> &Scope {
        &self.place.scopes[0].scope
    }

    /// The file.
    pub fn module(&self) -> &Arc<Module> {
        &self.place.module
    }

    /// Where the name is bound.
    pub fn location(&self) -> Location {
        self.place.module.location(&self.binding().name)
    }

    /// The scope that binds, and those around it.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The place where the bound value is evaluated: the name has its earlier value there, as the second `x` of `x = x + 1` has.
    pub fn before(&self) -> Place {
        let mut place = self.place.clone();
        let binding = self.binding();
        place.scopes[0].before = Some(binding.value.as_ref().map_or(binding.name.start, |value| value.start));
        place.scopes[0].is_strict = true;
        place
    }

    /// The node that is bound: the right side of an assignment, a parameter's default, a definition.
    pub fn value(&self) -> Option<Node<'_>> {
        self.place.module.node(self.binding().value.as_ref()?)
    }
}

impl Resolver<'_> {
    /// Where a dotted name leads to from a place.
    pub fn follow(&self, place: &Place, names: &[String], effort: &Effort) -> Vec<Resolution> {
        if !effort.look_up() {
            return vec![Resolution::Unknown(Reason::about(&names[0], "is defined in terms of itself"))];
        }
        let Some(index) = place.scopes.iter().position(|around| !around.bindings(&names[0], effort).is_empty()) else {
            return self.starred(place, names, effort);
        };
        let place = place.outward(index);
        let all = place.scopes[0].scope.all(&names[0]);
        let visible = place.scopes[0].bindings(&names[0], effort);
        // `visible` is a part of the slice `all`
        let first = (visible.as_ptr().addr() - all.as_ptr().addr()) / size_of::<Binding>();
        let numbers = first..first + visible.len();
        let may_be_unset = visible.iter().all(|binding| binding.conditional);
        let mut resolutions: Vec<Resolution> =
            numbers.flat_map(|index| self.import_or_binding(&place, names, index, effort)).collect();
        if may_be_unset {
            // what the name leads to where no branch binds it
            let otherwise = match place.scopes.len() {
                1 => self.starred(&place, names, effort),
                _ => self.follow(&place.outward(1), names, effort),
            };
            resolutions.extend(otherwise.into_iter().filter(|resolution| !matches!(resolution, Resolution::Unbound)));
        }
        resolutions
    }

    pub(super) fn import_or_binding(
        &self,
        place: &Place,
        names: &[String],
        index: usize,
        effort: &Effort,
    ) -> Vec<Resolution> {
        let rest = &names[1..];
        let with_rest = |path: &[String]| -> Dotted { path.iter().chain(rest).cloned().collect() };
        match &place.scopes[0].scope.all(&names[0])[index].kind {
            BindingKind::Module(path) => self.absolute(place, &with_rest(path), effort),
            BindingKind::Member(from, member) => {
                let resolutions = self.member(place, from, &with_rest(std::slice::from_ref(member)), effort);
                let is_known = |path: &Dotted| self.constructors.is_known(&path.join("."));
                match resolutions.as_slice() {
                    [Resolution::Outside(path)] if !rest.is_empty() && path[0] != "sqlalchemy" && !is_known(path) => {
                        let (name, module) = (&names[0], from.path.join("."));
                        vec![Resolution::Unknown(Reason::about(
                            name,
                            format_args!("comes from `{module}`, which is not part of this repository"),
                        ))]
                    }
                    _ => resolutions,
                }
            }
            _ => vec![Resolution::Bound(Found {
                place: place.clone(),
                name: names[0].clone(),
                index,
                rest: rest.to_vec(),
            })],
        }
    }

    fn starred(&self, place: &Place, names: &[String], effort: &Effort) -> Vec<Resolution> {
        for (number, star) in place.stars().enumerate() {
            if number == MOST_STARS {
                return vec![Resolution::Unknown(Reason::about(&names[0], "may come from one of too many modules"))];
            }
            let resolutions = self.member(place, star, names, effort);
            let is_there = |resolution: &Resolution| match resolution {
                Resolution::Bound(_) => true,
                // what a module of the repository has from elsewhere, or what the other library is known to have
                Resolution::Outside(path) => {
                    !path.starts_with(&star.path) || self.constructors.is_known(&path.join("."))
                }
                Resolution::Module(_) | Resolution::Unbound | Resolution::Unknown(_) => false,
            };
            if resolutions.iter().any(is_there) {
                return resolutions;
            }
        }
        vec![Resolution::Unbound]
    }

    /// The files of the modules of which everything is imported.
    pub fn starred_files(&self, place: &Place, effort: &Effort) -> Vec<PathBuf> {
        let stars = place.stars().filter(|star| !star.path.is_empty());
        let file = |resolution| if let Resolution::Module(file) = resolution { Some(file) } else { None };
        stars.flat_map(|star| self.member(place, star, &[], effort)).filter_map(file).collect()
    }

    /// A member of a module that an import statement names.
    pub(super) fn member(
        &self,
        place: &Place,
        from: &ModuleName,
        names: &[String],
        effort: &Effort,
    ) -> Vec<Resolution> {
        if from.path.iter().any(|name| is_covered(name)) {
            return vec![Resolution::Unknown("a template names the module that it comes from".into())];
        }
        let path: Dotted = from.path.iter().chain(names).cloned().collect();
        if from.level == 0 {
            return self.absolute(place, &path, effort);
        }
        let Some(folder) = place.path().ancestors().nth(from.level) else {
            return vec![Resolution::Unknown("a relative import leads out of the file system".into())];
        };
        // SQLAlchemy's and sqlmodel's own code
        let package = self.repository.package(folder);
        let qualified: Dotted = package.iter().chain(&path).cloned().collect();
        if !package.is_empty() && self.constructors.is_known(&qualified.join(".")) {
            return vec![Resolution::Outside(qualified)];
        }
        self.inside(place, &[folder.to_owned()], &path, from.path.len(), effort).map(or_unknown).unwrap_or_else(|| {
            let module = format!("{}{}", ".".repeat(from.level), from.path.join("."));
            vec![Resolution::Unknown(format!("no file of this repository is the module `{module}`").into())]
        })
    }

    fn absolute(&self, place: &Place, path: &[String], effort: &Effort) -> Vec<Resolution> {
        if self.constructors.is_known(&path.join(".")) {
            return vec![Resolution::Outside(path.to_vec())];
        }
        let near = self.repository.import_roots(place.path());
        // a package's `typing.py` does not hide Python's own, nor its `sqlalchemy` the library
        let is_own = is_standard_library(&path[0]) || LIBRARIES.contains(&path[0].as_str());
        let (packages, near): (Vec<PathBuf>, Vec<PathBuf>) =
            near.iter().cloned().partition(|folder| self.repository.is_package(folder));
        let inside = |folders: &[PathBuf]| self.inside(place, folders, path, 1, effort);
        // Python's path holds no packages, though scripts in one are run: what is not there is another library's
        let in_package = |folder: &PathBuf| inside(std::slice::from_ref(folder))?.ok();
        let found = inside(&near).map(or_unknown);
        let found = found.or_else(|| packages.iter().filter(|_| !is_own).find_map(in_package));
        let found = found.or_else(|| inside(self.repository.distribution_roots()).map(or_unknown));
        let found = found.or_else(|| self.in_library(path, effort));
        found.unwrap_or_else(|| vec![Resolution::Outside(path.to_vec())])
    }

    /// Follows a dotted name below the first folder that has its module: the longest part of it that is a module's
    /// file, then the rest inside. None where no such file exists, an error where it doesn't have the name.
    fn inside(
        &self,
        place: &Place,
        folders: &[PathBuf],
        path: &[String],
        at_least: usize,
        effort: &Effort,
    ) -> Option<Result<Vec<Resolution>, Reason>> {
        for folder in folders {
            let mut missing = None;
            for length in (at_least..=path.len()).rev() {
                let Some(file) = self.repository.module_file(folder, &path[..length]) else {
                    continue;
                };
                if length == path.len() {
                    let hides = self.hides_module(place, folder, path, effort);
                    return Some(Ok(hides.unwrap_or_else(|| vec![Resolution::Module(file)])));
                }
                let Some(module) = self.repository.module(&file) else { continue };
                let follow = || self.follow(&Place::after(&module), &path[length..], effort);
                let resolutions = effort.importing(follow).unwrap_or_else(|| {
                    vec![Resolution::Unknown(Reason::about(&path[length], "is imported by way of too many modules"))]
                });
                if !matches!(resolutions.as_slice(), [Resolution::Unbound]) {
                    return Some(Ok(resolutions));
                }
                // the longest part of the name that there is says most
                missing.get_or_insert_with(|| {
                    let file = self.repository.display(&file);
                    Err(Reason::about(&path[length], format_args!("is not defined in {file}")))
                });
            }
            if missing.is_some() {
                return missing;
            }
        }
        None
    }

    /// What a package's `__init__.py` binds to the name of one of its modules, for who imports the name: after `from .User import User`
    /// it is the class. Inside of that file the name is still the module's.
    fn hides_module(&self, place: &Place, folder: &Path, path: &[String], effort: &Effort) -> Option<Vec<Resolution>> {
        let (name, package) = path.split_last()?;
        let file = self.repository.module_file(folder, package)?;
        if file == place.path() || file.file_name().is_none_or(|file| file != "__init__.py") {
            return None;
        }
        let module = self.repository.module(&file)?;
        if module.scope.all(name).is_empty() {
            return None;
        }
        let follow = || self.follow(&Place::after(&module), std::slice::from_ref(name), effort);
        let resolutions = effort.importing(follow)?;
        let is_followed = |resolution: &Resolution| matches!(resolution, Resolution::Bound(_) | Resolution::Outside(_));
        resolutions.iter().all(is_followed).then_some(resolutions)
    }

    /// Follows a dotted name into what is known of another library.
    fn in_library(&self, path: &[String], effort: &Effort) -> Option<Vec<Resolution>> {
        let (name, module) = path.split_last()?;
        let module = self.repository.module(&library::module_file(module)?)?;
        let resolutions = self.follow(&Place::after(&module), std::slice::from_ref(name), effort);
        (!matches!(resolutions.as_slice(), [Resolution::Unbound])).then_some(resolutions)
    }

    /// Whether an import leads out of the repository.
    pub(super) fn is_foreign(&self, place: &Place, from: &ModuleName) -> bool {
        from.level == 0
            && from.path.first().is_none_or(|head| head != "sqlalchemy")
            && !self
                .repository
                .import_roots(place.path())
                .iter()
                .chain(self.repository.distribution_roots())
                .any(|root| self.repository.module_file(root, &from.path[..1]).is_some())
    }

    /// Where an expression leads to: a name, an attribute of a class, also by way of `self`, `cls` or an object that the class makes.
    pub(super) fn ends_of(&self, place: &Place, expression: &Node<'_>, effort: &Effort) -> Vec<Resolution> {
        let Some(names) = dotted_name(expression) else {
            let object = expression.field("object");
            let is_value = expression.field("attribute").is_some_and(|name| name.text() == "value");
            if let Some(member) = object.as_ref().filter(|object| is_value && object.kind() == kind::SUBSCRIPT) {
                return self.enum_member(place, member, effort);
            }
            let class = object.filter(|object| object.kind() == kind::CALL).and_then(|object| object.field("function"));
            return match (class, expression.field("attribute")) {
                (Some(class), Some(name)) => {
                    // `a().b().c()` can have any number of calls
                    let classes = effort.deeper(|| self.ends_of(place, &class, effort)).unwrap_or_default();
                    self.members_of(classes, &[name.text().into_owned()], effort)
                }
                _ => Vec::new(),
            };
        };
        if matches!(names[0].as_str(), "self" | "cls") && names.len() > 1 {
            let Some(class) = self.class_around(place, expression, effort) else { return Vec::new() };
            if sets_attribute(&class, &names[..2]) {
                let why = Reason::about(&names[..2].join("."), "is set by a method of its class too");
                return vec![Resolution::Unknown(why)];
            }
            let mut resolutions = self.class_member(&class, &names[1..], effort);
            resolutions.extend(self.overriding(&class, &names[1..], effort));
            return resolutions;
        }
        let resolutions = self.follow(place, &names, effort);
        resolutions.into_iter().flat_map(|resolution| self.within(resolution, effort)).collect()
    }

    /// An attribute of a class, or of an object that it makes, as what it is bound to in the class; that of an enumeration's member as
    /// what the member is bound to.
    fn within(&self, resolution: Resolution, effort: &Effort) -> Vec<Resolution> {
        let Resolution::Bound(found) = &resolution else { return vec![resolution] };
        if found.rest.is_empty() {
            return vec![resolution];
        }
        let leads = match &found.binding().kind {
            BindingKind::Class(_) => {
                let is_value = found.rest.len() == 2 && found.rest[1] == "value" && self.is_enum(found, effort);
                let names = if is_value { &found.rest[..1] } else { &found.rest[..] };
                self.class_member(found, names, effort)
            }
            BindingKind::Alias(path) => {
                let names: Dotted = path.iter().chain(&found.rest).cloned().collect();
                self.follow(&found.before(), &names, effort)
            }
            BindingKind::CallResult { callee, .. } => {
                let classes = effort.deeper(|| self.follow(&found.before(), callee, effort)).unwrap_or_default();
                self.members_of(classes, &found.rest, effort)
            }
            _ => return vec![resolution],
        };
        let within = || leads.into_iter().flat_map(|resolution| self.within(resolution, effort)).collect::<Vec<_>>();
        match effort.deeper(within).unwrap_or_default() {
            members if members.is_empty() => vec![resolution],
            members => members,
        }
    }

    fn members_of(&self, classes: Vec<Resolution>, names: &[String], effort: &Effort) -> Vec<Resolution> {
        let is_class = |found: &Found| found.rest.is_empty() && matches!(found.binding().kind, BindingKind::Class(_));
        let classes = classes.into_iter().flat_map(|resolution| self.within(resolution, effort));
        let members = classes.filter_map(|resolution| match resolution {
            Resolution::Bound(class) if is_class(&class) => Some(self.class_member(&class, names, effort)),
            _ => None,
        });
        members.flatten().collect()
    }

    /// The class around a method, for `self.name` and `cls.name` in it.
    pub(super) fn class_around(&self, place: &Place, node: &Node<'_>, effort: &Effort) -> Option<Found> {
        let class = node.ancestors().find(|node| node.kind() == kind::CLASS_DEFINITION)?;
        let name = dotted_name(&class.field("name")?)?;
        self.class_with_range(Place::of(&place.module, &class), &name, &class.range(), effort)
    }

    /// The class that has the range, by its name at its place.
    fn class_with_range(&self, place: Place, name: &[String], range: &Range<usize>, effort: &Effort) -> Option<Found> {
        self.follow(&place.at_any_time(), name, effort).into_iter().find_map(|resolution| match resolution {
            Resolution::Bound(found) if found.binding().value.as_ref() == Some(range) => Some(found),
            _ => None,
        })
    }

    /// Where a name is bound that a module refers to, imports followed; None where it can't be told what it is an attribute of.
    pub fn definitions_of(
        &self,
        module: &Arc<Module>,
        occurrence: &Occurrence,
        effort: &Effort,
    ) -> Option<Vec<Location>> {
        let names = module.path_of(occurrence)?;
        if matches!(names[0].as_str(), "self" | "cls") && names.len() > 1 {
            let class = module.references().around(occurrence).find(|region| region.kind == RegionKind::Class)?;
            let name = module.source.parser_text()[class.name()].to_owned();
            let class = self.class_with_range(Place::of_region(module, class), &[name], &class.range(), effort)?;
            return self.bound_at(self.class_member(&class, &names[1..], effort), effort);
        }
        self.definitions_of_names(&Place::at(module, occurrence), &names, effort)
    }

    /// The same of a dotted name.
    pub fn definitions_of_names(&self, place: &Place, names: &[String], effort: &Effort) -> Option<Vec<Location>> {
        self.bound_at(self.follow(place, names, effort), effort)
    }

    fn bound_at(&self, resolutions: Vec<Resolution>, effort: &Effort) -> Option<Vec<Location>> {
        let mut locations = Vec::new();
        for resolution in resolutions {
            match resolution {
                Resolution::Bound(found) if found.rest.is_empty() => locations.push(found.location()),
                Resolution::Bound(found) => match &found.binding().kind {
                    BindingKind::Class(_) => {
                        let members = self.class_member(&found, &found.rest, effort);
                        locations.extend(effort.deeper(|| self.bound_at(members, effort)).flatten()?);
                    }
                    BindingKind::Alias(path) => {
                        let names: Vec<String> = path.iter().chain(&found.rest).cloned().collect();
                        locations.extend(self.definitions_of_names(&found.before(), &names, effort)?);
                    }
                    BindingKind::Parameter(_) | BindingKind::CallResult { .. } | BindingKind::Opaque(_) => return None,
                    _ => {}
                },
                Resolution::Unknown(_) => return None,
                Resolution::Module(file) => locations.push(Location { path: file.into(), start: 0, end: 0 }),
                Resolution::Outside(_) | Resolution::Unbound => {}
            }
        }
        Some(locations)
    }

    /// The expression that has the range in the module of a place.
    pub(super) fn node_of<'p>(&self, place: &'p Place, range: &std::ops::Range<usize>) -> Result<Node<'p>, Reason> {
        place.module.node(range).ok_or_else(|| Reason::from("it can't be parsed"))
    }

    /// The module of a location, which may be that of the place.
    pub(super) fn module_of(&self, place: &Place, location: &Location) -> Option<Arc<Module>> {
        if location.path == place.module.path {
            return Some(Arc::clone(&place.module));
        }
        self.repository.module(&location.path)
    }
}

/// Whether a method of a class sets an attribute of its object: `self.name = …`.
fn sets_attribute(class: &Found, names: &[String]) -> bool {
    let Some(class) = class.value() else { return false };
    let name = names.join(".");
    nodes_with_word(&class, &name).any(|node| assigns(&node, &name))
}

/// What is found, or why nothing is.
fn or_unknown(found: Result<Vec<Resolution>, Reason>) -> Vec<Resolution> {
    found.unwrap_or_else(|why| vec![Resolution::Unknown(why)])
}
