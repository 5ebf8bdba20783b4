/** A moment of the journal (ISO 8601, UTC) as people read it in a column that says UTC: to the minute. */
export function minuteOf(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

/** The same to the second. */
export function secondOf(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

/** The same in a sentence. */
export function momentOf(time: string): string {
  return `${minuteOf(time)} UTC`;
}
