//! One app of the inventory: who did what with it, when, and how it goes on.

use std::collections::BTreeMap;

use super::part::{Share, note};
use super::stint::{Stint, TenantStint};
use super::sum::add_known;
use super::time::{Bucket, Heat, Life, Stay};
use super::verdict::{Measures, Verdict};
use super::{Crowd, HostRow, Lens, Sum};
use crate::catalog::App;
use crate::event::{Day, Timestamp};
use crate::people::MemberId;
use crate::traffic::{Quarters, WhoKind};

/// One app.
pub struct AppRow<'c> {
    /// What the catalog says of it.
    pub app: &'c App,
    /// What is known of the people.
    pub crowd: Crowd,
    /// The counts.
    pub sum: Sum,
    /// Its hosts, busiest first.
    pub hosts: Vec<HostRow<'c>>,
    /// The strongest verdict on anybody.
    pub verdict: Verdict,
    /// The rule behind most of those verdicts: a place in the lens' rules.
    pub rule: usize,
    /// People and devices by verdict, in the order of [`Verdict::ALL`].
    pub counts: [u64; 5],
    /// Who used it, in order.
    pub used_by: Vec<MemberId>,
    /// Who tried it, in order.
    pub tried_by: Vec<MemberId>,
    /// By department, most people first.
    pub departments: Vec<Slice>,
    /// By the directory's sites, most people first.
    pub locations: Vec<Slice>,
    /// People and devices at work whose department is not known.
    pub unknown_department: u64,
    /// Instances of the app, most people first.
    pub tenants: Vec<TenantRow>,
    /// A point for each bucket of the period.
    pub growth: Vec<Bucket>,
    /// Quarter-hours with work, summed over people and devices, by weekday and hour.
    pub heat: Heat,
    /// Quarter-hours with anything, summed over people and devices.
    pub quarters: u64,
    /// Quarter-hours with work, summed over people and devices.
    pub active_quarters: u64,
    /// Of these, outside office hours.
    pub after_hours: u64,
    /// Its stage of life, if the period is long enough to tell.
    pub life: Option<Life>,
    /// Early adopters who still work with it.
    pub champions: Vec<MemberId>,
    /// Visits over plain http.
    pub plain_requests: u64,
    /// People and devices who sent something.
    pub uploaders: u64,
    /// Who sent most bytes.
    pub heaviest: Option<(MemberId, u64)>,
    /// Everybody, where the lens asks for names.
    pub users: Vec<UserRow>,
}

/// What people of one department, or at one site, did with an app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    /// The department or site.
    pub name: String,
    /// People and devices who worked with it.
    pub people: u64,
    /// Of these, who used it.
    pub used: u64,
    /// Visits and look-ups.
    pub requests: u64,
    /// Requests that send content.
    pub uploads: u64,
    /// Bytes sent, if known.
    pub bytes_up: Option<u64>,
}

/// An instance of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// The label in the host: `contoso`.
    pub tenant: String,
    /// Who went there, in order.
    pub members: Vec<MemberId>,
    /// Visits and look-ups.
    pub requests: u64,
    /// Bytes sent, if known.
    pub bytes_up: Option<u64>,
}

/// One person or device, and the verdict on them.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// Who.
    pub member: MemberId,
    /// The verdict.
    pub verdict: Verdict,
    /// The rule that decided: a place in the lens' rules.
    pub rule: usize,
    /// What it looked at.
    pub measures: Measures,
    /// Visits and look-ups, stopped ones included.
    pub requests: u64,
    /// Bytes sent, if known.
    pub bytes_up: Option<u64>,
    /// Bytes received, if known.
    pub bytes_down: Option<u64>,
    /// First and last second.
    pub span: (Timestamp, Timestamp),
    /// The instances, in order.
    pub tenants: Vec<String>,
}

impl AppRow<'_> {
    /// Nobody used or tried it.
    pub fn touched_only(&self) -> bool {
        !matches!(self.verdict, Verdict::Used | Verdict::Tried)
    }

    /// People and devices with that verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.counts[verdict as usize]
    }
}

