import { heightOf } from '../model/lookup.ts';
import { confinesAs, profileOf, profiles, type Profile } from '../model/profile.ts';
import type { Service, State } from '../model/state.ts';
import { constraint } from './constraint.ts';
import { stagesOf } from './stagesOf.ts';

export const profile = constraint({
  code: 'profile',
  kind: 'correct',
  concerns: 'standing',
  summary: 'Containers are confined at least as their stage asks for.',
  parameters: { least: 'baseline', strict: [] as readonly string[] },
  choices: { least: profiles },
  judge: ({ state, environment }, parametersOf) =>
    state.services.flatMap((service) => {
      const { least, strict } = parametersOf(service.name);
      const has = profileOf(service.settings);
      // Most houses ask for it nowhere, and then no tree need be walked.
      const stages = strict.length === 0 ? [] : stagesWith(state, service, environment.rules.stages);
      const demanding = stages.filter((stage) => strict.includes(stage));
      const wanted: Profile = demanding.length > 0 ? 'strict' : (least as Profile);
      if (confinesAs(has, wanted)) return [];
      const who = demanding.length > 0 ? `stage ${demanding.join(' and ')} asks for` : 'the rules ask for';
      return [
        {
          service: service.name,
          object: service.name,
          fact: `its containers run under the profile ${has}, and ${who} ${wanted}`,
          remedy: `add it with --profile ${wanted}, or say in an override of rules.yml why it needs ${has}`,
        },
      ];
    }),
});

/** The stages that any position of a service answers at. */
function stagesWith(state: State, { name }: Service, stages: readonly string[]): string[] {
  const positions = Array.from({ length: heightOf(state, name) }, (_, position) => position);
  const all = positions.flatMap((position) => stagesOf(state, name, position, stages));
  return [...new Set(all)];
}
