// The state of the page stands in its address: a link shows what its sender saw.

/** What has to happen once the sections stand in the page and can be measured. */
const ready = [];

const FILTERS = ['q', 'use', 'state', 'cat', 'dept', 'life', 'ev'];
let view = {};
let grid = null;
let controls = null;

function parse() {
  const told = new URLSearchParams(location.hash.slice(1));
  const next = {};
  for (const key of [...FILTERS, 'sort', 'app', 'at']) next[key] = told.get(key) || '';
  return next;
}

function address(of) {
  const told = new URLSearchParams();
  for (const key of [...FILTERS, 'sort', 'app']) if (of[key]) told.set(key, of[key]);
  return '#' + told;
}

/** Writes the state into the address; `step` makes it one that the Back button returns from. */
function remember(step) {
  const hash = address(view);
  if (hash === (location.hash || '#')) return;
  try {
    history[step ? 'pushState' : 'replaceState'](null, '', hash);
  } catch {
    // A page in a sandboxed frame has no history; the link is lost, the page is not.
  }
}

// The apps.

function appColumns() {
  const rich = has('risk') || has('state');
  const all = [
    { key: 'name', title: 'App', value: (row) => row.app.name.toLowerCase(), cell: (row) => [
      appLink(row.app.id, row.app.name, 60),
      el('span', { class: 'sub' }, show(row.category, 40), row.state && el('span', { class: 'narrow' }, ' · ', plain(row.state, 20)))] },
    has('verdict') && { key: 'use', title: 'Use', width: '100px', from: 'large', value: (row) => Object.keys(VERDICTS).indexOf(row.verdict),
      cell: (row) => tag('verdict', VERDICTS, row.verdict) },
    { key: 'people', title: 'People', kind: 'num', width: '100px', value: (row) => row.app.people + row.app.devices / 1e6,
      cell: (row) => [count(row.app.people), el('span', { class: 'sub plus', title: 'devices without a person' }, row.app.devices ? `+ ${count(row.app.devices)}` : '')] },
    has('growth') && { key: 'trend', title: `By ${bucketName()}`, width: '108px', from: 'medium', cell: (row) => row.app.growth?.length ? spark(row.app.growth) : '' },
    !rich && { key: 'requests', title: 'Requests', kind: 'num', width: '100px', from: 'medium', value: (row) => row.app.requests + row.app.lookups, cell: (row) => shortCount(row.app.requests + row.app.lookups) },
    !rich && { key: 'blocked', title: 'Blocked', kind: 'num', width: '92px', from: 'large', value: (row) => row.app.blocked, cell: (row) => shortCount(row.app.blocked) },
    { key: 'uploads', title: 'Uploads', kind: 'num', width: '92px', from: 'large', value: (row) => row.app.uploads, cell: (row) => shortCount(row.app.uploads) },
    { key: 'sent', title: 'Sent', kind: 'num', width: '84px', from: rich ? 'medium' : null, value: (row) => row.app.bytes_up, cell: (row) => bytes(row.app.bytes_up) },
    !rich && { key: 'received', title: 'Received', kind: 'num', width: '96px', from: 'large', value: (row) => row.app.bytes_down, cell: (row) => bytes(row.app.bytes_down) },
    has('risk') && { key: 'risk', title: 'Risk', kind: 'num', width: '124px', value: (row) => row.app.risk?.score, cell: (row) => row.app.risk ? level(row.app.risk.level, row.app.risk.score) : '' },
    has('state') && { key: 'state', title: 'State', width: '124px', from: 'medium', value: (row) => row.state, cell: (row) => state(row.state) || '' },
    has('life') && { key: 'life', title: 'Life', width: '112px', from: 'large', value: (row) => row.stage, cell: (row) => stage(row.stage) || '' },
    has('advice') && { key: 'advice', title: 'Advice', width: '76px', from: 'large', value: (row) => row.app.advice?.action, cell: (row) => row.app.advice ? show(row.app.advice.action, 20) : '' },
    !rich && { key: 'last', title: 'Last seen', kind: 'num', width: '96px', from: 'medium', value: (row) => row.app.last_seen, cell: (row) => day(row.app.last_seen) },
  ];
  return all.filter(Boolean);
}