impl<'c> AppRow<'c> {
    /// One row out of an app's shares. `None` out of none.
    pub(super) fn join(mut shares: Vec<Share<'c>>, lens: &Lens<'_>) -> Option<AppRow<'c>> {
        let mut all = shares.pop()?;
        let scattered = !shares.is_empty();
        for share in shares {
            all.sum.merge(&share.sum);
            all.hosts.extend(share.hosts);
            all.stints.extend(share.stints);
            all.tenants.extend(share.tenants);
        }
        if scattered {
            // A few sorted runs: a stable sort knows how to make one of them.
            all.stints.sort_by_key(|stint| (stint.member, stint.day));
            all.stints.dedup_by(|next, kept| {
                let same = (next.member, next.day) == (kept.member, kept.day);
                if same {
                    kept.merge(next);
                }
                same
            });
        }
        all.hosts.sort_by(|a, b| b.sum.sightings().cmp(&a.sum.sightings()).then_with(|| a.host.cmp(&b.host)));
        all.tenants.sort_unstable_by(|a, b| (a.member, &a.tenant).cmp(&(b.member, &b.tenant)));
        let mut writer = Writer::new(all.app, all.sum, all.hosts, lens);
        writer.row.tenants = tenants(&all.tenants);
        for one in all.stints.chunk_by(|a, b| a.member == b.member) {
            writer.member(one, &all.tenants);
        }
        Some(writer.finish())
    }
}

/// Puts a row together, member by member.
struct Writer<'c, 'l> {
    row: AppRow<'c>,
    lens: &'l Lens<'l>,
    days: Vec<Day>,
    departments: BTreeMap<&'l str, Slice>,
    locations: BTreeMap<&'l str, Slice>,
    /// By rule: how many members it decided for.
    rules: BTreeMap<usize, u64>,
    stays: Vec<(Stay, MemberId, Verdict)>,
    decided: bool,
}

impl<'c, 'l> Writer<'c, 'l> {
    fn new(app: &'c App, sum: Sum, hosts: Vec<HostRow<'c>>, lens: &'l Lens<'l>) -> Writer<'c, 'l> {
        let row = AppRow {
            app,
            crowd: Crowd::default(),
            sum,
            hosts,
            verdict: Verdict::Blocked,
            rule: 0,
            counts: [0; 5],
            used_by: Vec::new(),
            tried_by: Vec::new(),
            departments: Vec::new(),
            locations: Vec::new(),
            unknown_department: 0,
            tenants: Vec::new(),
            growth: vec![Bucket::default(); lens.buckets.len()],
            heat: Heat::default(),
            quarters: 0,
            active_quarters: 0,
            after_hours: 0,
            life: None,
            champions: Vec::new(),
            plain_requests: 0,
            uploaders: 0,
            heaviest: None,
            users: Vec::new(),
        };
        Writer {
            row,
            lens,
            days: Vec::new(),
            departments: BTreeMap::new(),
            locations: BTreeMap::new(),
            rules: BTreeMap::new(),
            stays: Vec::new(),
            decided: false,
        }
    }

