// The page from top to bottom: what it comes down to first, how it was found out last.

function section(id, title, lead, ...content) {
  const told = content.flat().filter(Boolean);
  if (!told.length) return null;
  return el('section', { id, 'aria-labelledby': `${id}-title` },
    el('h2', { id: `${id}-title`, tabindex: '-1' }, title), lead && el('p', { class: 'lead' }, lead), told);
}

/** Apps that people use or tried; all of them where the document does not tell. */
function usedRows() {
  return rows.filter((row) => row.inUse);
}

function headline() {
  const { totals, coverage, findings } = report;
  const [first, last] = days();
  const used = totals.apps ? totals.apps.used : usedRows().length;
  const span = first && last ? `${period(first, last)}: ` : '';
  const who = [totals.people || !totals.devices ? counted(totals.people, 'person', 'people') : null,
    totals.devices ? counted(totals.devices, 'device', 'devices') : null].filter(Boolean);
  const open = usedRows().filter((row) => row.state === 'unreviewed').length;
  const grave = (findings || []).filter((one) => one.level === 'critical' || one.level === 'high').length;
  const tiles = [
    ['People', count(totals.people), totals.devices ? `and ${counted(totals.devices, 'device', 'devices')} without a person` : 'named in the logs'],
    ['Apps in use', count(used), totals.apps ? `${count(totals.apps.tried)} more were only tried` : `${counted(rows.length - used, 'more', 'more')} only touched`],
    has('state') && ['Without a decision', count(open), 'apps used or tried that nobody has reviewed'],
    findings && ['Findings', count(findings.length), grave ? `${count(grave)} of them high or critical` : 'none of them high or critical'],
    ['Sent out', bytes(totals.bytes_up), totals.uploads ? counted(totals.uploads, 'upload', 'uploads') : 'no uploads were told'],
    !findings && ['Blocked', count(totals.blocked), `of ${counted(totals.requests + totals.lookups, 'request', 'requests')}`],
    ['Explained', percent(coverage.requests.share), `of the requests, ${percent(coverage.bytes.share)} of the bytes`],
  ].filter(Boolean);
  return el('section', { id: 'overview', 'aria-labelledby': 'overview-title' },
    el('p', { class: 'eyebrow' }, 'Web apps in use'),
    el('h1', { id: 'overview-title', tabindex: '-1' }, span, `${list(who)} used ${counted(used, 'app', 'apps')}`,
      totals.bytes_up ? [' and sent ', bytes(totals.bytes_up), ' out.'] : '.'),
    el('dl', { class: 'tiles' }, tiles.map(([name, value, note]) =>
      el('div', {}, el('dt', {}, name), el('dd', {}, el('b', {}, value), el('span', {}, note))))));
}

function findingText(one) {
  return [`[${plain(one.level, 20)}] ${plain(one.code, 20)} ${plain(one.title)}`, plain(one.text, 2000),
    one.ask && `What to do next: ${plain(one.ask, 1000)}`, source()].filter(Boolean).join('\n');
}

function findings() {
  if (!report.findings) return null;
  const lists = worklists();
  const item = (one) => el('li', {},
    el('p', { class: 'mark' }, level(one.level)),
    el('div', {},
      el('h3', {}, show(one.title, 200)),
      el('p', {}, show(one.text, 1000)),
      one.ask && el('p', { class: 'ask' }, show(one.ask, 600)),
      el('p', { class: 'dim small' }, el('code', {}, show(one.code, 20)),
        one.department && [' · ', show(one.department, 60)], one.tenant && [' · ', show(one.tenant, 60)],
        one.app && [' · ', appLink(one.app, one.app_name)])),
    el('p', { class: 'act' }, el('button', {
      type: 'button', class: 'quiet', 'aria-label': `Copy as text: ${plain(one.title, 80)}`,
      onclick: () => copy(findingText(one), 'Finding'),
    }, 'Copy')));
  const grave = tally(report.findings.map((one) => one.level)).sort((a, b) => (LEVELS[b[0]] ?? -1) - (LEVELS[a[0]] ?? -1));
  return section('findings', 'What is new and what needs a decision', report.findings.length
    ? `${counted(report.findings.length, 'finding', 'findings')}: ${grave.map(([name, n]) => `${count(n)} ${plain(name, 20)}`).join(', ')}.`
    : 'Nothing was found that needs somebody.',
  report.findings.length && more(report.findings, 8, (some) => el('ul', { class: 'findings' }, some.map(item)), 'findings'), lists);
}

