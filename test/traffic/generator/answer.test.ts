import { describe, expect, it } from '@jest/globals';
import { readAnswer } from './answer.ts';

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-service: webapp\r\nx-version: v0.1\r\n\r\nhello';

describe('an answer', () => {
  it('is read when all of it has come, and not a byte earlier', () => {
    for (let length = 0; length < whole.length; length++)
      expect(readAnswer(whole.slice(0, length))).toBe('unfinished');
    expect(readAnswer(whole)).toEqual({
      ...{ status: 200, from: 'webapp v0.1', body: 'hello', keepsOpen: true },
    });
  });

  it('may say that it was the last one of its connection, and need not come from the service', () => {
    const text = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nConnection: close\r\n\r\n';
    expect(readAnswer(text)).toEqual({ status: 503, from: ' ', body: '', keepsOpen: false });
  });

  it.each([
    ['more than its length', `${whole}!`, '1 bytes more'],
    ['no length', 'HTTP/1.1 200 OK\r\nx-version: v0.1\r\n\r\nhello', 'without a content-length'],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'not an answer: "SSH-2.0-OpenSSH"'],
  ])('%s is malformed', (_what, text, says) => {
    expect(readAnswer(text)).toEqual({ malformed: expect.stringContaining(says) as unknown });
  });
});
