/** HTTP/1.1 as far as the generator needs it: answers with a content-length, read out of the bytes of a connection. */

export type Answer = {
  readonly status: number;
  /** Which service and version answered, by its own headers: `webapp v0.2`. Blank where it was none, as HAProxy itself. */
  readonly from: string;
  readonly body: string;
  /** Whether the connection may be used for another request. */
  readonly keepsOpen: boolean;
};

export type Read = Answer | 'unfinished' | { readonly malformed: string };

/**
 * Reads the one answer that was asked for from everything that has arrived since, as latin1 text: a character a byte.
 * Anything that does not have the length it says, or more than that, is malformed.
 */
export function readAnswer(text: string): Read {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 'unfinished';
  const head = text.slice(0, end);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  if (status === undefined) return { malformed: `not an answer: ${quoted(head)}` };
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) return { malformed: `status ${status} without a content-length` };
  const whole = end + 4 + Number(length);
  if (text.length < whole) return 'unfinished';
  if (text.length > whole) return { malformed: `${text.length - whole} bytes more than its length` };
  return {
    status: Number(status),
    from: `${header(head, 'x-service')} ${header(head, 'x-version')}`,
    body: text.slice(end + 4),
    keepsOpen: !/\r\nconnection: *close/i.test(head),
  };
}

function header(head: string, name: string): string {
  const at = head.indexOf(`\r\n${name}: `);
  return at < 0 ? '' : (head.slice(at + name.length + 4).split('\r\n', 1)[0] ?? '');
}

/** The beginning of something unexpected, on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
