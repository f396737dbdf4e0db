//! A loop is run: for the objects that are known of what it goes through, and for one or two that stand for the others.

use std::collections::BTreeSet;

use crate::syntax::{Node, kind};

use super::decisions::{Guard, is_endless};
use super::heap::{Freshness, Heap, HeapLink, RunValue, Standing, UnseenRelationships};
use super::run::{Exit, Walkthrough};

/// How many objects of a list a loop is run for.
const MOST_ROUNDS: usize = 8;

/// How many objects a collection is taken to have that was not made here: what raises for several is worth to be told.
const MOST_SURE: usize = 2;

/// What ends a loop before it has come to all.
const LEAVES: [&str; 3] = [kind::BREAK_STATEMENT, kind::RETURN_STATEMENT, kind::RAISE_STATEMENT];

impl Walkthrough<'_, '_> {
    pub(super) fn for_each(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let (Some(left), Some(right)) = (statement.field("left"), statement.field("right")) else { return Ok(()) };
        let over = self.value(&right)?;
        self.enter_loop(&over, &right, statement);
        let rest = self.rest(&over);
        let is_full = !statement.dfs().any(|node| LEAVES.contains(&&*node.kind()));
        if let Some(list) = over.sequence().filter(|_| is_full) {
            self.put_expired_first(list);
        }
        // what a round does to one object shows in the next round
        let several = statement.text().contains(".refresh(") || statement.text().contains(".expire(");
        let before = self.heap.objects.len();
        let items = self.items(&over, &right, if several { 2 } else { 1 });
        let objects: Vec<usize> = (before..self.heap.objects.len()).collect();
        let in_any_order: Vec<usize> = match items.len() {
            0 | 1 => Vec::new(),
            _ if several => items.iter().flat_map(|item| self.heap.objects_in(item)).collect(),
            _ => Vec::new(),
        };
        for item in items {
            self.assign(&left, item);
            if !self.round(statement)? {
                self.forget_flags(statement);
                self.agree(rest, &objects);
                return Ok(());
            }
        }
        self.forget_flags(statement);
        // which of them was the last isn't known
        in_any_order.into_iter().for_each(|object| self.heap.doubt(object));
        self.agree(rest, &objects);
        let otherwise = statement.field("alternative").and_then(|clause| clause.field("body"));
        otherwise.map_or(Ok(()), |block| self.block(&block))
    }

    /// Runs the body of a loop; whether there can be another round.
    fn round(&mut self, statement: &Node<'_>) -> Result<bool, Exit> {
        let Some(body) = statement.field("body") else { return Ok(false) };
        match self.block(&body) {
            Err(Exit::Break) => Ok(false),
            Ok(()) | Err(Exit::Continue) => Ok(true),
            Err(exit) => Err(exit),
        }
    }

    /// A loop with a condition: one round of it, or two where only the loop's body ends it.
    pub(super) fn while_it_holds(&mut self, statement: &Node<'_>) -> Result<(), Exit> {
        let is_endless = is_endless(statement);
        self.forget_flags(statement);
        if !self.holds(statement.field("condition"), Some(Guard::PASSED))? {
            return Ok(());
        }
        let goes_on = self.round(statement)? && (!is_endless || self.round(statement)?);
        self.forget_flags(statement);
        if goes_on && is_endless { Err(Exit::Ended) } else { Ok(()) }
    }

    /// A loop over what isn't known to have something is entered.
    pub(super) fn enter_loop(&mut self, over: &RunValue, right: &Node<'_>, statement: &Node<'_>) {
        if self.is_true(over).is_none() {
            self.enters(right, statement);
        }
        self.forget_flags(statement);
    }

    /// What stands for all objects of a list.
    pub(super) fn rest(&self, over: &RunValue) -> Option<usize> {
        over.sequence().and_then(|list| self.heap.lists[list].rest)
    }

    /// One of the objects of a list that aren't known one by one.
    pub(super) fn one_of_list(&mut self, list: usize) -> Option<usize> {
        let rest = self.heap.lists[list].rest?;
        let is_one_more = !self.has_another(list, rest);
        let one = self.heap.one_of(rest);
        let is_same = |list: &&mut super::heap::List| list.rest == Some(rest);
        self.heap.lists.iter_mut().filter(is_same).for_each(|list| list.known.push(one));
        if is_one_more {
            // there need not be another
            self.heap.doubt(one);
            self.heap.objects[one].is_possible = true;
        }
        Some(one)
    }

