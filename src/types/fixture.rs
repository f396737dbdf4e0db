//! A parameter of a test, or of another fixture, goes in; what the fixture of pytest gives that it names comes out.

use std::sync::Arc;

use crate::module::Module;
use crate::resolve::{Arguments, Effort, Passed, Place, Resolution};
use crate::syntax::{Node, Parts, decorator_last_names, kind};

use super::assignment::class_of;
use super::kind::{Function, Type};
use super::{Context, Types};

impl Types<'_> {
    /// What the fixture gives; None where there is none.
    pub(super) fn fixture(&self, context: &Context, function: &Node<'_>, name: &str) -> Option<Type> {
        let is_test = function.field("name").is_some_and(|name| name.text().starts_with("test"));
        if !is_test && !is_fixture(function) {
            return None;
        }
        let of_class = function.ancestors().find(|around| around.kind() == kind::CLASS_DEFINITION).and_then(|class| {
            let object = Type::Object(class_of(context, &class), Vec::new());
            self.lineage_binds(&object, name).then(|| self.attribute(&object, name))
        });
        if let Some(Type::Function(fixture)) = of_class
            && fixture.module.node(&fixture.at.range()).is_some_and(|node| is_fixture(&node))
        {
            return Some(self.provided(&fixture));
        }
        let own = context.module.location(&function.range());
        let fixture = self.fixture_files(context).find_map(|module| {
            let found = self.fixture_of_module(&module, name)?;
            (found.at != own).then_some(found)
        })?;
        Some(self.provided(&fixture))
    }

    /// The module itself, then the `conftest.py` of its folder and of those around.
    fn fixture_files<'c>(&'c self, context: &'c Context) -> impl Iterator<Item = Arc<Module>> + 'c {
        let own = std::iter::once(context.module.path.to_path_buf());
        let root = self.resolver.repository.root();
        let folders = context.module.path.ancestors().skip(1).take_while(move |folder| folder.starts_with(root));
        own.chain(folders.map(|folder| folder.join("conftest.py")))
            .filter_map(|file| self.resolver.repository.module(&file))
    }

    /// The function that a module binds to the name, or the fixture that is given the name: `@pytest.fixture(name="user")`.
    fn fixture_of_module(&self, module: &Arc<Module>, name: &str) -> Option<Function> {
        let context = Context::of(module);
        let resolutions = self.resolver.follow(&Place::after(module), &[name.to_owned()], &Effort::for_callee());
        let bound = resolutions.iter().filter(|resolution| matches!(resolution, Resolution::Bound(_)));
        let found = Type::any(bound.map(|resolution| self.of_ends(&context, std::slice::from_ref(resolution))));
        if let Type::Function(fixture) = found {
            return Some(fixture);
        }
        let tree = module.tree();
        let root = tree.root();
        let renamed = root.parts().find_map(|statement| {
            let function = statement.field("definition").filter(|_| statement.kind() == kind::DECORATED_DEFINITION)?;
            (self.given_name(module, &statement).as_deref() == Some(name) && is_fixture(&function)).then_some(function)
        })?;
        Some(Function::of(module, &renamed))
    }

    /// The name that a decorator gives what it decorates.
    fn given_name(&self, module: &Arc<Module>, decorated: &Node<'_>) -> Option<String> {
        decorated.parts().filter(|child| child.kind() == kind::DECORATOR).find_map(|decorator| {
            let given = Arguments::of_call(module, &decorator.parts().next()?);
            match given.get(&self.resolver, "name") {
                Passed::Given(name) => name.text(&self.resolver),
                _ => None,
            }
        })
    }
}

fn is_fixture(function: &Node<'_>) -> bool {
    decorator_last_names(function).iter().any(|name| name == "fixture")
}
