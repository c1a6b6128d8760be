// Charts: small SVG of our own. Each has a sentence for those who do not see it; colors come from the style sheet.

/** People by bucket in a table row: one bar each, one path in all. */
function spark(growth, width = 84, height = 20) {
  const most = Math.max(1, ...growth.map((step) => step.people));
  const step = width / growth.length;
  const wide = Math.max(1, Math.min(6, step * 0.7));
  let path = '';
  growth.forEach((bucket, index) => {
    const high = bucket.people ? Math.max(1.5, (bucket.people / most) * (height - 1)) : 0.5;
    path += `M${(index * step + step / 2).toFixed(1)} ${height}v${-high.toFixed(1)}`;
  });
  return svg('svg', {
    class: 'spark', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `people by ${bucketName()}: from ${count(growth[0].people)} to ` +
      `${count(growth[growth.length - 1].people)}, at most ${count(most)}`,
  }, svg('path', { d: path, 'stroke-width': wide.toFixed(1) }));
}

/** The number at or above `value` that looks good at an axis. */
function ceiling(value) {
  if (value <= 4) return Math.max(1, value);
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

/** People and new people by bucket. */
function growthChart(growth) {
  const [width, height, left, bottom, top] = [640, 150, 34, 22, 8];
  const most = ceiling(Math.max(1, ...growth.map((step) => step.people)));
  const slot = (width - left) / growth.length;
  const wide = Math.max(2, Math.min(28, slot * 0.62));
  const y = (value) => top + (1 - value / most) * (height - top - bottom);
  const chart = svg('svg', {
    class: 'growth', viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `People by ${bucketName()}: from ${count(growth[0].people)} at the beginning to ` +
      `${count(growth[growth.length - 1].people)} at the end, at most ${count(Math.max(...growth.map((g) => g.people)))}.`,
  });
  for (const mark of most % 2 === 0 ? [0, most / 2, most] : [0, most]) {
    chart.append(
      svg('line', { class: 'rule', x1: left, x2: width, y1: y(mark), y2: y(mark) }),
      svg('text', { x: left - 8, y: y(mark) + 4, 'text-anchor': 'end' }, count(mark)));
  }
  const every = Math.ceil(growth.length / Math.max(2, Math.floor((width - left) / 64)));
  growth.forEach((step, index) => {
    const x = left + index * slot + (slot - wide) / 2;
    const old = Math.max(0, step.people - step.new_people);
    const fresh = Math.min(step.new_people, step.people);
    const bar = svg('g', {}, svg('title', {}, `${day(step.start)}: ${counted(step.people, 'person', 'people')}, ` +
      `${count(step.new_people)} new; ${counted(step.requests, 'request', 'requests')}, sent ${bytes(step.bytes_up)}`));
    bar.append(svg('rect', { class: 'hit', x: left + index * slot, y: top, width: slot, height: height - top - bottom }));
    if (old) bar.append(svg('rect', { class: 'bar', x, y: y(old), width: wide, height: y(0) - y(old) }));
    if (fresh) bar.append(svg('rect', { class: 'bar new', x, y: y(old + fresh), width: wide, height: y(old) - y(old + fresh) }));
    chart.append(bar);
    if (index % every === 0) {
      chart.append(svg('text', { x: x + wide / 2, y: height - 5, 'text-anchor': 'middle' }, day(step.start)));
    }
  });
  return el('figure', {}, chart, el('figcaption', { class: 'legend' },
    el('span', { class: 'key' }, el('i', { class: 'swatch bar' }), `People by ${bucketName()}`),
    el('span', { class: 'key' }, el('i', { class: 'swatch new' }), 'of them new to it')));
}

/** Quarter-hours of people by weekday and hour. */
function heatChart(heat, hours) {
  const [left, top, size, gap] = [40, 18, 22, 3];
  const most = Math.max(1, ...heat.flat());
  const step = size + gap;
  let [busyDay, busyHour] = [0, 0];
  heat.forEach((row, d) => row.forEach((value, h) => {
    if (value > heat[busyDay][busyHour]) [busyDay, busyHour] = [d, h];
  }));
  const clock = (hour) => `${String(hour).padStart(2, '0')}:00`;
  const chart = svg('svg', {
    class: 'heat', viewBox: `0 0 ${left + 24 * step} ${top + 7 * step}`, role: 'img',
    'aria-label': `Active time by weekday and hour. Busiest: ${weekday(busyDay, 'long')} at ${clock(busyHour)}.`,
  });
  for (let hour = 0; hour < 24; hour += 3) {
    chart.append(svg('text', { x: left + hour * step, y: 11 }, String(hour).padStart(2, '0')));
  }
  heat.forEach((row, d) => {
    chart.append(svg('text', { x: left - 8, y: top + d * step + 15, 'text-anchor': 'end' }, weekday(d)));
    row.forEach((value, h) => {
      const shade = value ? Math.max(1, Math.ceil((value / most) * 5)) : 0;
      chart.append(svg('rect', {
        class: `shade-${shade}`, x: left + h * step, y: top + d * step, width: size, height: size, rx: 2,
      }, svg('title', {}, `${weekday(d, 'long')} ${clock(h)}: ${minutes(value * 15)}`)));
    });
  });
  const [from, to] = [hours && parseInt(hours.from, 10), hours && parseInt(hours.to, 10)];
  if (hours && to > from && Array.isArray(hours.weekdays) && hours.weekdays.length) {
    const [one, end] = [Math.min(...hours.weekdays) - 1, Math.max(...hours.weekdays)];
    chart.append(svg('rect', {
      class: 'office', x: left + from * step - gap / 2, y: top + one * step - gap / 2,
      width: (to - from) * step, height: (end - one) * step, rx: 3,
    }));
  }
  return el('figure', {}, chart, el('figcaption', { class: 'legend' },
    el('span', { class: 'key' }, 'less', [1, 2, 3, 4, 5].map((shade) => el('i', { class: `swatch shade-${shade}` })), 'more'),
    hours && el('span', { class: 'key' }, el('i', { class: 'swatch office' }), 'office hours'),
    el('span', {}, 'active quarter-hours of all people')));
}

/** A risk on the scale of 0 to 100, with the range in which it lies if some facts are unknown. */
function riskTrack(risk) {
  const at = (value) => Math.max(0, Math.min(100, value)) * 4;
  return svg('svg', {
    class: `track level-${known(LEVELS, risk.level)}`, viewBox: '0 0 400 16', role: 'img',
    'aria-label': `Risk ${count(risk.score)} of 100, between ${count(risk.low)} and ${count(risk.high)} for what is not known.`,
  },
  svg('rect', { class: 'scale', x: 0, y: 6, width: 400, height: 4, rx: 2 }),
  svg('rect', { class: 'range', x: at(risk.low), y: 6, width: Math.max(2, at(risk.high) - at(risk.low)), height: 4 }),
  svg('circle', { class: 'mark', cx: Math.max(6, Math.min(394, at(risk.score))), cy: 8, r: 6 }));
}

/** A bar of `value` in `most`. What it means stands beside it as text. */
function bar(value, most, kind) {
  const width = most > 0 ? Math.max(value > 0 ? 1 : 0, (value / most) * 100) : 0;
  return svg('svg', {
    class: `meter ${kind || ''}`, viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true',
  }, svg('rect', { class: 'scale', width: 100, height: 6 }), svg('rect', { class: 'value', width, height: 6 }));
}
