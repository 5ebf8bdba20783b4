/** The last guard before text becomes configuration: whatever could end a word, a line or a quotation is a bug here. */
export function word(text: string): string {
  if (text === '' || /[\s"'#\\$\u0000-\u001f\u007f]/.test(text)) {
    throw new Error(`not fit for HAProxy's configuration: ${JSON.stringify(text)}`);
  }
  return text;
}
