import { targetText } from '../model/traffic.ts';
import { isAddress, isHost, isHostName, isLongName, isName, isRepository, nameRule } from '../model/names.ts';
import type { External } from '../model/state.ts';
import { constraint, type Finding } from './constraint.ts';

export const names = constraint({
  code: 'names',
  kind: 'correct',
  concerns: 'standing',
  summary:
    'Names are unique and well formed, as are image repositories, addresses, host names and the targets of external services.',
  judge: ({ state, environment }) => {
    const { services, stacks, containers, endpoints, externals, retained } = state;
    const [short, long] = [
      [...services, ...externals],
      [...stacks, ...containers, ...retained, ...endpoints],
    ];
    return [
      ...repeated([...short, ...long]),
      ...malformed(short, 'name', isName, 'well-formed name', `use ${nameRule}`),
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
      ...externals.flatMap((external) => judgeTargets(external, environment.rules.stages)),
    ];
  },
});

/** An external service has one well-formed target at each of some stages. */
function judgeTargets({ name, targets }: External, stages: readonly string[]): Finding[] {
  const about = (aspect: string) => ({ service: null, object: name, aspect: `target ${aspect}` });
  const change = `'cmanage changeexternal ${name}`;
  if (targets.length === 0) {
    const remedy = `give it one by ${change} --target STAGE=HOST:PORT'`;
    return [{ ...about('none'), fact: 'it has no target', remedy }];
  }
  return targets.flatMap((target, index): Finding[] => {
    const { stage, host, port } = target;
    const where = `its target ${JSON.stringify(targetText(target))} at stage ${stage}`;
    const findings: Finding[] = [];
    if (!stages.includes(stage)) {
      const remedy = `choose one of ${stages.join(', ')}, add it to rules.yml, or take the target out by ${change} --drop-target ${stage}'`;
      const fact = `it has a target at stage ${JSON.stringify(stage)}, and there is no such stage`;
      findings.push({ ...about(`stage ${stage}`), fact, remedy });
    }
    if (targets.findIndex((other) => other.stage === stage) < index) {
      const fact = `it has several targets at stage ${stage}`;
      findings.push({ ...about(`repeated ${stage}`), fact, remedy: 'give one for each stage' });
    }
    if (!isHost(host)) {
      const fact = `${where} has no IPv4 address or host name`;
      findings.push({ ...about(`host ${stage}`), fact, remedy: 'give one like db.example.com' });
    }
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      const fact = `${where} has no TCP port`;
      findings.push({ ...about(`port ${stage}`), fact, remedy: 'choose one from 1 to 65535' });
    }
    return findings;
  });
}

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