const SAVED = [
  ['id', (row) => row.app.id], ['name', (row) => row.app.name], ['vendor', (row) => row.app.vendor], ['category', (row) => row.app.category],
  ['verdict', (row) => row.verdict], ['state', (row) => row.state], ['life', (row) => row.stage], ['placement', (row) => row.app.placement],
  ['people', (row) => row.app.people], ['devices', (row) => row.app.devices], ['requests', (row) => row.app.requests],
  ['lookups', (row) => row.app.lookups], ['blocked', (row) => row.app.blocked], ['uploads', (row) => row.app.uploads],
  ['bytes_up', (row) => row.app.bytes_up], ['bytes_down', (row) => row.app.bytes_down], ['first_seen', (row) => row.app.first_seen],
  ['last_seen', (row) => row.app.last_seen], ['active_minutes', (row) => row.app.active_minutes],
  ['risk', (row) => row.app.risk?.score], ['risk_level', (row) => row.app.risk?.level], ['advice', (row) => row.app.advice?.action],
  ['departments', (row) => row.departments], ['evidence', (row) => row.evidence], ['hosts', (row) => row.app.hosts.slice(0, 10).map((host) => host.host)],
];

function fits(row, of) {
  if (of.use === '' ? anyInUse && !row.inUse : of.use !== 'all' && row.verdict !== of.use) return false;
  return (!of.state || row.state === of.state) && (!of.cat || row.app.category === of.cat) &&
    (!of.dept || row.departments.includes(of.dept)) && (!of.life || row.stage === of.life) &&
    (!of.ev || row.evidence.includes(of.ev)) && of.words.every((word) => row.text.includes(word));
}
let anyInUse = true;

function filter() {
  const of = { ...view, words: view.q.toLowerCase().split(/\s+/).filter(Boolean) };
  const found = rows.filter((row) => fits(row, of));
  grid.show(found);
  const everything = rows.length;
  controls.count.textContent = found.length === everything ? counted(everything, 'app', 'apps') : `${count(found.length)} of ${counted(everything, 'app', 'apps')}`;
  controls.clear.hidden = !FILTERS.some((key) => view[key]);
  controls.none.hidden = found.length > 0;
  for (const button of controls.facets) button.setAttribute('aria-pressed', String(view[button.dataset.key] === button.dataset.value));
  return found;
}

/** Changes filters from anywhere in the page and goes to the table. */
function applyFilters(change) {
  view = { ...view, ...Object.fromEntries(FILTERS.map((key) => [key, ''])), ...change, app: '' };
  fillControls();
  filter();
  remember(true);
  go('apps');
}

function fillControls() {
  controls.search.value = view.q;
  for (const [key, select] of controls.selects) {
    select.value = view[key];
    if (select.selectedIndex < 0) {
      select.value = '';
      view[key] = '';
    }
  }
}

function apps() {
  const shown = new Map(rows.map((row) => [row.app.category, row.category]));
  anyInUse = rows.some((row) => row.inUse);
  const set = (key, value) => {
    view[key] = value;
    filter();
    remember(false);
  };
  const verdicts = tally(rows.map((row) => row.verdict));
  const choices = [
    ['use', 'Use', [...(anyInUse ? [['all', `everything (${count(rows.length)})`]] : []), ...verdicts.map(([name, n]) => [name, `${plain(name, 30)} (${count(n)})`])], anyInUse ? 'used or tried' : 'everything'],
    ['state', 'State', options(rows.map((row) => row.state)), 'any'],
    ['cat', 'Category', tally(rows.map((row) => row.app.category)).map(([id, n]) => [id, `${plain(shown.get(id), 50)} (${count(n)})`])
      .sort((a, b) => a[1].localeCompare(b[1], locale)), 'any'],
    ['dept', 'Department', options(rows.flatMap((row) => row.departments), true), 'any'],
    ['life', 'Life', options(rows.map((row) => row.stage)), 'any'],
    ['ev', 'Evidence', options(rows.flatMap((row) => row.evidence)), 'any'],
  ];
  function options(values, sorted) {
    const all = tally(values.filter(Boolean));
    return (sorted ? all.sort((a, b) => a[0].localeCompare(b[0], locale)) : all).map(([name, n]) => [name, `${plain(name, 50)} (${count(n)})`]);
  }
  controls = { selects: new Map(), facets: [] };
  controls.search = el('input', {
    type: 'search', id: 'search', placeholder: 'App, vendor, host, department', autocomplete: 'off', spellcheck: 'false',
    oninput: (event) => set('q', event.target.value),
  });
  const selects = choices.filter(([, , values]) => values.length > 1).map(([key, label, values, any]) => {
    const select = el('select', { id: `by-${key}`, onchange: (event) => set(key, event.target.value) },
      el('option', { value: '' }, any), values.map(([value, text]) => el('option', { value }, text)));
    controls.selects.set(key, select);
    return el('label', { for: `by-${key}` }, el('span', {}, label), select);
  });
  controls.count = el('p', { role: 'status', class: 'found' });
  controls.clear = el('button', { type: 'button', class: 'quiet', onclick: () => {
    for (const key of FILTERS) view[key] = '';
    fillControls();
    filter();
    remember(false);
    controls.search.focus();
  } }, 'Clear filters');
  controls.none = el('p', { class: 'none', hidden: true }, 'No app fits. Fewer words or another filter may find it.');
  grid = makeGrid({
    label: 'Apps', columns: appColumns(),
    open: (row) => openApp(row.app.id, true),
    sorted: (sort) => {
      view.sort = (sort.down ? '-' : '') + sort.key;
      remember(false);
    },
  });
  ready.push(() => {
    fillControls();
    sortAsTold();
    filter();
  });
  return section('apps', 'Apps', 'A row opens everything that is known about an app. Counts are people; devices without a person stand behind a plus.',
    facets(set),
    el('form', { class: 'filters', role: 'search', 'aria-label': 'Filter the apps', onsubmit: (event) => event.preventDefault() },
      el('label', { class: 'search', for: 'search' }, el('span', {}, 'Search'), controls.search), selects),
    el('div', { class: 'row' }, controls.count, controls.clear, el('span', { class: 'stretch' }),
      el('button', { type: 'button', class: 'quiet', onclick: () => save('apps.csv', 'text/csv', csv(SAVED, grid.rows())) }, 'Save these as CSV')),
    controls.none, grid.node);
}

