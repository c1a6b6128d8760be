//! Departments, sites, and, where names were asked for, everybody.

use std::collections::BTreeMap;

use super::Writer;
use super::apps::kind;
use crate::inventory::{AppRow, Slice, Verdict, add_known};
use crate::people::Member;
use crate::policy::State;
use crate::report::document::{Department, DepartmentApp, Person};

impl Writer<'_> {
    /// A table by department or by site: `slices` tells each app's rows, `of` where somebody belongs.
    pub(super) fn departments(
        &self,
        slices: impl for<'r> Fn(&'r AppRow<'_>) -> &'r [Slice],
        of: impl Fn(&Member) -> Option<&str>,
        listed: &'_ BTreeMap<String, u64>,
    ) -> Vec<Department> {
        let mut by_name: BTreeMap<&str, Department> = BTreeMap::new();
        for (name, people) in listed {
            by_name.entry(name).or_default().people = *people;
        }
        for (member, active) in self.people.members().iter().zip(&self.inventory.active) {
            let Some(name) = of(member) else { continue };
            by_name.entry(name).or_default().seen += u64::from(*active);
        }
        for (row, judged) in self.inventory.apps.iter().zip(&self.judgement.apps) {
            for slice in slices(row) {
                let Some(department) = by_name.get_mut(slice.name.as_str()) else { continue };
                match row.verdict {
                    _ if slice.used > 0 => {
                        department.apps_used += 1;
                        department.unreviewed_apps += u64::from(judged.state == State::Unreviewed);
                    }
                    Verdict::Used | Verdict::Tried => department.apps_tried += 1,
                    Verdict::Touched | Verdict::Background | Verdict::Blocked => continue,
                }
                department.uploads += slice.uploads;
                department.bytes_up = add_known(department.bytes_up, slice.bytes_up);
                department.apps.push(DepartmentApp {
                    id: row.app.id().to_owned(),
                    name: row.app.name().to_owned(),
                    people: slice.people,
                    state: judged.state.as_str().to_owned(),
                });
            }
        }
        let mut all: Vec<Department> =
            by_name.into_iter().map(|(name, department)| Department { name: name.to_owned(), ..department }).collect();
        for department in &mut all {
            // Stable: equals stay in the order of the apps.
            department.apps.sort_by_key(|app| std::cmp::Reverse(app.people));
        }
        all.sort_by_key(|department| std::cmp::Reverse(department.seen));
        all
    }

    /// Everybody who was seen with an app, where names were asked for.
    pub(super) fn everybody(&self) -> Vec<Person> {
        if !self.view.keep_users {
            return Vec::new();
        }
        let mut people: BTreeMap<_, Person> = BTreeMap::new();
        for user in self.inventory.apps.iter().flat_map(|row| &row.users) {
            let Some(member) = self.people.members().get(user.member.index()) else { continue };
            let person = people.entry(user.member).or_insert_with(|| Person {
                who: member.name.clone(),
                kind: kind(member.kind).to_owned(),
                department: member.department.clone(),
                site: member.site.clone(),
                manager: member.manager.clone(),
                ..Person::default()
            });
            match user.verdict {
                Verdict::Used => person.apps_used += 1,
                Verdict::Tried => person.apps_tried += 1,
                Verdict::Touched | Verdict::Background | Verdict::Blocked => {}
            }
            person.requests += user.requests;
            person.bytes_up = add_known(person.bytes_up, user.bytes_up);
        }
        people.into_values().filter(|person| !person.kind.is_empty()).collect()
    }
}