/** Short lists of apps that somebody should look at. */
function worklists() {
  const byPeople = (a, b) => b.app.people + b.app.devices - a.app.people - a.app.devices || a.index - b.index;
  const open = usedRows().filter((row) => row.state === 'unreviewed')
    .sort((a, b) => (b.app.risk?.score ?? 0) - (a.app.risk?.score ?? 0) || byPeople(a, b));
  const fresh = usedRows().filter((row) => row.stage === 'new').sort(byPeople);
  const line = (link, note) => el('li', {}, el('span', {}, link), el('span', { class: 'dim' }, note));
  const shown = (title, note, items, make, link) => items?.length ? el('div', {},
    el('h3', {}, title), el('p', { class: 'dim small' }, note),
    el('ul', {}, items.slice(0, 6).map(make)),
    items.length > 6 && link && el('p', {}, link)) : null;
  const all = (text, change) => el('button', { type: 'button', class: 'quiet', onclick: () => applyFilters(change) }, text);
  const lists = [
    shown('Nobody has decided yet', 'Used or tried, not reviewed; by risk.', open,
      (row) => line(appLink(row.app.id), row.app.risk ? level(row.app.risk.level, row.app.risk.score) : counted(row.app.people, 'person', 'people')),
      all(`All ${count(open.length)}`, { state: 'unreviewed' })),
    shown('New in this period', 'First seen in these logs; by people.', fresh,
      (row) => line(appLink(row.app.id), counted(row.app.people, 'person', 'people')), all(`All ${count(fresh.length)}`, { life: 'new' })),
    shown('Found by people, spreading', 'Not offered by anybody, and still growing.', report.edge,
      (one) => line(appLink(one.id, one.name), `${counted(one.people, 'person', 'people')}, ${count(one.new_people)} new`)),
  ].filter(Boolean);
  return lists.length ? el('div', { class: 'columns' }, lists) : null;
}

function departments() {
  const place = (title, items, kind) => {
    if (!items?.length) return null;
    const most = Math.max(1, ...items.map((one) => one.apps_used));
    return table(title, [
      [title, (one) => kind === 'dept' ? el('button', {
        type: 'button', class: 'link', onclick: () => applyFilters({ dept: one.name }),
        'aria-label': `Show the apps of ${plain(one.name, 60)}`,
      }, show(one.name, 60)) : show(one.name, 60)],
      ['People', (one) => one.people, 'num'],
      ['Seen', (one) => one.seen, 'num'],
      ['Apps used', (one) => one.apps_used, 'num'],
      ['', (one) => bar(one.apps_used, most), 'graph'],
      ['Tried', (one) => one.apps_tried, 'num'],
      ['Unreviewed', (one) => one.unreviewed_apps, 'num'],
      ['Uploads', (one) => one.uploads, 'num'],
      ['Sent', (one) => bytes(one.bytes_up), 'num'],
      ['Most used', (one) => one.apps?.length ? one.apps.slice(0, 3).map((app, index) => [index ? ', ' : '', appLink(app.id, app.name, 30)]) : null, 'wide'],
    ], items);
  };
  return section('departments', 'Departments', 'Who is where comes from the directory; people who are not in it are not counted here.',
    place('Department', report.departments, 'dept'), place('Site', report.locations, 'site'));
}

function everybody() {
  if (!report.people?.length) return null;
  const column = (key, title, of, shown, more = {}) => ({ key, title, value: of, cell: shown || of, ...more });
  const all = report.people.map((one, index) => ({ ...one, index }));
  const grid = makeGrid({
    label: 'People',
    columns: [
      column('who', 'Who', (one) => one.who, (one) => show(one.who, 60)),
      column('department', 'Department', (one) => one.department, (one) => one.department ? show(one.department, 40) : '', { from: 'medium', width: '150px' }),
      column('site', 'Site', (one) => one.site, (one) => one.site ? show(one.site, 40) : '', { from: 'large', width: '120px' }),
      column('used', 'Apps used', (one) => one.apps_used, (one) => count(one.apps_used), { kind: 'num', width: '96px' }),
      column('tried', 'Tried', (one) => one.apps_tried, (one) => count(one.apps_tried), { kind: 'num', width: '76px' }),
      column('requests', 'Requests', (one) => one.requests, (one) => count(one.requests), { kind: 'num', from: 'medium', width: '96px' }),
      column('sent', 'Sent', (one) => one.bytes_up, (one) => bytes(one.bytes_up), { kind: 'num', width: '84px' }),
      column('last', 'Last seen', (one) => one.last_seen, (one) => day(one.last_seen), { kind: 'num', from: 'medium', width: '96px' }),
    ],
  });
  ready.push(() => grid.show(all));
  return section('people', 'People', 'Names are shown because the report was made with --names.', grid.node);
}