    /// Takes in all days of one member. The instances come by member.
    fn member(&mut self, stints: &[Stint], tenants: &[TenantStint]) {
        let Some(who) = stints.first().map(|stint| stint.member) else { return };
        let (lens, row) = (self.lens, &mut self.row);
        let kind = lens.kind(Some(who));
        let mut up: Option<u64> = None;
        let mut down: Option<u64> = None;
        let mut requests = 0;
        let mut stay: Option<Stay> = None;
        let mut bucket = None;
        for stint in stints {
            note(&mut self.days, stint.day);
            row.quarters += u64::from(stint.quarters.count());
            row.plain_requests += u64::from(stint.plain);
            up = add_known(up, stint.up);
            down = add_known(down, stint.down);
            requests += stint.sightings();
            let at = lens.buckets.of(stint.day);
            let Some(line) = row.growth.get_mut(at) else { continue };
            line.requests += stint.sightings();
            line.bytes_up = add_known(line.bytes_up, stint.up);
            if stint.work == 0 {
                continue;
            }
            row.active_quarters += u64::from(stint.work_quarters.count());
            row.after_hours += u64::from(lens.calendar.after_hours(stint.day, stint.work_quarters));
            lens.calendar.heat(stint.day, stint.work_quarters, &mut row.heat);
            if kind != WhoKind::Nobody {
                line.people += u64::from(bucket != Some(at));
                line.new_people += u64::from(stay.is_none());
            }
            bucket = Some(at);
            stay = Some(Stay { first: stay.map_or(stint.day, |stay| stay.first), last: stint.day });
        }
        let measures = measures(stints, kind, up, lens);
        let (rule, verdict) =
            lens.rules.judge(&measures).map_or((0, Verdict::Touched), |(place, rule)| (place, rule.verdict));
        if !self.decided || verdict < row.verdict {
            row.verdict = verdict;
            self.rules.clear();
        }
        self.decided = true;
        if verdict == row.verdict {
            *self.rules.entry(rule).or_default() += 1;
        }
        row.crowd.count(kind, measures.work > 0);
        if kind != WhoKind::Nobody {
            row.counts[verdict as usize] += 1;
            match verdict {
                Verdict::Used => row.used_by.push(who),
                Verdict::Tried => row.tried_by.push(who),
                Verdict::Touched | Verdict::Background | Verdict::Blocked => {}
            }
            row.uploaders += u64::from(measures.uploads > 0);
            if let Some(bytes) = up.filter(|bytes| *bytes > row.heaviest.map_or(0, |(_, most)| most)) {
                row.heaviest = Some((who, bytes));
            }
            if let Some(stay) = stay {
                self.stays.push((stay, who, verdict));
                let slice = Slice {
                    name: String::new(),
                    people: 1,
                    used: u64::from(verdict == Verdict::Used),
                    requests,
                    uploads: measures.uploads,
                    bytes_up: up,
                };
                let member = lens.people.members().get(who.index());
                match member.and_then(|member| member.department.as_deref()) {
                    Some(name) => self.departments.entry(name).or_default().add(&slice),
                    None => row.unknown_department += 1,
                }
                if let Some(name) = member.and_then(|member| member.site.as_deref()) {
                    self.locations.entry(name).or_default().add(&slice);
                }
            }
        }
        if lens.keep_users {
            let first = tenants.partition_point(|stint| stint.member < who);
            let theirs = tenants[first..].iter().take_while(|stint| stint.member == who);
            let mut names: Vec<String> = theirs.map(|stint| stint.tenant.to_string()).collect();
            names.sort_unstable();
            names.dedup();
            let first = stints.iter().map(|stint| stint.first).min();
            let last = stints.iter().map(|stint| stint.last).max();
            row.users.push(UserRow {
                member: who,
                verdict,
                rule,
                measures,
                requests,
                bytes_up: up,
                bytes_down: down,
                span: first.zip(last).unwrap_or((Timestamp(0), Timestamp(0))),
                tenants: names,
            });
        }
    }

    fn finish(mut self) -> AppRow<'c> {
        let slices = |by_name: BTreeMap<&str, Slice>| {
            let mut slices: Vec<Slice> =
                by_name.into_iter().map(|(name, slice)| Slice { name: name.to_owned(), ..slice }).collect();
            // Stable: equals stay in the order of their names.
            slices.sort_by_key(|slice| std::cmp::Reverse((slice.people, slice.requests)));
            slices
        };
        self.row.departments = slices(self.departments);
        self.row.locations = slices(self.locations);
        self.row.crowd.days = self.days.len() as u64;
        // Most often; of equals the one that is tried first.
        let most = self.rules.iter().max_by_key(|(place, count)| (**count, std::cmp::Reverse(**place)));
        self.row.rule = most.map_or(0, |(place, _)| *place);
        let real: Vec<Stay> = self
            .stays
            .iter()
            .filter(|(.., verdict)| matches!(verdict, Verdict::Used | Verdict::Tried))
            .map(|(stay, ..)| *stay)
            .collect();
        if let Some(period) = self.lens.period {
            self.row.life = Life::of(&real, period);
            self.row.champions = champions(&mut self.stays, period);
        }
        self.row.users.sort_by_key(|user| (user.verdict, std::cmp::Reverse(user.requests), user.member));
        self.row
    }
}

