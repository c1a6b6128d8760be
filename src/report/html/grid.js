// A table of any length: only the rows that can be seen exist. Sorted by the buttons of its header; arrow keys walk
// from row to row.

/**
 * `columns`: { key, title, cell(row), value(row) to sort by, kind: 'num'?, width, from: viewport that shows it }.
 * `open(row)` is called for a click anywhere in a row whose first cell holds a link.
 */
function makeGrid({ label, columns, open, sorted }) {
  const height = 52;
  let items = [];
  let sort = { key: null, down: true };
  let live = new Map();
  let printing = false;

  const head = el('tr', {});
  const above = el('tr', { class: 'gap', 'aria-hidden': 'true' }, el('td', {}));
  const below = el('tr', { class: 'gap', 'aria-hidden': 'true' }, el('td', {}));
  const body = el('tbody', {}, above, below);
  const whole_table = el('table', { class: 'grid' }, el('caption', { class: 'unshown' }, label),
    el('colgroup', {}, columns.map((column) => {
      const col = el('col', { class: column.from ? `from-${column.from}` : null });
      if (column.width) col.style.width = column.width;
      return col;
    })), el('thead', {}, head), body);
  const box = el('div', { class: 'window', tabindex: '0', role: 'region', 'aria-label': label }, whole_table);
  const cut = el('p', { class: 'note print-only' });
  const whole = el('div', { class: 'grid-box' }, box, cut);

  const buttons = new Map();
  for (const column of columns) {
    const classes = [column.kind, column.from && `from-${column.from}`].filter(Boolean).join(' ');
    const button = column.value && el('button', { type: 'button', onclick: () => turn(column) }, column.title,
      el('span', { class: 'arrow', 'aria-hidden': 'true' }));
    const cell = el('th', { scope: 'col', class: classes || null }, button || column.title);
    if (button) buttons.set(column.key, cell);
    head.append(cell);
  }

  function turn(column) {
    const down = sort.key === column.key ? !sort.down : column.kind === 'num';
    setSort(column.key, down);
    sorted?.(sort);
  }

  function setSort(key, down) {
    sort = { key: buttons.has(key) ? key : null, down };
    for (const [of, cell] of buttons) {
      if (of === sort.key) cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    show();
  }

  /** Unknown stands last, whichever way; equal rows keep the order of the report. */
  function order(of) {
    const column = columns.find((one) => one.key === sort.key);
    if (!column) return of;
    const keys = new Map(of.map((row) => [row, column.value(row)]));
    const sign = sort.down ? -1 : 1;
    return [...of].sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (x === y) return a.index - b.index;
      if (x === undefined || x === null) return 1;
      if (y === undefined || y === null) return -1;
      return (x < y ? -1 : 1) * sign;
    });
  }

  let unsorted = [];
  function show(of = unsorted) {
    unsorted = of;
    items = order(of);
    for (const row of live.values()) row.remove();
    live = new Map();
    whole_table.setAttribute('aria-rowcount', items.length + 1);
    box.scrollTop = 0;
    draw();
  }

  function draw() {
    const seen = printing ? PRINTED : Math.ceil((box.clientHeight || 640) / height);
    const first = printing ? 0 : Math.max(0, Math.floor(box.scrollTop / height) - 8);
    const last = Math.min(items.length, (printing ? 0 : Math.floor(box.scrollTop / height)) + seen + 8);
    for (const [index, row] of live) {
      // The row with the focus stays, or the keyboard would lose its place.
      if ((index < first || index >= last) && !row.contains(document.activeElement)) {
        row.remove();
        live.delete(index);
      }
    }
    let before = above;
    for (let index = first; index < last; index += 1) {
      let row = live.get(index);
      if (!row) {
        row = make(items[index], index);
        live.set(index, row);
        before.after(row);
      }
      before = row;
    }
    const kept = [...live.keys()];
    const low = kept.filter((index) => index < first).length;
    const high = kept.filter((index) => index >= last).length;
    gap(above, (first - low) * height);
    gap(below, (items.length - last - high) * height);
    cut.textContent = items.length > last && printing
      ? `The first ${count(last)} of ${count(items.length)}; the page itself and its CSV have all of them.` : '';
  }

  function gap(row, high) {
    row.hidden = high <= 0 || printing;
    row.firstChild.style.height = `${Math.max(0, high)}px`;
  }

  function make(item, index) {
    const row = el('tr', { 'aria-rowindex': index + 2 });
    columns.forEach((column, place) => {
      const classes = [column.kind, column.from && `from-${column.from}`].filter(Boolean).join(' ');
      row.append(el(place ? 'td' : 'th', { class: classes || null, scope: place ? null : 'row' }, column.cell(item)));
    });
    if (open) row.classList.add('opens');
    row.addEventListener('click', (event) => {
      if (open && !event.target.closest('a, button') && !String(getSelection())) open(item, row.querySelector('a'));
    });
    return row;
  }

  box.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest('tbody tr');
    if (!step || !row || event.altKey || event.ctrlKey || event.metaKey) return;
    const index = Number(row.getAttribute('aria-rowindex')) - 2 + step;
    if (index < 0 || index >= items.length) return;
    event.preventDefault();
    const top = index * height;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + 2 * height > box.scrollTop + box.clientHeight) box.scrollTop = top + 2 * height - box.clientHeight;
    draw();
    live.get(index)?.querySelector('a, button')?.focus({ preventScroll: true });
  });

  let asked = false;
  box.addEventListener('scroll', () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  });
  addEventListener('resize', draw);

  grids.push({
    print(on) {
      printing = on;
      box.scrollTop = 0;
      draw();
    },
  });
  return { node: whole, show, setSort, rows: () => items, neighbor(item, step) { return items[items.indexOf(item) + step]; } };
}

/** How many rows of a table are printed. */
const PRINTED = 250;
const grids = [];
