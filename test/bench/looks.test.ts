import { describe, expect, it } from '@jest/globals';
import { terminalPage } from '../../bench/looks/terminalPage.ts';

const body = (text: string): string =>
  />([^>]*<?.*)<\/pre>/s.exec(terminalPage(text, 'light').split('<pre')[1] ?? '')?.[1] ?? '';

describe('terminalPage', () => {
  it('shows text as it stands, with nothing that a browser would obey', () => {
    expect(body('a <b> & c\n')).toBe('a &lt;b> &amp; c');
  });

  it('shows colours and bold until they end', () => {
    expect(body('\u001b[1;31mfailed\u001b[39m: it\u001b[0m is')).toBe(
      '<span style="font-weight:700;color:#cd0000">failed</span><span style="font-weight:700">: it</span> is',
    );
  });
});
