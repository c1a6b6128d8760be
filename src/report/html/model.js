// The document as the page sees it. What a document does not have is absent here too, and its section is left out.

const STATES = {
  unsanctioned: 'decided against it',
  unreviewed: 'nobody has decided yet',
  tolerated: 'allowed, not offered',
  sanctioned: 'offered by the company',
};
const VERDICTS = {
  used: 'people work with it',
  tried: 'people looked at it',
  touched: 'only embedded in other pages',
  background: 'machines talk to it by themselves',
  blocked: 'stopped by the device',
};
const STAGES = { new: '●', spreading: '↗', steady: '→', fading: '↘', gone: '○' };
const LEVELS = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };
const ACTIONS = {
  block: 'should not be reachable', restrict: 'limit who uses it or how', adopt: 'offer it to those who need it',
  teach: 'tell people how to use it well', watch: 'look again next time', ignore: 'nothing to do',
};
const EVIDENCE = {
  url: 'a URL, with host and path',
  sni: 'the server name of a TLS or QUIC greeting',
  connect: 'the target of a tunnel, or a host without a path',
  dns: 'a look-up of the name, not a visit',
  address: 'an address only',
  vendor: 'the name that the device gave it',
};

/** A value that may become part of a class name, else `other`. */
function known(set, value) {
  return Object.hasOwn(set, value) ? value : 'other';
}

let report = null;
/** One row for each app. */
let rows = [];
let byId = new Map();

function read(doc) {
  report = doc;
  rows = doc.apps.map((app, index) => {
    const departments = (app.departments || []).map((department) => department.name);
    const verdict = app.verdict || (app.touched_only ? 'touched' : 'used');
    const searched = [app.name, app.id, app.vendor, app.category, app.category_name, app.job, app.about,
      ...departments, ...app.hosts.map((host) => host.host), ...(app.tenants || []).map((tenant) => tenant.tenant),
      ...(app.users || []).map((user) => user.who)];
    return {
      app,
      index,
      verdict,
      inUse: verdict === 'used' || verdict === 'tried',
      category: app.category_name || app.category,
      departments,
      stage: app.life?.stage,
      state: app.state,
      evidence: app.evidence || [],
      text: searched.filter(Boolean).map((text) => text.slice(0, 300)).join('\n').toLowerCase(),
    };
  });
  byId = new Map(rows.map((row) => [row.app.id, row]));
}

/** Whether any app tells this. */
function has(field) {
  return rows.some((row) => row.app[field] !== undefined);
}

function bucketName() {
  return report.settings.bucket === 'week' ? 'week' : 'day';
}

function days() {
  const told = report.settings.period;
  return told ? [told.first, told.last] : [report.totals.first_seen, report.totals.last_seen];
}

// Pieces that several sections use.

function tag(kind, set, value, text) {
  return el('span', { class: `tag ${kind}-${known(set, value)}`, title: set[value] || null }, text || plain(value, 30));
}

function state(value) {
  return value && tag('state', STATES, value);
}

function stage(value) {
  return value && el('span', { class: `stage stage-${known(STAGES, value)}` },
    el('span', { 'aria-hidden': 'true' }, STAGES[value] || '·'), ' ', plain(value, 30));
}

function level(value, score) {
  return el('span', { class: `level level-${known(LEVELS, value)}` }, el('i', { 'aria-hidden': 'true' }),
    score === undefined ? null : [el('b', {}, count(score)), ' '], plain(value, 30));
}

/** A link to an app of this report, or its name if it is not among the apps. */
function appLink(id, name, most = 60) {
  if (!byId.has(id)) return el('span', {}, show(name ?? id, most));
  return el('a', { href: '#app=' + encodeURIComponent(id), 'data-app': id }, show(name ?? byId.get(id).app.name, most));
}

/** A plain table. A column is [title, cell of a row, 'num' for numbers]; columns without any cell are left out. */
function table(caption, columns, items, foot) {
  const cells = items.map((item) => columns.map(([, of]) => of(item)));
  const shown = columns.map((_, index) => cells.some((row) => ![undefined, null, false, ''].includes(row[index])));
  const only = (row) => row.filter((_, index) => shown[index]);
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    el('table', {}, el('caption', { class: 'unshown' }, caption),
      el('thead', {}, el('tr', {}, only(columns).map(([title, , kind]) => el('th', { scope: 'col', class: kind }, title)))),
      el('tbody', {}, cells.map((row) => el('tr', {}, row.map((value, index) => shown[index] &&
        el(index ? 'td' : 'th', { class: columns[index][2], scope: index ? null : 'row' },
          typeof value === 'number' ? count(value) : value)))))),
    foot && el('p', { class: 'note' }, foot));
}

/** The first `most` items at once, the others when asked for. */
function more(items, most, make, what) {
  const place = make(items.slice(0, most));
  if (items.length <= most) return place;
  const box = el('div', {}, place);
  box.append(el('p', {}, el('button', {
    type: 'button', class: 'quiet',
    onclick: () => {
      box.replaceChildren(make(items));
      const focus = box.querySelectorAll('a, button')[0];
      focus?.focus({ preventScroll: true });
    },
  }, `Show all ${count(items.length)} ${what}`)));
  return box;
}
