import { isAddress, isHostName, isLongName, isName, isRepository, nameRule } from '../model/names.ts';
import { constraint, type Finding } from './constraint.ts';

export const names = constraint({
  code: 'names',
  kind: 'correct',
  summary: 'Names are unique and well formed, as are image repositories, addresses and host names.',
  judge: ({ state }) => {
    const rows = [...state.services, ...state.stacks, ...state.containers, ...state.endpoints];
    const counts = new Map<string, number>();
    for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
    const finding = (object: string, fact: string, remedy: string): Finding => ({
      service: null,
      object,
      fact,
      remedy,
    });
    return [
      ...[...counts]
        .filter(([, count]) => count > 1)
        .map(([name, count]) => finding(name, `${count} objects have this name`, 'rename one of them')),
      ...state.services
        .filter((service) => !isName(service.name))
        .map((service) => finding(service.name, 'it is no well-formed name', `use ${nameRule}`)),
      ...[...state.stacks, ...state.containers, ...state.endpoints]
        .filter((row) => !isLongName(row.name))
        .map((row) =>
          finding(row.name, 'it is no well-formed name', 'use lower-case letters, digits and hyphens'),
        ),
      ...state.services
        .filter((service) => !isRepository(service.image))
        .map(({ name, image }) =>
          finding(
            name,
            `its image ${JSON.stringify(image)} is no repository`,
            'give REGISTRY/NAME without a tag',
          ),
        ),
      ...state.endpoints
        .filter((endpoint) => endpoint.address !== null && !isAddress(endpoint.address))
        .map(({ name, address }) =>
          finding(name, `${JSON.stringify(address)} is no IPv4 address`, 'give one, or none'),
        ),
      ...state.endpoints
        .filter((endpoint) => endpoint.url !== null && !isHostName(endpoint.url))
        .map(({ name, url }) =>
          finding(name, `${JSON.stringify(url)} is no host name`, 'give one like www.example.com'),
        ),
    ];
  },
});
