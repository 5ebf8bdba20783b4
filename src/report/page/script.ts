/**
 * What makes tables sort and filter, and large ones open at once. It is part of the page as it stands here: plain JavaScript for any browser
 * of the last years. Nothing needs it: without it all rows are there, in their order.
 *
 * A table's rows are lines of HTML: those in the page, then those in its `noscript`. They become elements a hundred at a time, when the
 * end of the table comes into view, all of them before printing. Text is escaped in the lines already.
 */
export const pageScript = `
'use strict';
(() => {
  const step = 100;
  const decoder = document.createElement('textarea');
  const textOf = (html) => {
    const text = html.replace(/<[^>]*>/g, ' ');
    if (!text.includes('&')) return text;
    decoder.innerHTML = text;
    return decoder.value;
  };
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const made = (name, properties) => Object.assign(document.createElement(name), properties);
  const refill = [];

  /** Shows those of the lines that match, a step at a time; answers how many there are. */
  const lister = (holder, lines, end) => {
    let [matching, shown] = [lines, holder.children.length];
    const more = () => {
      const part = matching.slice(shown, shown + step);
      holder.insertAdjacentHTML('beforeend', part.join(''));
      shown += part.length;
    };
    const whenSeen = new IntersectionObserver((seen) => {
      if (!seen.some((entry) => entry.isIntersecting) || shown >= matching.length) return;
      more();
      // It tells only of changes: looked at anew, an end that is still in view counts again.
      whenSeen.unobserve(end);
      whenSeen.observe(end);
    }, { rootMargin: '400px' });
    whenSeen.observe(end);
    refill.push(() => { while (shown < matching.length) more(); });
    return (next) => {
      [matching, shown] = [next, 0];
      holder.replaceChildren();
      more();
      whenSeen.unobserve(end);
      whenSeen.observe(end);
    };
  };

  const linesIn = (holder, noscript, start) =>
    [...holder.innerHTML.split('\\n'), ...(noscript ? noscript.textContent.split('\\n') : [])]
      .filter((line) => line.startsWith(start));

  const tools = (before, total, what) => {
    const box = made('div', { className: 'tools' });
    const input = made('input', { type: 'search', placeholder: 'Filter' });
    input.setAttribute('aria-label', 'Filter ' + what);
    const count = made('span', { textContent: total + ' ' + what });
    count.setAttribute('role', 'status');
    box.append(input, count);
    before.before(box);
    const tell = (found) => { count.textContent = (found === total ? '' : found + ' of ') + total + ' ' + what; };
    return { input, tell };
  };

  const later = (input, act) => {
    let timer = 0;
    input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(act, 120); });
  };

  /** Every word has to be there. */
  const matcher = (typed) => {
    const words = typed.toLowerCase().split(/\\s+/).filter(Boolean);
    return (text) => words.every((word) => text.includes(word));
  };

  const equip = (box) => {
    const body = box.querySelector('tbody');
    const noscript = box.querySelector('noscript');
    const lines = linesIn(body, noscript, '<tr>');
    noscript?.remove();
    if (lines.length > 20) box.classList.add('scroll');
    const end = made('div', {});
    box.append(end);
    const list = lister(body, lines, end);
    let texts;
    let sorting = null;
    const { input, tell } = lines.length > 5 ? tools(box, lines.length, 'rows') : { input: null, tell: () => {} };
    const show = () => {
      texts ??= lines.map((line) => textOf(line).toLowerCase());
      const matches = matcher(input ? input.value : '');
      let found = lines.map((_, index) => index).filter((index) => matches(texts[index]));
      if (sorting) {
        const keys = new Map(found.map((index) => [index, textOf(lines[index].split('<td')[sorting.column + 1].replace(/^[^>]*>/, '')).trim()]));
        found.sort((a, b) => sorting.way * collator.compare(keys.get(a), keys.get(b)) || a - b);
      }
      tell(found.length);
      list(found.map((index) => lines[index]));
    };
    if (input) later(input, show);
    const heads = [...box.querySelectorAll('thead th')];
    heads.forEach((head, column) => {
      const button = made('button', { type: 'button', textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        sorting = { column, way: sorting?.column === column ? -sorting.way : 1 };
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', sorting.way > 0 ? 'ascending' : 'descending');
        show();
      });
    });
  };

  const equipCards = (box) => {
    const noscript = box.nextElementSibling;
    const held = box.firstElementChild;
    const lines = linesIn(held, noscript, '<figure');
    noscript?.remove();
    if (lines.length < 3) return;
    const end = made('div', {});
    box.append(end);
    if (lines.length > 12) box.classList.add('scroll');
    const list = lister(held, lines, end);
    const texts = lines.map((line) => textOf(line.slice(0, line.indexOf('>')).replace('<figure', '')).toLowerCase());
    const { input, tell } = tools(box, lines.length, 'drawings');
    later(input, () => {
      const matches = matcher(input.value);
      const found = lines.filter((_, index) => matches(texts[index]));
      tell(found.length);
      list(found);
    });
  };

  document.querySelectorAll('.table').forEach(equip);
  document.querySelectorAll('.graphs').forEach(equipCards);
  addEventListener('beforeprint', () => refill.forEach((fill) => fill()));
})();
`;