function sortAsTold() {
  grid.setSort(view.sort.replace(/^-/, ''), view.sort.startsWith('-'));
}

/** Apps by use, state and category, as bars that filter. */
function facets(set) {
  const some = (title, key, values, kinds, most) => {
    if (values.length < 2) return null;
    const highest = Math.max(...values.map(([, n]) => n));
    return el('div', {}, el('h3', {}, title), el('ul', {}, values.slice(0, most).map(([value, n, name]) => {
      const button = el('button', {
        type: 'button', 'data-key': key, 'data-value': value, 'aria-pressed': 'false',
        onclick: () => {
          set(key, view[key] === value ? '' : value);
          fillControls();
        },
      }, el('span', { class: 'name' }, show(name || value, 40)), el('span', { class: 'n' }, count(n)),
      bar(n, highest, kinds ? `${key}-${known(kinds, value)}` : ''));
      controls.facets.push(button);
      return el('li', {}, button);
    })));
  };
  const inUse = anyInUse ? usedRows() : rows;
  const ordered = (of, kinds) => Object.keys(kinds).map((name) => [name, of.filter((value) => value === name).length]).filter(([, n]) => n);
  const names = new Map(rows.map((row) => [row.app.category, row.category]));
  return el('div', { class: 'facets' },
    some('Use', 'use', ordered(rows.map((row) => row.verdict), VERDICTS), VERDICTS, 6),
    some('State', 'state', ordered(inUse.map((row) => row.state), STATES), STATES, 6),
    some('Life', 'life', ordered(inUse.map((row) => row.stage), STAGES), null, 6),
    some('Largest categories', 'cat', tally(inUse.map((row) => row.app.category)).map(([id, n]) => [id, n, names.get(id)]), null, 5));
}

// The drawer.

function openApp(id, step) {
  const row = byId.get(id);
  if (!row) {
    view.app = '';
    remember(false);
    return tell(`There is no app “${plain(id, 40)}” in this report`);
  }
  view.app = id;
  remember(step);
  const to = (other) => other && (() => openApp(other.app.id, false));
  const before = drawer.open && drawer.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  drawApp(row, { close: () => drawer.close(), next: to(grid.neighbor(row, 1)), previous: to(grid.neighbor(row, -1)) });
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
  const again = before && [...drawer.querySelectorAll('button')].find((button) => button.getAttribute('aria-label') === before && !button.disabled);
  (again || drawer.querySelector('h2')).focus({ preventScroll: true });
}

drawer.addEventListener('close', () => {
  drawer.replaceChildren();
  document.body.append(document.getElementById('told'));
  if (!view.app) return;
  view.app = '';
  remember(false);
});
drawer.addEventListener('click', (event) => {
  if (event.target === drawer && event.clientX < drawer.getBoundingClientRect().left) drawer.close();
});

// Ways through the page.

