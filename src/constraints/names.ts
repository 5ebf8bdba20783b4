import { isAddress, isHostName, isLongName, isName, isRepository, nameRule } from '../model/names.ts';
import { constraint, type Finding } from './constraint.ts';

export const names = constraint({
  code: 'names',
  kind: 'correct',
  concerns: 'standing',
  summary: 'Names are unique and well formed, as are image repositories, addresses and host names.',
  judge: ({ state: { services, stacks, containers, endpoints } }) => {
    const long = [...stacks, ...containers, ...endpoints];
    return [
      ...repeated([...services, ...long]),
      ...malformed(services, 'name', isName, 'well-formed name', `use ${nameRule}`),
      ...malformed(
        long,
        'name',
        isLongName,
        'well-formed name',
        'use lower-case letters, digits and hyphens',
      ),
      ...malformed(services, 'image', isRepository, 'repository', 'give REGISTRY/NAME without a tag'),
      ...malformed(endpoints, 'address', isAddress, 'IPv4 address', 'give one, or none'),
      ...malformed(endpoints, 'url', isHostName, 'host name', 'give one like www.example.com'),
    ];
  },
});

type Named = { readonly name: string };

function repeated(rows: readonly Named[]): Finding[] {
  // Nearly always no name is taken twice, which is quicker to tell than how often each is.
  if (new Set(rows.map(({ name }) => name)).size === rows.length) return [];
  const counts = new Map<string, number>();
  for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([name, count]) => ({
      ...{ service: null, object: name, aspect: 'unique' },
      ...{ fact: `${count} objects have this name`, remedy: 'rename one of them' },
    }));
}

/** The rows whose field is set and not valid. */
function malformed<Field extends string>(
  rows: readonly (Named & Readonly<Record<Field, string | null>>)[],
  field: Field,
  isValid: (text: string) => boolean,
  expected: string,
  remedy: string,
): Finding[] {
  return rows.flatMap((row) => {
    const text = row[field];
    if (text === null || isValid(text)) return [];
    const what = field === 'name' ? 'it' : `its ${field} ${JSON.stringify(text)}`;
    return [{ service: null, object: row.name, aspect: field, fact: `${what} is no ${expected}`, remedy }];
  });
}
