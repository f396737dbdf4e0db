//! A site's alternatives and its surroundings go in; what else is wrong with them comes out: CAS101 to CAS105, CAS202 to CAS204.

use super::{Applicability, Change, Given, Judgement, Policy, Shift, View, notes};
use crate::python::PyValue;
use crate::rules::Code;
use crate::site::{Keyword, Keywords, Site};
use crate::sqlalchemy::Direction;
use crate::sqlalchemy::cascade::{CascadeOption, CascadeOptions};

use CascadeOption::{Delete, DeleteOrphan, SaveUpdate};

/// Judges a view by the alternatives of its site.
pub(super) fn judge(view: &View<'_>, given: &[Given], policy: &Policy<'_>) -> Vec<Judgement> {
    let advisor = Advisor { view, given, policy };
    let judgements = [
        advisor.shared_delete(Direction::ManyToMany, Code::Cas101),
        advisor.shared_delete(Direction::ManyToOne, Code::Cas102),
        advisor.missing_save_update(),
        advisor.orphan_without_delete(),
        advisor.noload(),
        advisor.orphan_without_single_parent(),
        advisor.passive_deletes(),
        advisor.viewonly(),
    ];
    judgements.into_iter().flatten().collect()
}

/// Whether one of the judgements depends on the direction.
pub(super) fn asks_direction(site: &Site, given: &[Given], policy: &Policy<'_>) -> bool {
    let has = |option| given.iter().any(|given| given.has(option));
    let is_selected = |code| policy.selection.has(code);
    is_selected(Code::Cas202)
        && has(DeleteOrphan)
        && site.givens.iter().any(|given| may_lack_single_parent(&given.keywords))
        || (is_selected(Code::Cas101) || is_selected(Code::Cas102)) && has(Delete)
        || is_selected(Code::Cas104) && given.iter().any(is_orphan_alone)
}

fn may_lack_single_parent(keywords: &Keywords) -> bool {
    matches!(&keywords.single_parent, Keyword::Absent | Keyword::Given(PyValue::Bool(false) | PyValue::None))
}

fn is_orphan_alone(given: &Given) -> bool {
    given.has(DeleteOrphan) && !given.has(Delete)
}

struct Advisor<'a> {
    view: &'a View<'a>,
    given: &'a [Given],
    policy: &'a Policy<'a>,
}

impl Advisor<'_> {
    /// delete where others can refer to what is deleted.
    fn shared_delete(&self, of: Direction, code: Code) -> Option<Judgement> {
        if self.view.direction != Some(of) {
            return None;
        }
        let drop: CascadeOptions = [Delete, DeleteOrphan].into_iter().collect();
        self.changed(code, |given| given.has(Delete).then(|| Shift::dropping(drop)))
    }

    /// Something cascades, and save-update does not.
    fn missing_save_update(&self) -> Option<Judgement> {
        if self.view.site.viewonly || !self.policy.kept(self.view.direction).contains(SaveUpdate) {
            return None;
        }
        let lacks = |given: &Given| !given.options.is_empty() && !given.has(SaveUpdate);
        self.changed(Code::Cas103, |given| lacks(given).then(|| Shift::adding(SaveUpdate)))
    }

    /// delete-orphan alone. Where others can refer to the object, or the policy keeps no delete, it goes; elsewhere delete comes.
    fn orphan_without_delete(&self) -> Option<Judgement> {
        let kept = self.policy.kept(self.view.direction);
        let is_shared = matches!(self.view.direction, Some(Direction::ManyToMany | Direction::ManyToOne));
        let shift = if is_shared || !kept.contains(Delete) || !kept.contains(DeleteOrphan) {
            Shift::dropping([DeleteOrphan].into_iter().collect())
        } else {
            Shift::adding(Delete)
        };
        self.changed(Code::Cas104, |given| is_orphan_alone(given).then_some(shift))
    }

    fn noload(&self) -> Option<Judgement> {
        let is_noload = self.view.keywords.lazy.is("noload");
        self.manual(Code::Cas105, is_noload && self.has(Delete))
    }

    fn orphan_without_single_parent(&self) -> Option<Judgement> {
        let known = self.view.direction?;
        let is_shared = matches!(known, Direction::ManyToMany | Direction::ManyToOne);
        let found = self
            .manual(Code::Cas202, is_shared && self.has(DeleteOrphan) && may_lack_single_parent(self.view.keywords));
        found.map(|judgement| Judgement { reason: format!("this is a {}", known.name()), ..judgement })
    }

    fn passive_deletes(&self) -> Option<Judgement> {
        let is_all = self.view.keywords.passive_deletes.is("all");
        self.manual(Code::Cas203, is_all && (self.has(Delete) || self.has(DeleteOrphan)))
    }

    /// Options that write on a relationship that does not. The list is written anew anyway where refresh-expire is in it.
    fn viewonly(&self) -> Option<Judgement> {
        let writes = |given: &Given| given.written != given.options && !given.is_hazard();
        let found = self.changed(Code::Cas204, |given| writes(given).then(Shift::default))?;
        Some(Judgement { reason: notes::of_viewonly(self.policy).to_owned(), ..found })
    }

    fn has(&self, option: CascadeOption) -> bool {
        self.given.iter().any(|given| given.has(option))
    }

    fn before(&self) -> CascadeOptions {
        CascadeOptions::union(self.given.iter().map(|given| given.options))
    }

    fn manual(&self, code: Code, is_found: bool) -> Option<Judgement> {
        is_found.then(|| Judgement { before: Some(self.before()), ..Judgement::new(code, String::new()) })
    }

    /// An unsafe change of the alternatives that get a shift; None where none does.
    fn changed(&self, code: Code, shift: impl Fn(&Given) -> Option<Shift>) -> Option<Judgement> {
        let each: Vec<Option<Shift>> = self.given.iter().map(shift).collect();
        let dropped = CascadeOptions::union(each.iter().flatten().map(|shift| shift.drop));
        if each.iter().all(Option::is_none) {
            return None;
        }
        let before = self.before();
        let lost = before.minus(before.minus(dropped));
        let lost = lost.iter().flat_map(|option| notes::of_lost(option, self.view, before, self.policy));
        let added = CascadeOptions::union(each.iter().flatten().map(|shift| shift.add));
        let notes = lost.chain(added.iter().filter_map(notes::of_added)).collect();
        let change = Change { applicability: Applicability::Unsafe, each, lazy: None, notes };
        Some(Judgement { before: Some(before), change: Some(change), ..Judgement::new(code, String::new()) })
    }
}