function collaboration() {
  const jobs = (report.collaboration?.jobs || []).filter((job) => job.tools.length);
  return section('collaboration', 'Several tools for one job',
    'In the diagonal the people of each tool, beside it those who use both. Many in both: they bridge, and would feel a change first.',
    jobs.length && more(jobs, 6, (some) => el('div', { class: 'jobs' }, some.map(overlap)), 'jobs'));
}

function overlap(job) {
  const tools = job.tools.slice(0, 8);
  const both = new Map((job.overlap || []).flatMap((pair) => [[JSON.stringify([pair.a, pair.b]), pair.people], [JSON.stringify([pair.b, pair.a]), pair.people]]));
  const most = Math.max(1, ...tools.map((tool) => tool.people));
  const shaded = (value, own) => {
    const cell = el('td', { class: own ? 'own' : null }, count(value));
    cell.style.setProperty('--share', value ? (8 + (value / most) * 32).toFixed(0) + '%' : '0%');
    return cell;
  };
  return el('article', {},
    el('h3', {}, show(job.name, 80)),
    el('p', { class: 'dim small' }, `${counted(job.people, 'person', 'people')}, ${counted(job.tools.length, 'tool', 'tools')}; ` +
      `${counted(job.bridges, 'person uses', 'people use')} two or more.`),
    el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': plain(`Overlap: ${job.name}`, 100) },
      el('table', { class: 'matrix' }, el('caption', { class: 'unshown' }, 'People in common: ', show(job.name, 80)),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, el('span', { class: 'unshown' }, 'Tool')),
          tools.map((tool, index) => el('th', { scope: 'col', title: plain(tool.name, 100), class: 'num' }, String.fromCharCode(65 + index),
            el('span', { class: 'unshown' }, ' ', show(tool.name, 60)))))),
        el('tbody', {}, tools.map((tool, y) => el('tr', {},
          el('th', { scope: 'row' }, el('span', { class: 'letter', 'aria-hidden': 'true' }, String.fromCharCode(65 + y)), ' ',
            appLink(tool.id, tool.name, 30), ' ', tool.state && el('span', { class: `dot state-${known(STATES, tool.state)}`, role: 'img', 'aria-label': plain(tool.state, 30), title: plain(tool.state, 30) })),
          tools.map((other, x) => shaded(x === y ? tool.people : both.get(JSON.stringify([tool.id, other.id])) || 0, x === y))))))),
    job.tools.length > tools.length && el('p', { class: 'note' }, `The first ${count(tools.length)} of ${count(job.tools.length)}.`),
    job.consolidate && el('p', { class: 'ask' }, show(job.consolidate, 400)));
}

function social() {
  const networks = report.social?.networks;
  return section('social', 'Social networks', report.social?.summary && show(report.social.summary, 800),
    networks?.length && table('Social networks', [
      ['Network', (one) => appLink(one.id, one.name)],
      ['Kind', (one) => show(one.kind, 30)],
      ['People', (one) => one.people, 'num'],
      ['Mostly', (one) => show({ customers: 'work with customers', leisure: 'leisure', mixed: 'both' }[one.purpose] || one.purpose, 30)],
      ['Departments', (one) => one.departments?.slice(0, 5).map((dep, index) => [index ? ', ' : '', show(dep.name, 40), ` ${count(dep.people)}`]), 'wide'],
      ['Because', (one) => show(one.reason, 200), 'wide'],
    ], networks));
}

