//! The dictionary that a relationship gets goes in; the sites of what it has come out.

use std::sync::Arc;

use super::Finder;
use super::sites::Sites;
use super::{Receiver, syntax_error, with_known_viewonly};
use crate::resolve::{Arguments, DictionaryEntry, Effort, Entries, Keyword, Place, Reason, shortened};
use crate::rules::{ConstructorKind, Sets};
use crate::site::reading::{Key, keys_to};
use crate::site::{Flag, Keywords, Recipient, Site, Unknown, Wrapper};
use crate::syntax::{Node, Parts, kind, splatted, unparenthesized};

/// Whether the value stands in what may be a dictionary of keyword arguments.
pub(super) fn is_in_dictionary(value: &Node<'_>) -> bool {
    let mut around = value.ancestors().skip_while(|node| node.kind() == kind::PARENTHESIZED_EXPRESSION);
    around.next().is_some_and(|binding| match &*binding.kind() {
        kind::KEYWORD_ARGUMENT => around.nth(1).and_then(|call| call.field("function")).is_some_and(|function| {
            function.text() == "dict" || function.field("attribute").is_some_and(|method| method.text() == "update")
        }),
        kind => matches!(kind, kind::PAIR | kind::ASSIGNMENT | kind::ARGUMENT_LIST),
    })
}

