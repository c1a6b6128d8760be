// Elements, words and numbers. Everything that comes from the document passes `show` or `plain` and is text, never
// markup: nothing here or elsewhere in the page parses HTML.

const root = document.documentElement;
const locale = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR' }[root.dataset.locale] || 'en-GB';

/** An element. Attributes that are null or false are left out, `on…` are listeners, addresses stay inside the page. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'href' && !/^(#|blob:)/.test(value)) throw new Error('an address that leads out of the page');
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

// What cannot be seen or turns the direction of text: the list of `clean.rs`.
const UNSEEN = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}' +
  '\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]', 'gu');
const PILE = /(\p{M}{2})\p{M}+/gu;
const ASCII = /^[\x20-\x7e]*$/;

function escaped(character) {
  return '\\u{' + character.codePointAt(0).toString(16) + '}';
}

function cut(text, most) {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 1]) ? most - 1 : most;
  return text.slice(0, end) + '…';
}

/** A text of the document as a string that is safe to put into an attribute or a text file. */
function plain(text, most = 200) {
  const short = cut(String(text ?? ''), most);
  return ASCII.test(short) ? short : short.replace(UNSEEN, escaped).replace(PILE, '$1');
}

/** A text of the document as a node: isolated in its direction, unseen characters told, cut with the whole as title. */
function show(text, most = 160) {
  const whole = String(text ?? '');
  if (whole.length <= most && ASCII.test(whole)) return document.createTextNode(whole);
  const node = el('bdi', { title: whole.length > most ? plain(whole, 1000) : null });
  const short = cut(whole, most).replace(PILE, '$1');
  let from = 0;
  for (const match of short.matchAll(UNSEEN)) {
    node.append(short.slice(from, match.index), el('span', { class: 'unseen' }, escaped(match[0])));
    from = match.index + match[0].length;
  }
  node.append(short.slice(from));
  return node;
}

// Numbers and dates as the reader writes them; the words are English.

const formats = new Map();
function format(key, make) {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

function count(value) {
  return format('count', () => new Intl.NumberFormat(locale)).format(value);
}

function counted(value, one, many) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

function shortCount(value) {
  if (value < 100000) return count(value);
  return format('short', () => new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }))
    .format(value);
}

function decimal(value, digits = 1) {
  return format('decimal' + digits, () => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }))
    .format(value);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'];
/** A size in powers of 1000. What is not known is a dash. */
function bytes(value) {
  if (value === null || value === undefined) return '–';
  let unit = 0;
  let size = value;
  while (unit + 1 < UNITS.length && size >= 999.5) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  return format('unit' + unit + digits, () => new Intl.NumberFormat(locale, {
    style: 'unit', unit: UNITS[unit], unitDisplay: unit ? 'short' : 'narrow',
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  })).format(size);
}

/** A share in percent. Only all is 100 % and only nothing is 0 %. */
function percent(share) {
  if (share === null || share === undefined) return '–';
  const held = share >= 1 ? 1 : share > 0.99 ? Math.min(share, 0.999) : share > 0 ? Math.max(share, 0.001) : 0;
  const digits = (held > 0.99 && held < 1) || (held > 0 && held < 0.01) ? 1 : 0;
  return format('percent' + digits, () => new Intl.NumberFormat(locale, {
    style: 'percent', maximumFractionDigits: digits,
  })).format(held);
}

function minutes(value) {
  return value < 60 ? `${count(value)} min` : `${decimal(value / 60, value < 600 ? 1 : 0)} h`;
}

/** The date of an instant or a day of the report, which is already in its zone. */
function date(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(text || '');
  return parts && new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3]));
}

function dates(options) {
  return format('date' + JSON.stringify(options), () => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }));
}

function day(text) {
  const at = date(text);
  return at ? dates({ day: 'numeric', month: 'short' }).format(at) : '–';
}

function longDay(text) {
  const at = date(text);
  return at ? dates({ day: 'numeric', month: 'long', year: 'numeric' }).format(at) : '–';
}

function instant(text) {
  const at = date(text);
  if (!at) return '–';
  const time = /T(\d\d:\d\d)/.exec(text);
  return dates({ day: 'numeric', month: 'short', year: 'numeric' }).format(at) + (time ? `, ${time[1]}` : '');
}

function period(first, last) {
  const [from, to] = [date(first), date(last)];
  if (!from || !to) return '';
  return dates({ day: 'numeric', month: 'long', year: 'numeric' }).formatRange(from, to);
}

function weekday(index, style = 'short') {
  return dates({ weekday: style }).format(new Date(Date.UTC(2024, 0, 1 + index)));
}

function capital(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : '';
}

function list(items) {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/** Values with their numbers, most first. */
function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// What a reader takes along.

let telling = 0;
function tell(text) {
  const place = document.getElementById('told');
  // In an open dialog, or it would be behind it and silent.
  const dialog = document.getElementById('drawer');
  (dialog.open ? dialog : document.body).append(place);
  place.textContent = text;
  place.classList.add('shown');
  clearTimeout(telling);
  telling = setTimeout(() => place.classList.remove('shown'), 2500);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el('textarea', { class: 'aside', 'aria-hidden': 'true', readonly: true });
    area.value = text;
    const dialog = document.getElementById('drawer');
    const before = document.activeElement;
    (dialog.open ? dialog : document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus();
    if (!done) return tell('The browser does not let this page copy');
  }
  tell(`${what} copied`);
}

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** A cell of CSV: text is quoted, and what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = plain(Array.isArray(value) ? value.join('; ') : value, 30000);
  const risky = /^[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text);
  return `"${(risky ? "'" : '') + text.replaceAll('"', '""')}"`;
}

function csv(columns, rows) {
  const lines = [columns.map(([title]) => cell(title)), ...rows.map((row) => columns.map(([, of]) => cell(of(row))))];
  // The mark in front tells spreadsheets that it is UTF-8.
  return '\ufeff' + lines.map((line) => line.join(',')).join('\r\n') + '\r\n';
}