function uncataloged() {
  const sites = report.uncataloged.map((site, index) => ({ ...site, index }));
  if (!sites.length) return null;
  const grid = makeGrid({
    label: 'Destinations without a name',
    columns: [
      { key: 'site', title: 'Destination', value: (site) => site.site, cell: (site) => [
        el('code', {}, show(site.site, 80)),
        el('span', { class: 'sub' }, site.host_count > 1 || (site.hosts[0] && site.hosts[0] !== site.site)
          ? [show(site.hosts[0] ?? '', 60), site.host_count > 1 && ` and ${counted(site.host_count - 1, 'other host', 'other hosts')}`] : null)] },
      { key: 'people', title: 'People', kind: 'num', width: '84px', value: (site) => site.people, cell: (site) => count(site.people) },
      { key: 'devices', title: 'Devices', kind: 'num', width: '88px', from: 'medium', value: (site) => site.devices, cell: (site) => count(site.devices) },
      { key: 'requests', title: 'Requests', kind: 'num', width: '96px', from: 'medium', value: (site) => site.requests + site.lookups, cell: (site) => shortCount(site.requests + site.lookups) },
      { key: 'up', title: 'Sent', kind: 'num', width: '84px', value: (site) => site.bytes_up, cell: (site) => bytes(site.bytes_up) },
      { key: 'down', title: 'Received', kind: 'num', width: '96px', from: 'medium', value: (site) => site.bytes_down, cell: (site) => bytes(site.bytes_down) },
      { key: 'evidence', title: 'Evidence', width: '140px', from: 'large', cell: (site) => show(site.evidence.join(', '), 60) },
      { key: 'last', title: 'Last seen', kind: 'num', width: '96px', from: 'medium', value: (site) => site.last_seen, cell: (site) => day(site.last_seen) },
    ],
  });
  ready.push(() => grid.show(sites));
  return section('uncataloged', 'Destinations without a name',
    'No app of the catalog claims them. Those with most people or most bytes come first; an entry in your own signatures names them.',
    grid.node, el('p', {}, el('button', {
      type: 'button', class: 'quiet',
      onclick: () => save('uncataloged.csv', 'text/csv', csv([
        ['site', (s) => s.site], ['people', (s) => s.people], ['devices', (s) => s.devices], ['requests', (s) => s.requests],
        ['lookups', (s) => s.lookups], ['blocked', (s) => s.blocked], ['uploads', (s) => s.uploads], ['bytes_up', (s) => s.bytes_up],
        ['bytes_down', (s) => s.bytes_down], ['first_seen', (s) => s.first_seen], ['last_seen', (s) => s.last_seen],
        ['evidence', (s) => s.evidence], ['host_count', (s) => s.host_count], ['hosts', (s) => s.hosts]], grid.rows())),
    }, 'Save as CSV')));
}

function reading() {
  const { inputs } = report;
  const sum = (of) => inputs.reduce((total, input) => total + of(input), 0);
  const bad = sum((input) => input.records.bad);
  const notRead = inputs.filter((input) => input.status !== 'read');
  const gaps = new Map();
  for (const input of inputs) {
    for (const gap of input.cannot_tell) {
      const key = `${gap.id}\n${input.format}`;
      if (!gaps.has(key)) gaps.set(key, { ...gap, format: input.format, files: 0 });
      gaps.get(key).files += 1;
    }
  }
  return section('reading', 'What was read',
    `${counted(inputs.length, 'file', 'files')}, ${counted(sum((input) => input.records.total), 'record', 'records')}; ` +
    `${count(sum((input) => input.records.event))} were events, ${count(sum((input) => input.records.skipped))} were passed over with a reason, ` +
    `${count(bad)} could not be understood.${notRead.length ? ` ${counted(notRead.length, 'file was', 'files were')} not read or not to the end.` : ''}`,
    report.troubles?.length && el('ul', { class: 'troubles' }, report.troubles.slice(0, 50).map((trouble) => el('li', {}, show(trouble, 400)))),
    more(inputs, 30, (some) => el('div', { class: 'inputs' }, some.map(inputDetails)), 'files'),
    gaps.size && [el('h3', {}, 'What these logs cannot tell'), table('What these logs cannot tell', [
      ['Missing', (gap) => show(gap.id, 40), 'short'],
      ['In', (gap) => el('code', {}, show(gap.format, 40)), 'short'],
      ['Files', (gap) => gap.files, 'num'],
      ['What it means', (gap) => show(gap.meaning, 300), 'wide'],
      ['What would add it', (gap) => gap.advice && show(gap.advice, 300), 'wide'],
    ], [...gaps.values()].sort((a, b) => b.files - a.files || (a.id < b.id ? -1 : 1)))]);
}