impl<'a> Finder<'a> {
    /// What a call is given beside a dictionary, as far as a call of the constructor itself says all of it.
    pub(super) fn keywords_beside<'t>(&self, receiver: &Receiver<'t>, dictionary: &Node<'t>) -> Keywords {
        let is_whole = match dictionary.parent() {
            Some(parent) if parent.kind() == kind::DICTIONARY_SPLAT => {
                !matches!(receiver.constructor, Ok((ConstructorKind::Sqlmodel, _)))
            }
            // a constant that is the whole pair
            Some(parent) => !(receiver.is_backref && parent.kind() == kind::KEYWORD_ARGUMENT),
            None => false,
        };
        match is_whole && receiver.is_called() {
            true => Keywords::of(self.resolver, self.module, dictionary, &receiver.call),
            false => Keywords::default(),
        }
    }

    /// The sites of the cascades that a dictionary of keyword arguments can hold.
    pub(super) fn add_dictionary(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        keywords: &Node<'_>,
        (beside, is_pair): (&Keywords, bool),
        sites: &mut Sites,
    ) {
        let is_sqlmodel = matches!(receiver.constructor, Ok((ConstructorKind::Sqlmodel, _)));
        let is_splatted = keywords.parent().is_some_and(|parent| parent.kind() == kind::DICTIONARY_SPLAT);
        let way = if is_sqlmodel && is_splatted {
            Some(Key::name("sa_relationship_kwargs"))
        } else {
            is_pair.then_some(Key::Index(Some(1)))
        };
        let found = self.cascades_in(keywords, way.as_ref());
        let is_inside = way.is_some();
        let mut keys = keys_to(keywords, &receiver.call);
        keys.extend(way.into_iter().chain([Key::name("cascade")]));
        let given = Recipient {
            // a fix can override an item of a dictionary, but not one of a dictionary inside of it
            is_sole: found.is_sole() && !is_inside,
            keywords: beside.clone(),
            reading: self.reading(receiver, keys),
            ..Recipient::of_value(self.module.location(&unparenthesized(keywords).range()))
        };
        if found.is_open && found.entries.is_empty() && found.arguments.is_empty() {
            self.open_dictionary(rule, receiver, &given, keywords).into_iter().for_each(|site| sites.add(site));
        }
        let Entries { entries, arguments, .. } = found;
        let viewonly = if entries.is_empty() { Ok(false) } else { self.viewonly(keywords, receiver) };
        if is_sqlmodel && is_splatted {
            self.add_flags_in(rule, receiver, keywords, (&given, &viewonly), sites);
        }
        arguments.iter().filter_map(|argument| self.wrapper(argument, receiver)).for_each(|one| sites.add_wrapper(one));
        self.add_entries(rule, receiver, (&given, &viewonly), entries, sites);
        if is_splatted && !is_sqlmodel && !receiver.is_backref {
            self.add_backref_in(rule, receiver, keywords, sites);
        }
    }

    /// The cascades in a dictionary, or in what it has at the end of a way.
    fn cascades_in(&self, keywords: &Node<'_>, way: Option<&Key>) -> Entries {
        let (resolver, place, effort) = (self.resolver, Place::of(self.module, keywords), Effort::for_value());
        match way {
            Some(Key::Name(_)) => {
                resolver.entries_inside(&place, keywords, "sa_relationship_kwargs", "cascade", &effort)
            }
            Some(Key::Index(_)) => resolver.entries_of_backref(&place, keywords, "cascade", &effort),
            None => resolver.entries(&place, keywords, "cascade", &effort),
        }
    }

    fn add_entries(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        (given, viewonly): (&Recipient, &Result<bool, Reason>),
        entries: Vec<DictionaryEntry>,
        sites: &mut Sites,
    ) {
        for entry in entries {
            let site = self.site_of_entry(rule, receiver, given, entry, viewonly, sites);
            sites.add(site);
        }
    }

    /// sqlmodel's flag in a dictionary that its call gets.
    fn add_flags_in(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        keywords: &Node<'_>,
        (given, viewonly): (&Recipient, &Result<bool, Reason>),
        sites: &mut Sites,
    ) {
        let place = Place::of(self.module, keywords);
        for entry in self.resolver.entries(&place, keywords, "cascade_delete", &Effort::for_value()).entries {
            let why = "the flag stands in a dictionary".to_owned();
            let site = self.site_of_entry(rule, receiver, given, entry, viewonly, sites);
            sites.add(Site { sets: Sets::CascadeDelete, flag: Some(Flag::OutOfReach(why)), ..site });
        }
    }

    /// The other side of a relationship, as a dictionary gives it that the call gets: `**{"backref": ("name", {"cascade": …})}`.
    pub(super) fn add_backref_in(&self, rule: &str, receiver: &Receiver<'_>, keywords: &Node<'_>, sites: &mut Sites) {
        let (place, effort) = (Place::of(self.module, keywords), Effort::for_value());
        let found = self.resolver.entries_inside(&place, keywords, "backref", "cascade", &effort);
        if found.entries.is_empty() {
            return;
        }
        let receiver = Receiver { is_backref: true, ..receiver.clone() };
        let mut keys = keys_to(keywords, &receiver.call);
        keys.extend([Key::name("backref"), Key::Index(Some(1)), Key::name("cascade")]);
        let given = Recipient {
            is_sole: false,
            reading: self.reading(&receiver, keys),
            ..Recipient::of_value(self.module.location(&unparenthesized(keywords).range()))
        };
        let viewonly = self.viewonly(keywords, &receiver);
        self.add_entries(rule, &receiver, (&given, &viewonly), found.entries, sites);
    }

    /// A dictionary that can't be followed, where nothing beside it says that it has no cascade.
    pub(super) fn open_dictionary(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        given: &Recipient,
        keywords: &Node<'_>,
    ) -> Option<Site> {
        let beside = Arguments::of_call(self.module, &receiver.call);
        if ["cascade", "cascade_delete"].iter().any(|keyword| beside.written(keyword, None).is_some()) {
            return None;
        }
        let why = receiver.untraced().unwrap_or_else(|| Unknown {
            reason: format!("`{}` can't be followed, and may have one", shortened(&keywords.text())),
            help: Some("check by hand whether it has a cascade"),
        });
        let site = self.site_of_call(rule, receiver, given.at.clone(), given.clone());
        Some(Site { value: Err(why), ..site })
    }

    pub(super) fn site_of_entry(
        &self,
        rule: &str,
        receiver: &Receiver<'_>,
        given: &Recipient,
        entry: DictionaryEntry,
        viewonly: &Result<bool, Reason>,
        sites: &mut Sites,
    ) -> Site {
        let viewonly = self.viewonly_in(&entry).map_or_else(|| viewonly.clone(), Ok);
        let value = if entry.is_broken {
            Err(syntax_error())
        } else if let Some(why) = receiver.untraced() {
            Err(why)
        } else {
            entry.value.map_err(Unknown::from).and_then(|value| self.known(value, Some(receiver), sites))
        };
        let value = with_known_viewonly(value, &viewonly);
        let viewonly = viewonly.unwrap_or(false);
        let given = Recipient { steps: entry.steps, ..given.clone() };
        let site = self.site_of_call(rule, receiver, entry.at.clone(), given);
        // reports show the call beside the value
        let call = if entry.at.path == site.call.path { site.call } else { entry.at };
        Site { value, viewonly, call, ..site }
    }

    /// Whether the dictionary that has an entry says `viewonly=True`; None where it does not say it itself.
    fn viewonly_in(&self, entry: &DictionaryEntry) -> Option<bool> {
        let module = match entry.container.path == self.module.path {
            true => Arc::clone(self.module),
            false => self.resolver.repository.module(&entry.container.path)?,
        };
        let container = module.node(&entry.container.range())?;
        match Arguments::of_items(&module, &container).keyword(self.resolver, "viewonly") {
            Keyword::Given(value) => Some(value.is_truthy()),
            _ => None,
        }
    }

    /// What a call may give to a wrapper's parameter by `*` and `**`.
    pub(super) fn add_splats(
        &self,
        wrapper: &Wrapper,
        receiver: &Receiver<'_>,
        arguments: &Node<'_>,
        viewonly: &Result<bool, Reason>,
        sites: &mut Sites,
    ) {
        for dictionary in splatted(arguments) {
            let place = Place::of(self.module, &dictionary);
            let found = self.resolver.entries(&place, &dictionary, &wrapper.argument.name, &Effort::for_value());
            let at = self.module.location(&unparenthesized(&dictionary).range());
            let reading = self.reading(receiver, vec![Key::name(&wrapper.argument.name)]);
            let given = Recipient { is_sole: false, reading, ..Recipient::of_value(at) };
            for entry in found.entries {
                let site = self.site_of_entry("wrapper-argument", receiver, &given, entry, viewonly, sites);
                sites.add(site);
            }
        }
        let unpacked = arguments.parts().find(|argument| argument.kind() == kind::LIST_SPLAT);
        if let Some(unpacked) = unpacked.filter(|_| wrapper.argument.position.is_some()) {
            let reason = format!("`{}` may hand it to `{}`", unpacked.text(), wrapper.name);
            let given = Recipient::of_value(self.module.location(&unpacked.range()));
            let site = self.site_of_call("wrapper-argument", receiver, given.at.clone(), given);
            sites.add(Site { value: Err(Unknown::from(reason)), ..site });
        }
    }
}