impl Slice {
    fn add(&mut self, other: &Slice) {
        self.people += other.people;
        self.used += other.used;
        self.requests += other.requests;
        self.uploads += other.uploads;
        self.bytes_up = add_known(self.bytes_up, other.bytes_up);
    }
}

/// What the rules look at.
fn measures(stints: &[Stint], kind: WhoKind, up: Option<u64>, lens: &Lens<'_>) -> Measures {
    let mut m = Measures { person: kind == WhoKind::Person, sent: up.unwrap_or(0) / 1000, ..Measures::default() };
    let mut night = 0;
    for stint in stints {
        m.visits += u64::from(stint.visits);
        m.lookups += u64::from(stint.lookups);
        m.work += u64::from(stint.work);
        m.app += u64::from(stint.app);
        m.api += u64::from(stint.api);
        m.site += u64::from(stint.site);
        m.login += u64::from(stint.login);
        m.passive += u64::from(stint.passive);
        m.blocked += u64::from(stint.blocked);
        m.uploads += u64::from(stint.uploads);
        if stint.work == 0 {
            continue;
        }
        let quarters = u64::from(stint.work_quarters.count());
        m.days += 1;
        m.quarters += quarters;
        m.busiest = m.busiest.max(quarters);
        m.hours = m.hours.max(u64::from(hours(stint.work_quarters)));
        m.hosts = m.hosts.max(u64::from(stint.hosts));
        night += u64::from(lens.calendar.by_night(stint.day, stint.work_quarters));
    }
    m.night = (night * 100).checked_div(m.quarters).unwrap_or(0);
    m.per_quarter = m.work.checked_div(m.quarters).unwrap_or(0);
    m
}

/// How many different hours the quarter-hours touch. Zones are apart by whole quarter-hours, so hours of UTC do.
fn hours(quarters: Quarters) -> u32 {
    (0..24).filter(|hour| (0..4).any(|quarter| quarters.contains(hour * 4 + quarter))).count() as u32
}

fn tenants(stints: &[TenantStint]) -> Vec<TenantRow> {
    let mut rows: BTreeMap<&str, TenantRow> = BTreeMap::new();
    for stint in stints {
        let row = rows.entry(&stint.tenant).or_insert_with(|| TenantRow {
            tenant: stint.tenant.to_string(),
            members: Vec::new(),
            requests: 0,
            bytes_up: None,
        });
        row.members.push(stint.member);
        row.requests += stint.requests;
        row.bytes_up = add_known(row.bytes_up, stint.up);
    }
    let mut rows: Vec<TenantRow> = rows.into_values().collect();
    // The stints come by member.
    rows.iter_mut().for_each(|row| row.members.dedup());
    rows.sort_by_key(|row| std::cmp::Reverse((row.members.len(), row.requests)));
    rows
}

/// So few people have no early ones among them.
const CROWD: usize = 4;

/// The first quarter of those who took up an app, as far as they used it and were still there in the last third of the
/// period.
fn champions(stays: &mut [(Stay, MemberId, Verdict)], period: (Day, Day)) -> Vec<MemberId> {
    if stays.len() < CROWD {
        return Vec::new();
    }
    let late = period.1.0 - (period.1.0 - period.0.0 + 1) / 3;
    stays.sort_by_key(|(stay, member, _)| (stay.first, *member));
    let early = stays.len().div_ceil(4);
    let mut champions: Vec<MemberId> = stays[..early]
        .iter()
        .filter(|(stay, _, verdict)| *verdict == Verdict::Used && stay.last.0 > late)
        .map(|(_, member, _)| *member)
        .collect();
    champions.sort_unstable();
    champions
}
