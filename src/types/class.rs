//! A class goes in; its bases come out, each with what it is given for its type variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::annotation::WrittenType;
use crate::resolve::Place;
use crate::syntax::{Node, Parts, kind, positional_arguments};

use super::kind::{Class, Type};
use super::{Context, TypeFrame, TypeQuestion, Types};

/// How many classes are looked through that a class inherits from.
const MOST_BASES: usize = 60;

/// A class that another inherits from, or that itself, with what its type variables stand for.
pub(super) struct Ancestor {
    pub class: Class,
    pub variables: BTreeMap<String, Type>,
}

impl Ancestor {
    /// What is known in its body, where an object or the class is asked for something.
    pub fn context(&self, receiver: &Type) -> Context {
        let frame =
            TypeFrame { receiver: Some(receiver.clone()), variables: self.variables.clone(), ..TypeFrame::default() };
        Context { module: self.class.module.clone(), frame: Arc::new(frame) }
    }
}

impl Types<'_> {
    /// A class and those of the repository that it inherits from, the nearest first, each once.
    pub(super) fn lineage(&self, class: &Class, given: &[Type]) -> Vec<Ancestor> {
        let mut lineage: Vec<Ancestor> = Vec::new();
        let mut open = vec![(class.clone(), given.to_vec())];
        while let Some((class, given)) = open.pop().filter(|_| lineage.len() < MOST_BASES) {
            if lineage.iter().any(|known| known.class == class) {
                continue;
            }
            let variables = self.class_variables(&class).into_iter().zip(given).collect::<BTreeMap<_, _>>();
            for base in self.bases(&class, &variables).into_iter().rev() {
                if let Type::Object(base, given) = base {
                    open.push((base, given));
                }
            }
            lineage.push(Ancestor { class, variables });
        }
        lineage
    }

    /// A class and those of the repository that it inherits from, the nearest first.
    pub fn ancestors(&self, class: &Class) -> Vec<Class> {
        self.begin();
        self.lineage(class, &[]).into_iter().map(|known| known.class).collect()
    }

    /// What an attribute of an object of a class can be.
    pub fn member_of(&self, class: &Class, name: &str) -> Type {
        self.begin();
        self.attribute(&Type::Object(class.clone(), Vec::new()), name)
    }

    /// Whether a class says what objects of others have: it is a protocol.
    pub fn is_protocol(&self, class: &Class) -> bool {
        self.begin();
        self.has_base_named(class, &["Protocol"])
    }

    /// What a loop over something gives.
    pub fn item_of(&self, over: &Type) -> Type {
        self.begin();
        self.item(over)
    }

    /// The bases of other libraries that a class, or one that it inherits from, has.
    pub(super) fn library_bases(&self, class: &Class) -> Vec<Type> {
        self.bases_of_library(class, &[])
    }

    /// The same with what the class is given for its own type variables.
    pub(super) fn bases_of_library(&self, class: &Class, given: &[Type]) -> Vec<Type> {
        let lineage = self.lineage(class, given);
        let bases = lineage.iter().flat_map(|known| self.bases(&known.class, &known.variables));
        bases.filter(|base| !matches!(base, Type::Object(..))).collect()
    }

    /// Whether the body of a class, or of one that it inherits from, binds a name.
    pub(super) fn lineage_binds(&self, of: &Type, name: &str) -> bool {
        let (Type::Object(class, _) | Type::Class(class, _)) = of else { return false };
        self.lineage(class, &[]).iter().any(|ancestor| {
            let node = ancestor.class.module.node(&ancestor.class.at.range());
            node.is_some_and(|node| !ancestor.class.module.scope_of(&node).all(name).is_empty())
        })
    }

    /// The fields of a named tuple, in order; None where an object is none.
    pub(super) fn fields_of_tuple(&self, object: &Type) -> Option<Vec<Type>> {
        let Type::Object(class, _) = object else { return None };
        let node = class.module.node(&class.at.range()).filter(|_| self.has_base_named(class, &["NamedTuple"]))?;
        let statements = node.field("body")?;
        let fields = statements.parts().filter_map(|statement| {
            let assignment = statement.parts().next().filter(|inner| inner.kind() == kind::ASSIGNMENT)?;
            assignment.field("type")?;
            Some(self.attribute(object, &assignment.field("left")?.text()))
        });
        Some(fields.collect())
    }

    /// Whether a class, or one that it inherits from, has a base of another library with one of the names.
    pub(super) fn has_base_named(&self, class: &Class, names: &[&str]) -> bool {
        self.has_base_of(class, |name| names.contains(&name))
    }

    /// Whether a class, or one that it inherits from, has a base of another library with a name for which a test holds.
    pub(super) fn has_base_of(&self, class: &Class, is_meant: impl Fn(&str) -> bool) -> bool {
        let name = |base: &Type| match base {
            Type::OutsideObject(path, _) => path.last().cloned(),
            _ => None,
        };
        self.library_bases(class).iter().filter_map(name).any(|name| is_meant(&name))
    }

    /// Whether a class is another, or inherits from it.
    pub(super) fn inherits(&self, class: &Class, from: &Class) -> bool {
        self.lineage(class, &[]).iter().any(|known| known.class == *from)
    }

    /// The bases, as what an object of each is.
    fn bases(&self, class: &Class, variables: &BTreeMap<String, Type>) -> Vec<Type> {
        let context = Context { module: class.module.clone(), frame: frame_of(variables) };
        let Some(node) = class.module.node(&class.at.range()) else { return Vec::new() };
        let Some(superclasses) = node.field("superclasses") else { return Vec::new() };
        let place = Place::of(&class.module, &node);
        let base = |base: &Node<'_>| {
            let at = context.module.location(&base.range());
            self.once(&context, TypeQuestion::Written, at, || match &*base.kind() {
                kind::IDENTIFIER | kind::ATTRIBUTE | kind::SUBSCRIPT => {
                    self.written(&context, &place, base, &WrittenType::of(base))
                }
                _ => self.value(&context, base).each(|made| self.made_by(made)),
            })
        };
        let written = positional_arguments(&superclasses).into_iter().filter(|base| base.text() != "object");
        let written: Vec<_> = written.collect();
        written.iter().flat_map(|written| base(written).parts().to_vec()).filter(|base| !is_of(base, class)).collect()
    }

    /// The names of the type variables of a class, in order.
    pub(super) fn class_variables(&self, class: &Class) -> Vec<String> {
        if let Some(known) = self.class_variables.borrow().get(&class.at) {
            return known.clone();
        }
        // a class can be given to its own base
        self.class_variables.borrow_mut().insert(class.at.clone(), Vec::new());
        let found = self.variables_in(class);
        self.class_variables.borrow_mut().insert(class.at.clone(), found.clone());
        found
    }

    fn variables_in(&self, class: &Class) -> Vec<String> {
        let Some(node) = class.module.node(&class.at.range()) else { return Vec::new() };
        if let Some(parameters) = node.field("type_parameters") {
            let name = |parameter: Node<'_>| {
                Some(parameter.dfs().find(|part| part.kind() == kind::IDENTIFIER)?.text().into_owned())
            };
            return parameters.parts().filter_map(name).collect();
        }
        let Some(superclasses) = node.field("superclasses") else { return Vec::new() };
        let context = Context::of(&class.module);
        let place = Place::of(&class.module, &node);
        let mut all: Vec<String> = Vec::new();
        let mut of_generic: Option<Vec<String>> = None;
        for base in positional_arguments(&superclasses) {
            let WrittenType::Generic(names, inside) = WrittenType::of(&base) else { continue };
            let given = inside.iter().map(|part| self.written(&context, &place, &base, part));
            let mut own: Vec<String> = Vec::new();
            given.for_each(|given| add_variables(&given, &mut own));
            if matches!(names.last().map(String::as_str), Some("Generic" | "Protocol")) {
                of_generic = Some(own);
            } else {
                own.retain(|name| !all.contains(name));
                all.extend(own);
            }
        }
        of_generic.unwrap_or(all)
    }
}

pub(super) fn frame_of(variables: &BTreeMap<String, Type>) -> Arc<TypeFrame> {
    Arc::new(TypeFrame { variables: variables.clone(), ..TypeFrame::default() })
}

/// Whether a base is the class itself, by a name that is bound again.
fn is_of(base: &Type, class: &Class) -> bool {
    matches!(base, Type::Object(base, _) if base == class)
}

/// The type variables in a type.
pub(super) fn add_variables(found: &Type, all: &mut Vec<String>) {
    match found {
        Type::Variable(name) if !all.contains(name) => all.push(name.clone()),
        Type::Object(_, given)
        | Type::Class(_, given)
        | Type::OutsideObject(_, given)
        | Type::Tuple(given)
        | Type::Union(given) => given.iter().for_each(|given| add_variables(given, all)),
        Type::Sequence(inner) | Type::Manager(inner) => add_variables(inner, all),
        Type::Mapping(key, value) => {
            add_variables(key, all);
            add_variables(value, all);
        }
        _ => {}
    }
}