    /// Whether a list surely has one more than those that are known one by one.
    fn has_another(&self, list: usize, rest: usize) -> bool {
        let is_there = |one: &&usize| !self.heap.objects[**one].is_made;
        // of a copy, too: what came into the collection since may be in that
        let copies = self.heap.lists.iter().filter(|copy| copy.rest == Some(rest));
        let known: BTreeSet<usize> = copies.flat_map(|copy| &copy.known).filter(is_there).copied().collect();
        !self.heap.lists[list].may_lack_others && known.len() < MOST_SURE
    }

    /// Puts those first that a cascade expired, where the order isn't known: whatever becomes of the others, the loop comes to them.
    pub(super) fn put_expired_first(&mut self, list: usize) {
        self.include_expired(list);
        let Heap { lists, objects, .. } = &mut self.heap;
        if lists[list].rest.is_some() {
            let is_expired = |one: &usize| matches!(objects[*one].freshness, Freshness::Expired(_));
            lists[list].known.sort_by_key(|one| !is_expired(one));
        }
    }

    /// Those that a cascade expired are in a list of all objects of their class.
    fn include_expired(&mut self, list: usize) {
        let Some(class) = self.heap.lists[list].all_of.clone() else { return };
        for object in 0..self.heap.objects.len() {
            let known = &self.heap.objects[object];
            let is_in_database = known.standing == Standing::Persistent && !known.is_made && !known.is_possible;
            let is_expired = matches!(known.freshness, Freshness::Expired(_));
            if !(is_in_database && is_expired && self.mapping.ancestors(&known.class).contains(&class)) {
                continue;
            }
            let others_of: Vec<usize> =
                (0..self.heap.lists.len()).filter(|other| self.heap.lists[*other].rest == Some(object)).collect();
            if others_of.is_empty() {
                self.add_to(list, object);
            } else if let Some(other) = others_of.into_iter().find(|other| self.has_another(*other, object))
                && let Some(one) = self.one_of_list(other)
            {
                self.add_to(list, one);
            }
        }
    }

    /// What a loop gives, one after the other.
    pub(super) fn items(&mut self, over: &RunValue, right: &Node<'_>, of_rest: usize) -> Vec<RunValue> {
        match over {
            RunValue::List(list) => {
                let mut items: Vec<RunValue> =
                    self.heap.lists[*list].known.iter().take(MOST_ROUNDS).map(|one| RunValue::Object(*one)).collect();
                for _ in 0..of_rest {
                    items.extend(self.one_of_list(*list).map(RunValue::Object));
                }
                items
            }
            RunValue::Numbered(list) => {
                let items = self.items(&RunValue::List(*list), right, of_rest);
                items.into_iter().map(RunValue::numbered).collect()
            }
            RunValue::Mapping(_) => vec![RunValue::Other],
            // an empty one is a parameter's default
            RunValue::Tuple(parts) if !parts.is_empty() => parts.iter().take(MOST_ROUNDS).cloned().collect(),
            RunValue::Result(options) => {
                let options = options.clone();
                let found = self.mapping.type_of(self.module(), right);
                let item = self.mapping.types.item_of(&found);
                vec![self.value_of_type(&item, Some(&options))]
            }
            _ => vec![RunValue::Unknown],
        }
    }

    /// What stands for all objects of a list is no more certain than what became of some of them.
    pub(super) fn agree(&mut self, rest: Option<usize>, objects: &[usize]) {
        let Some(rest) = rest else { return };
        for one in objects {
            let one = self.heap.objects[*one].clone();
            let known = &mut self.heap.objects[rest];
            known.written.extend(one.written);
            let is_same = std::mem::discriminant(&known.freshness) == std::mem::discriminant(&one.freshness);
            if !is_same {
                let is_well = |freshness: &Freshness| matches!(freshness, Freshness::Loaded | Freshness::Unknown);
                let both = is_well(&known.freshness) && is_well(&one.freshness);
                known.freshness = if both { Freshness::Unknown } else { Freshness::Doubtful };
            }
            let states = |links: &std::collections::BTreeMap<String, HeapLink>| {
                links.iter().map(|(name, link)| (name.clone(), link.state)).collect::<Vec<_>>()
            };
            if states(&known.links) != states(&one.links) {
                known.links.clear();
                known.base = UnseenRelationships::Unknown;
                known.options.add_possible(&one.options);
            }
        }
    }
}