function inputDetails(input) {
  return el('details', {},
    el('summary', {},
      el('code', { class: 'path' }, show(input.path, 120)),
      el('span', { class: `dim status-${known({ read: 1, declined: 1, lost: 1 }, input.status)}` }, input.status === 'read'
        ? [show(input.format, 30), ` · ${counted(input.records.total, 'record', 'records')}`,
          input.records.bad ? el('b', {}, ` · ${count(input.records.bad)} bad`) : null]
        : input.status === 'lost' ? 'not read to its end' : 'not a log of traffic')),
    facts([
      ['Format', input.format && [el('code', {}, show(input.format, 60)), ` ${count(input.confidence)} % sure`]],
      ['Because', show(input.why, 400)],
      ['Next guess', input.runner_up && [el('code', {}, show(input.runner_up.format, 60)), ` ${count(input.runner_up.confidence)} %`]],
      ['Around each record', input.envelope && show(input.envelope, 80)],
      ['From', input.first && instant(input.first)],
      ['To', input.last && instant(input.last)],
      ['Records', `${count(input.records.event)} events + ${count(input.records.skipped)} passed over + ${count(input.records.bad)} bad = ${count(input.records.total)}`],
      ['Size', bytes(input.bytes)],
      ['Passed over', input.skipped?.length && input.skipped.map((one, index) => [index ? ', ' : '', show(one.reason, 80), ` ${count(one.count)}`])],
      ['Bad', input.bad?.length && input.bad.map((one, index) => [index ? ', ' : '', show(one.reason, 80), ` ${count(one.count)}`])],
      ['Lost', input.losses?.length && show(input.losses.join('; '), 400)],
      ['Cannot tell', input.cannot_tell.length && show(input.cannot_tell.map((gap) => gap.id).join(', '), 300)],
    ].map(([name, value]) => [name, value || null])),
    input.bad_samples?.length && table('Bad records', [
      ['Line', (one) => one.line, 'num'], ['Reason', (one) => show(one.reason, 100)],
      ['Record', (one) => el('code', {}, show(one.excerpt, 160)), 'wide'],
    ], input.bad_samples));
}

function method() {
  const { settings, coverage } = report;
  const parts = [['Requests', coverage.requests], ['Bytes', coverage.bytes], ['People and devices', coverage.people], ['Addresses that got a name', coverage.names]]
    .filter(([, part]) => part);
  const hours = settings.office_hours;
  return section('method', 'How this was made', 'So that it can be checked and challenged.',
    facts([
      ['Program', show(report.generator, 80)],
      ['Shape of the data', el('code', {}, show(report.schema, 60))],
      ['Time zone', show(settings.timezone, 60)],
      ['Since', settings.since && instant(settings.since)],
      ['Until', settings.until && instant(settings.until)],
      ['Only the first', settings.top && counted(settings.top, 'app', 'apps')],
      ['Office hours', hours && `${plain(hours.from, 10)} to ${plain(hours.to, 10)}, ${(hours.weekdays || []).map((one) => weekday(one - 1)).join(', ')}`],
      ['Catalog', [`${counted(settings.catalog_apps, 'app', 'apps')}, `, el('code', {}, show(settings.catalog_digest, 40))]],
      ['Directory', settings.directory && `${counted(settings.directory.rows, 'row', 'rows')}, ${count(settings.directory.matched_people)} people found, ${count(settings.directory.unmatched_people)} not`],
      ['Policy', settings.policy && [el('code', {}, show(settings.policy.path, 100)), `, ${counted(settings.policy.decisions, 'decision', 'decisions')}, `, el('code', {}, show(settings.policy.digest, 40))]],
      ['Names of people', settings.names === undefined ? null : settings.names ? 'shown' : 'left out'],
      ['Sign-in challenges', report.totals.challenges ? `${count(report.totals.challenges)}; neither use nor block` : null],
      ['Failed requests', report.totals.failures ? `${count(report.totals.failures)}; in no other count` : null],
    ]),
    el('h3', {}, 'How much the catalog explains'),
    table('Coverage', [
      ['Of', ([name]) => name], ['Explained', ([, part]) => part.known, 'num'], ['All', ([, part]) => part.total, 'num'],
      ['Share', ([, part]) => percent(part.share), 'num'], ['', ([, part]) => bar(part.share || 0, 1), 'graph'],
    ], parts.map(([name, part]) => [name, name === 'Bytes' ? { ...part } : part])),
    el('h3', {}, 'Words'),
    facts([
      ...Object.entries(has('verdict') ? VERDICTS : {}).map(([word, meaning]) => [tag('verdict', {}, word), meaning]),
      ...Object.entries(has('state') ? STATES : {}).map(([word, meaning]) => [state(word), meaning]),
      ...Object.entries(EVIDENCE).filter(([tier]) => rows.some((row) => row.evidence.includes(tier)))
        .map(([tier, meaning]) => [el('code', {}, tier), meaning]),
    ]),
    el('p', {}, el('button', {
      type: 'button', class: 'quiet', onclick: () => save('report.json', 'application/json', JSON.stringify(report, null, 2) + '\n'),
    }, 'Save the data as JSON'), el('span', { class: 'dim' }, ' The page is made from this document and from nothing else.')));
}
