//! Two objects go in, by the names that are known of them; whether they can be one comes out.

use super::heap::List;
use super::run::Walkthrough;

impl Walkthrough<'_, '_> {
    /// Whether two may stand for the same object.
    pub(super) fn may_be_same(&self, one: usize, other: usize) -> bool {
        let has_joined = |list: &List| list.joined.contains(&one) || list.joined.contains(&other);
        // what came in can be one that was known before; what stands for the others is none of those that are known
        let are_others = |list: &List| !has_joined(list) || list.rest == Some(one) || list.rest == Some(other);
        let mut lists = self.heap.lists.iter().enumerate();
        if lists.any(|(at, list)| self.heap.has(at, one) && self.heap.has(at, other) && are_others(list)) {
            return false;
        }
        self.can_come_as(one, other)
            && self.can_come_as(other, one)
            && !self.is_apart(one, other)
            && self.mapping.can_be(&self.heap.objects[one].class, &self.heap.objects[other].class)
    }

    /// Whether two can't stand for the same object: both were made here, one was loaded before the other was written, or their keys differ.
    fn is_apart(&self, one: usize, other: usize) -> bool {
        let is_given_later = |given: usize, made: usize| self.heap.objects[given].is_given && given > made;
        let of_time = is_given_later(one, other) || is_given_later(other, one);
        let (one, other) = (&self.heap.objects[one], &self.heap.objects[other]);
        match (one.is_made, other.is_made) {
            (true, true) => true,
            (true, false) | (false, true) if of_time => false,
            (true, false) => one.since.is_none_or(|since| other.since < Some(since)),
            (false, true) => other.since.is_none_or(|since| one.since < Some(since)),
            (false, false) => one.key.is_some() && other.key.is_some() && one.key != other.key,
        }
    }

    /// Whether an object can be what a relationship gave: one that was made here is related to what it was seen to be alone.
    fn can_come_as(&self, object: usize, other: usize) -> bool {
        let object = &self.heap.objects[object];
        let Some(from) = self.heap.objects[other].comes_from.filter(|_| object.is_made) else { return true };
        let class = &self.heap.objects[from].class;
        let is_it = |partner: Option<usize>| partner.is_none_or(|one| one == from || !self.is_apart(one, from));
        object.is_foreign
            || object.is_keyed
            || object.partners.iter().any(|(of, partner)| self.mapping.can_be(of, class) && is_it(*partner))
    }

    /// Whether two stand for the same object, as far as that is known.
    pub(super) fn are_same(&self, one: usize, other: usize) -> Option<bool> {
        if one == other { Some(true) } else { (!self.may_be_same(one, other)).then_some(false) }
    }

    /// The others that may stand for the same object.
    pub(super) fn others_like(&self, object: usize) -> Vec<usize> {
        let others = (0..self.heap.objects.len()).filter(|other| *other != object);
        others.filter(|other| self.may_be_same(object, *other)).collect()
    }

    /// An object, and the others that may be the same.
    pub(super) fn each_like(&self, object: usize) -> Vec<usize> {
        std::iter::once(object).chain(self.others_like(object)).collect()
    }
}
