// One app from all sides, in a dialog at the side: the browser keeps the focus inside and gives it back.

const drawer = document.getElementById('drawer');

function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

function part(title, ...content) {
  const told = content.flat().filter(Boolean);
  return told.length ? el('section', {}, el('h3', {}, title), told) : null;
}

function drawApp(row, { close, next, previous }) {
  const { app } = row;
  const step = (text, label, to) => el('button', {
    type: 'button', class: 'quiet', 'aria-label': label, disabled: !to, onclick: to,
  }, text);
  drawer.replaceChildren(
    el('header', {},
      el('p', { class: 'row' },
        step('←', 'Previous app of the table', previous), step('→', 'Next app of the table', next),
        el('span', { class: 'stretch' }),
        el('button', { type: 'button', class: 'quiet', onclick: () => copy(location.href, 'Link') }, 'Copy link'),
        el('button', { type: 'button', class: 'quiet', onclick: () => copy(appText(row), 'Summary') }, 'Copy as text'),
        el('button', { type: 'button', class: 'quiet', onclick: close }, 'Close')),
      el('h2', { id: 'drawer-title', tabindex: '-1' }, show(app.name, 120)),
      el('p', { class: 'dim' }, [row.category, app.vendor, app.job && `for ${app.job.replaceAll('-', ' ')}`]
        .filter(Boolean).flatMap((text, index) => [index ? ' · ' : '', show(text, 80)])),
      app.about && el('p', {}, show(app.about, 400)),
      el('p', { class: 'tags' }, tag('verdict', VERDICTS, row.verdict), state(row.state), stage(row.stage),
        app.risk && el('span', {}, 'risk ', level(app.risk.level, app.risk.score)),
        app.placement && el('span', { class: 'dim' }, `placement: ${plain(app.placement, 20)}`))),
    ...[advice(app), numbers(app), growth(app), when(app), risk(app), people(app), tenants(app), why(row), hosts(app)]
      .filter(Boolean));
}

function advice(app) {
  if (!app.advice && !app.alternatives?.length && !app.decision) return null;
  const told = app.advice;
  const decision = app.decision;
  return part('What to do',
    told && el('p', {}, el('b', {}, capital(plain(told.action, 30))), ACTIONS[told.action] ? `: ${ACTIONS[told.action]}` : '', '.'),
    told?.reasons?.length && el('ul', {}, told.reasons.map((reason) => el('li', {}, show(reason, 400)))),
    told?.alternative && el('p', {}, 'Instead: ', appLink(told.alternative.id, told.alternative.name)),
    decision && el('p', { class: 'dim' }, 'Decided', decision.owner && [' by ', show(decision.owner, 80)],
      decision.date && ` on ${longDay(decision.date)}`, decision.reason && [': ', show(decision.reason, 300)],
      decision.review_by && `; to be reviewed by ${longDay(decision.review_by)}`,
      decision.line && [' (', el('code', {}, show(decision.line, 80)), ')'], '.',
      decision.departments?.length ? [' For ', show(list(decision.departments), 300), '.'] : null,
      decision.tenants?.length ? [' With the tenants ', show(list(decision.tenants), 300), '.'] : null),
    app.alternatives?.length && el('p', {}, 'For the same job: ', app.alternatives.slice(0, 8).map((other, index) => [
      index ? ', ' : '', appLink(other.id, other.name, 40), other.sanctioned && el('span', { class: 'dim' }, ' (sanctioned)')])));
}

function numbers(app) {
  const by = app.verdicts;
  return part('In numbers', facts([
    ['People', count(app.people)],
    ['Devices without a person', count(app.devices)],
    by && ['used it', count(by.used)], by && ['tried it', count(by.tried)],
    ['only touched it', count(by ? by.touched + by.background : app.touched)],
    by?.blocked && ['were blocked', count(by.blocked)],
    ['Requests', count(app.requests)],
    app.lookups ? ['Look-ups', count(app.lookups)] : [],
    app.blocked ? ['Blocked', count(app.blocked)] : [],
    ['Uploads', count(app.uploads)],
    ['Sent', bytes(app.bytes_up)],
    ['Received', bytes(app.bytes_down)],
    ['Active time', minutes(app.active_minutes)],
    ['Days', count(app.days)],
    ['First seen', instant(app.first_seen)],
    ['Last seen', instant(app.last_seen)],
    app.champions ? ['Early adopters still with it', count(app.champions)] : [],
  ].filter(Boolean)),
  app.champion_names?.length && el('p', { class: 'dim' }, 'Early adopters: ', show(list(app.champion_names), 300)));
}

function growth(app) {
  return part('Growth',
    app.life && el('p', {}, stage(app.life.stage), ': ', show(app.life.reason, 300),
      app.life.new_people_per_week !== undefined && `; ${decimal(app.life.new_people_per_week)} new people a week`,
      app.life.half_life_weeks !== undefined && `; half of them are gone after ${decimal(app.life.half_life_weeks)} weeks`, '.'),
    app.growth?.length && growthChart(app.growth));
}

function when(app) {
  if (!app.heat?.length) return null;
  return part('When', app.after_hours_share !== undefined &&
    el('p', {}, `${percent(app.after_hours_share)} of the active time is outside office hours.`),
  heatChart(app.heat, report.settings.office_hours));
}

