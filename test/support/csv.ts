/** A reader of RFC 4180 of our own, to see what a spreadsheet would. */
export function parseCsv(text: string): string[][] {
  return text
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      // A comma is between two cells where as many quotes stand before it as behind it, in pairs.
      line
        .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .map((cell) => cell.replace(/^"|"$/g, '').replaceAll('""', '"')),
    );
}