function go(id) {
  const place = document.getElementById(id);
  if (!place) return;
  place.scrollIntoView({ behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  document.getElementById(`${id}-title`)?.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const told = new URLSearchParams(link.hash.slice(1));
  if (told.get('app')) openApp(told.get('app'), true);
  else if (told.get('at')) {
    if (drawer.open) drawer.close();
    go(told.get('at'));
  }
});

addEventListener('keydown', (event) => {
  if (event.key !== '/' || drawer.open || event.target.closest('input, select, textarea')) return;
  event.preventDefault();
  controls.search.focus();
});

function follow() {
  const before = view;
  view = parse();
  // A plain fragment names a section.
  const at = view.at || (/^#[a-z]+$/.test(location.hash) ? location.hash.slice(1) : '');
  fillControls();
  if (before.sort !== view.sort) sortAsTold();
  if (FILTERS.some((key) => before[key] !== view[key])) filter();
  if (view.app) openApp(view.app, false);
  else if (drawer.open) drawer.close();
  if (at) go(at);
}
addEventListener('hashchange', follow);
addEventListener('popstate', follow);

function navigation(sections) {
  document.getElementById('nav').append(el('ul', {}, sections.map((part) => {
    const title = part.querySelector('h2')?.textContent || 'Overview';
    return el('li', {}, el('a', { href: `#at=${part.id}` }, { findings: 'Findings', collaboration: 'Tools for one job', uncataloged: 'Without a name', social: 'Social', reading: 'What was read', method: 'How it was made' }[part.id] || title));
  })));
  const links = new Map([...document.querySelectorAll('#nav a')].map((link) => [link.hash.slice(4), link]));
  const seen = new Set();
  const watch = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) seen[isIntersecting ? 'add' : 'delete'](target.id);
    const current = sections.find((part) => seen.has(part.id));
    for (const [id, link] of links) {
      if (id === current?.id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }, { rootMargin: '-10% 0px -60% 0px' });
  for (const part of sections) watch.observe(part);
}

function theme() {
  const button = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  try {
    chosen = localStorage.getItem('umbrascope-theme');
  } catch {
    // Nothing is kept in a sandboxed frame.
  }
  const apply = () => {
    const dark = chosen ? chosen === 'dark' : system.matches;
    root.dataset.theme = dark ? 'dark' : 'light';
    button.textContent = dark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', dark ? 'Use light colors' : 'Use dark colors');
  };
  button.removeAttribute('aria-pressed');
  button.addEventListener('click', () => {
    chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem('umbrascope-theme', chosen);
    } catch {
      // See above.
    }
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}

function printing() {
  document.getElementById('print').addEventListener('click', () => print());
  let opened = [];
  addEventListener('beforeprint', () => {
    for (const one of grids) one.print(true);
    opened = [...document.querySelectorAll('details:not([open])')].slice(0, 40);
    for (const one of opened) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of grids) one.print(false);
    for (const one of opened) one.open = false;
  });
}

/** Served by `umbrascope report --serve`: looks whether the document has changed. */
function live() {
  if (!('live' in root.dataset)) return;
  let before = null;
  setInterval(async () => {
    try {
      const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' });
      const now = answer.ok ? answer.headers.get('etag') : before;
      if (before && now && now !== before) location.reload();
      before = now;
    } catch {
      // The server has ended; the page stays as it is.
    }
  }, 2000);
}

async function unpack() {
  const place = document.getElementById('document');
  const text = place.textContent;
  place.remove();
  if (!place.dataset.packed) return JSON.parse(text);
  const packed = Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(place.dataset.packed));
  return JSON.parse(await new Response(stream).text());
}

async function start() {
  theme();
  const main = document.getElementById('main');
  try {
    read(await unpack());
    view = parse();
    const sections = [headline(), findings() || worklistsOnly(), apps(), departments(), everybody(), collaboration(), social(), uncataloged(), reading(), method()].filter(Boolean);
    main.replaceChildren(...sections, el('footer', {}, show(report.generator, 80), ' · ', period(...days())));
    document.title = `Web apps in use, ${period(...days())}`;
    navigation(sections);
    ready.forEach((act) => act());
    printing();
    live();
    root.dataset.ready = '';
    if (view.app) openApp(view.app, false);
    else if (location.hash) follow();
  } catch (error) {
    main.replaceChildren(el('p', { role: 'alert' }, 'This report cannot be shown: ', show(error.message, 300)));
    throw error;
  }
}

function worklistsOnly() {
  const lists = worklists();
  return lists && section('findings', 'What is new and what needs a decision', null, lists);
}

start();
