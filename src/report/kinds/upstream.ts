import { containersOf, stacksOf } from '../../model/lookup.ts';
import { parametersFor } from '../../model/rules.ts';
import type { Service } from '../../model/state.ts';
import { compareInOrder, defaultOrder, sortTags } from '../../model/versionOrder.ts';
import type { Column } from '../kind.ts';
import type { View } from './view.ts';

/** The tags later than everything a service runs, the newest first; null where no registry was heard, or nothing runs that has an order. */
export function newerTags({ state, environment, upstream }: View, { name, image }: Service): string[] | null {
  const tags = upstream.get(image)?.tags;
  const top = stacksOf(state, name)
    .flatMap((stack) => containersOf(state, stack.name).at(-1) ?? [])
    .at(0);
  if (!tags || !top) return null;
  const order = parametersFor(environment.rules, 'stack-versions', name, defaultOrder);
  const isNewer = (tag: string): boolean =>
    (compareInOrder(order, { version: tag, created: null }, top) ?? 0) > 0;
  return sortTags(order, tags.filter(isNewer)).reverse();
}

/** The newest tag upstream and how many more there are. It is there where registries were asked, now or before. */
export function newerColumn(view: View): Column<Service> {
  const heard = [...view.upstream.values()].map(({ asked }) => asked).sort();
  const since = view.isUpstreamAsked || heard.length === 0 ? '' : ` (${heard[0]?.slice(0, 10) ?? ''})`;
  const text = (service: Service): string | null => {
    const tags = newerTags(view, service);
    if (tags === null) return null;
    const [newest, ...others] = tags;
    return newest === undefined ? 'up to date' : `${newest}${others.length > 0 ? ` +${others.length}` : ''}`;
  };
  return {
    ...{ name: 'newer', heading: `Newer${since}`, value: text, rank: 2 },
    shown: view.isUpstreamAsked ? (): boolean => true : heard.length > 0 ? 'screen' : 'asked',
    tone: (service) => ((newerTags(view, service)?.length ?? 0) > 0 ? 'attention' : 'faint'),
  };
}
