import { isTag } from '../model/names.ts';
import { stackNamed } from '../model/lookup.ts';
import { constraint } from './constraint.ts';

export const containerVersion = constraint({
  code: 'container-version',
  kind: 'correct',
  concerns: 'standing',
  summary:
    'Every container has a version, which is a well-formed tag, and the digest it stands for (thesis 4.1, rule 7).',
  judge: ({ state }) =>
    state.containers.flatMap((container) => {
      const service = stackNamed(state, container.stack)?.service ?? null;
      // The same bits on a twin are the same breach.
      const breach = {
        counts: service ?? container.name,
        aspect: `${container.version} ${container.digest}`,
      };
      const about = { service, object: container.name, ...breach };
      if (!isTag(container.version)) {
        const remedy = 'give a tag of letters, digits, dots, hyphens and underscores';
        return [
          { ...about, fact: `its version ${JSON.stringify(container.version)} is no image tag`, remedy },
        ];
      }
      if (!/^sha256:[0-9a-f]{64}$/.test(container.digest)) {
        return [
          {
            ...about,
            fact: `its digest ${JSON.stringify(container.digest)} is none`,
            remedy: 'release it again',
          },
        ];
      }
      return [];
    }),
});
