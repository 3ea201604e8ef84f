extension Templates {
  /// The script: filtering, keyboard use, copy buttons.
  ///
  /// It reads the page and writes text and attributes, never markup.
  static let script: StaticString = #"""
    (() => {
      'use strict';
      const one = (selector) => document.querySelector(selector);
      const all = (selector, root = document) => [...root.querySelectorAll(selector)];
      const rows = all('#cases ~ .cases tr[data-v]'), groups = all('#cases ~ .cases tbody');
      const search = one('#search'), problems = one('#problems'), chips = all('.chips button'), help = one('#help');
      const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
      const isPressed = (button) => button.getAttribute('aria-pressed') === 'true';
      const toggle = (button) => { button.setAttribute('aria-pressed', !isPressed(button)); filter(); };

      function filter() {
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const verdicts = new Set(chips.filter(isPressed).map((chip) => chip.dataset.v));
        let shown = 0;
        for (const row of rows) {
          row.hidden = (isPressed(problems) && !('p' in row.dataset)) || (verdicts.size > 0 && !verdicts.has(row.dataset.v))
            || !words.every((word) => texts.get(row).includes(word));
          if (!row.hidden) shown += 1;
        }
        for (const group of groups) group.hidden = !all('tr[data-v]', group).some((row) => !row.hidden);
        one('#count').textContent = shown === rows.length ? `${shown} cases` : `${shown} of ${rows.length} cases`;
        one('#none').hidden = shown > 0;
      }

      const articleOf = (id) => { const found = document.getElementById(id); return found && found.matches('article') ? found : null; };
      const opened = () => articleOf(decodeURIComponent(location.hash.slice(1)));
      const rowOf = (article) => document.getElementById(article.id.replace(/^case/, 'row'));
      const linkOf = (row) => row.querySelector('.id a');

      function mark(row) {
        for (const other of all('tr.now')) other.classList.remove('now');
        if (row) row.classList.add('now');
      }

      function step(by) {
        const visible = rows.filter((row) => !row.hidden);
        if (visible.length === 0) return;
        const index = visible.indexOf(one('tr.now'));
        const row = visible[index < 0 ? (by > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, index + by))];
        mark(row);
        row.scrollIntoView({ block: 'nearest' });
        if (opened()) location.replace(linkOf(row).getAttribute('href')); else linkOf(row).focus({ preventScroll: true });
      }

      function close() {
        const article = opened();
        if (!article) return;
        const row = rowOf(article);
        location.replace('#' + row.id);
        linkOf(row).focus({ preventScroll: true });
      }

      function addCopyButtons(article) {
        for (const line of all('.copy', article)) {
          if (line.querySelector('button')) continue;
          const button = document.createElement('button'), code = line.querySelector('code');
          button.type = 'button';
          button.textContent = 'Copy';
          button.addEventListener('click', async () => {
            try {
              await navigator.clipboard.writeText(code.textContent);
              button.textContent = 'Copied';
              setTimeout(() => { button.textContent = 'Copy'; }, 1500);
            } catch {
              getSelection().selectAllChildren(code);
            }
          });
          line.append(button);
        }
      }

      function show() {
        const article = opened();
        if (!article) return;
        addCopyButtons(article);
        const row = rowOf(article);
        mark(row);
        if (row.hidden === false) row.scrollIntoView({ block: 'nearest' });
        article.scrollTop = 0;
        article.focus({ preventScroll: true });
      }

      addEventListener('hashchange', show);
      search.addEventListener('input', filter);
      problems.addEventListener('click', () => toggle(problems));
      for (const chip of chips) chip.addEventListener('click', () => toggle(chip));
      one('#help-open').addEventListener('click', () => help.showModal());
      addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
        if (event.key === 'Escape') { if (document.activeElement === search) { event.preventDefault(); search.blur(); } else close(); return; }
        if (event.target.matches('input')) { if (event.key === 'Enter') step(1); return; }
        const action = { '/': () => search.focus(), j: () => step(1), k: () => step(-1), f: () => toggle(problems), '?': () => help.showModal() }[event.key];
        if (!action) return;
        event.preventDefault();
        action();
      });
      one('#tools').hidden = false;
      filter();
      show();
    })();
    """#

  /// The hash of ``script``; the test that recomputes it prints the right one.
  static let scriptHash: StaticString = "sha256-H9ImegUib6MwoHIXDz2vus/z8Cx9MFaeWXG7d4aIrFU="
}
