/** What is left of a name without the part that its neighbours say already; all of it where it does not begin so. */
export function namePartOf(name: string, prefix: string): string {
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : name;
}