function risk(app) {
  if (!app.risk) return null;
  const { score, low, high, parts } = app.risk;
  return part('Risk',
    el('p', {}, level(app.risk.level, score), ' of 100',
      low !== high && `; between ${count(low)} and ${count(high)}, because some facts are not known`, '.'),
    riskTrack(app.risk),
    parts?.length && table('Parts of the risk', [
      ['Part', (one) => show(one.title, 80)],
      ['Points', (one) => one.low === one.high ? count(one.points) : `${count(one.low)}–${count(one.high)}`, 'num'],
      ['Because', (one) => [show(one.text, 300), one.source && el('span', { class: 'dim block' }, show(one.source, 120),
        one.as_of && `, as of ${plain(one.as_of, 20)}`)], 'wide'],
    ], parts));
}

function people(app) {
  const departments = app.departments || [];
  const most = Math.max(1, ...departments.map((one) => one.people));
  const places = (title, items) => items?.length && table(title, [
    [title === 'Departments' ? 'Department' : 'Site', (one) => show(one.name, 60)],
    ['People', (one) => one.people, 'num'],
    ['', (one) => bar(one.people, most), 'graph'],
    ['Used it', (one) => one.used, 'num'],
    ['Uploads', (one) => one.uploads, 'num'],
    ['Sent', (one) => bytes(one.bytes_up), 'num'],
  ], items);
  return part('People and departments',
    places('Departments', departments), places('Sites', app.sites),
    app.unknown_department ? el('p', { class: 'note' },
      `${counted(app.unknown_department, 'person or device', 'people and devices')} without a department.`) : null,
    app.users?.length && more(app.users, 12, (users) => table('People', [
      ['Who', (one) => show(one.who, 60)],
      ['Department', (one) => one.department && show(one.department, 40)],
      ['Use', (one) => tag('verdict', VERDICTS, one.verdict)],
      ['Requests', (one) => one.requests, 'num'],
      ['Uploads', (one) => one.uploads, 'num'],
      ['Sent', (one) => bytes(one.bytes_up), 'num'],
      ['Active', (one) => minutes(one.active_minutes), 'num'],
      ['Days', (one) => one.days, 'num'],
      ['Last', (one) => day(one.last_seen), 'num'],
      ['Why', (one) => show(one.reason, 160), 'wide'],
    ], users), 'people'));
}

const TENANTS = { own: 'the company’s', personal: 'personal', other: 'somebody else’s' };
function tenants(app) {
  return app.tenants?.length ? part('Accounts and tenants', table('Tenants', [
    ['Tenant', (one) => show(one.tenant, 80)],
    ['Whose', (one) => TENANTS[one.kind] || show(one.kind, 20)],
    ['People', (one) => one.people, 'num'],
    ['Requests', (one) => one.requests, 'num'],
    ['Sent', (one) => bytes(one.bytes_up), 'num'],
  ], app.tenants)) : null;
}

function why(row) {
  const { app } = row;
  return part('How we know',
    app.reason && el('p', {}, tag('verdict', VERDICTS, row.verdict), ': ', show(app.reason, 400),
      app.rule && [' (rule ', el('code', {}, show(app.rule, 60)), ')'], '.'),
    row.evidence.length && el('ul', { class: 'evidence' }, row.evidence.map((tier) =>
      el('li', {}, el('code', {}, show(tier, 40)), EVIDENCE[tier] && el('span', { class: 'dim' }, ` ${EVIDENCE[tier]}`)))));
}

function hosts(app) {
  return app.hosts.length ? part('Hosts', more(app.hosts, 10, (some) => table('Hosts', [
    ['Host', (host) => el('code', {}, show(host.host, 80))],
    ['Role', (host) => show(host.role, 30)],
    ['People', (host) => host.people, 'num'],
    ['Requests', (host) => host.requests, 'num'],
    ['Sent', (host) => bytes(host.bytes_up), 'num'],
    ['Received', (host) => bytes(host.bytes_down), 'num'],
    ['Matched', (host) => [el('code', {}, show(host.rule, 60)), el('span', { class: 'dim block' }, show(host.source, 90))], 'wide'],
  ], some), 'hosts')) : null;
}

/** An app as a text for a mail or a ticket. */
function appText(row) {
  const { app } = row;
  return [
    `${plain(app.name)} (${plain(row.category)}${app.vendor ? `, ${plain(app.vendor)}` : ''})`,
    [row.verdict, row.state, row.stage].filter(Boolean).map((word) => plain(word, 30)).join(', '),
    `${counted(app.people, 'person', 'people')}, ${counted(app.devices, 'device', 'devices')}; ` +
      `${counted(app.requests, 'request', 'requests')}, ${counted(app.uploads, 'upload', 'uploads')}, sent ${bytes(app.bytes_up)}`,
    app.departments?.length && `Departments: ${app.departments.map((one) => `${plain(one.name)} ${count(one.people)}`).join(', ')}`,
    app.risk && `Risk: ${plain(app.risk.level, 20)}, ${count(app.risk.score)} of 100 (${count(app.risk.low)} to ${count(app.risk.high)})`,
    app.advice && `Advice: ${plain(app.advice.action, 20)}. ${app.advice.reasons.map((one) => plain(one)).join('. ')}.`,
    `First seen ${instant(app.first_seen)}, last seen ${instant(app.last_seen)}; known by ${row.evidence.map((one) => plain(one, 40)).join(', ')}`,
    source(),
  ].filter(Boolean).join('\n');
}

function source() {
  return `From the umbrascope report of ${period(...days())}.`;
}
