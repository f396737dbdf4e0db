//! The calls of functions that hand a cascade on go in; their sites come out.

use std::sync::Arc;

use super::Finder;
use super::sites::Sites;
use super::{Receiver, with_known_viewonly};
use crate::module::Module;
use crate::resolve::{Arguments, Expression, Port, Reason, Resolver};
use crate::rules::Sets;
use crate::site::reading::keys_to;
use crate::site::{Flag, FoundSites, Keywords, Recipient, Site, Wrapper};
use crate::syntax::{Node, is_statement, kind, splatted, unparenthesized};

const RULE: &str = "wrapper-argument";

/// The sites of what the calls of a wrapper in a file are given. A mention is the wrapper's name, as it is called or handed to
/// `functools.partial`.
pub fn find_in_calls(
    resolver: &Resolver<'_>,
    module: &Arc<Module>,
    wrapper: &Wrapper,
    mentions: &[Node<'_>],
) -> FoundSites {
    let finder = Finder::new(resolver, module);
    let mut sites = Sites::default();
    for mention in mentions {
        finder.add_call(wrapper, mention, &mut sites);
    }
    sites.found
}

pub(super) fn enclosing_call<'t>(call: &Node<'t>) -> Option<Node<'t>> {
    call.ancestors().take_while(|node| !is_statement(node)).find(|node| node.kind() == kind::CALL)
}

impl<'a> Finder<'a> {
    /// What one call of a wrapper is given.
    pub(super) fn add_call(&self, wrapper: &Wrapper, mention: &Node<'_>, sites: &mut Sites) {
        let Some(call) = mention.ancestors().find(|node| node.kind() == kind::CALL) else { return };
        let Some(arguments) = call.field("arguments") else { return };
        let handed_in = Arguments::of_list(self.module, &arguments);
        let receiver = Receiver {
            call,
            constructor: Ok(wrapper.constructor.clone()),
            callee: mention.clone(),
            is_backref: wrapper.is_backref,
            sets: wrapper.sets,
        };
        let viewonly = match (&wrapper.viewonly, self.viewonly(&arguments, &receiver)) {
            (Ok(inside), Ok(outside)) => Ok(*inside || outside),
            (Err(why), _) => Err(why.clone()),
            (_, outside) => outside,
        };
        let beside = Keywords::default();
        match wrapper.argument.port {
            Port::Value => match wrapper.given(&handed_in, !receiver.is_called()) {
                Some(value) => self.add_handed_in(wrapper, &receiver, &value, viewonly, sites),
                None => self.add_splats(wrapper, &receiver, &arguments, &viewonly, sites),
            },
            port @ (Port::Dictionary | Port::Pair) => {
                if let Some(dictionary) = wrapper.given(&handed_in, !receiver.is_called()) {
                    self.add_dictionary(RULE, &receiver, &dictionary, (&beside, port == Port::Pair), sites);
                }
            }
            Port::Keywords => {
                for dictionary in splatted(&arguments) {
                    self.add_dictionary(RULE, &receiver, &dictionary, (&beside, false), sites);
                }
                if let Some(value) = handed_in.written("cascade", None).and_then(Expression::node) {
                    self.add_keyword_handed_on(&receiver, &value, viewonly, sites);
                }
            }
        }
    }

    /// The value that a call gives for a wrapper's parameter.
    fn add_handed_in(
        &self,
        wrapper: &Wrapper,
        receiver: &Receiver<'_>,
        value: &Node<'_>,
        viewonly: Result<bool, Reason>,
        sites: &mut Sites,
    ) {
        let value = unparenthesized(value);
        let evaluated = self.evaluated(&value, Some(receiver), sites);
        let at = self.module.location(&value.range());
        // the wrapper may also do something else with the value than hand it on
        let step = wrapper.argument.step(at.clone());
        let reading = self.reading(receiver, keys_to(&value, &receiver.call));
        let given = Recipient { steps: vec![step], is_sole: false, reading, ..Recipient::of_value(at.clone()) };
        let flag = (wrapper.sets == Sets::CascadeDelete)
            .then(|| Flag::OutOfReach(format!("`{}` hands the flag on", wrapper.name)));
        let site = self.site_of_call(RULE, receiver, at, given);
        let value = with_known_viewonly(evaluated, &viewonly);
        sites.add(Site { value, viewonly: viewonly.unwrap_or(false), sets: wrapper.sets, flag, ..site });
    }

    /// `cascade` among the keyword arguments that a wrapper hands on as they are.
    fn add_keyword_handed_on(
        &self,
        receiver: &Receiver<'_>,
        value: &Node<'_>,
        viewonly: Result<bool, Reason>,
        sites: &mut Sites,
    ) {
        let value = unparenthesized(value);
        let evaluated = self.evaluated(&value, Some(receiver), sites);
        let reading = self.reading(receiver, keys_to(&value, &receiver.call));
        let given = Recipient { reading, ..Recipient::of_value(self.module.location(&value.range())) };
        let site = self.site_of_call(RULE, receiver, given.at.clone(), given);
        let value = with_known_viewonly(evaluated, &viewonly);
        sites.add(Site { value, viewonly: viewonly.unwrap_or(false), ..site });
    }
}
