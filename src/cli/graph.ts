import { UserError } from '../model/errors.ts';
import { matchesPattern } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { cardsOf } from '../report/graph/cards.ts';
import { graphSvg } from '../report/graph/svg.ts';
import { dotText, graphOf, mermaidText } from '../report/graph/text.ts';
import { around, partOf } from '../report/audit/around.ts';
import type { GraphOptions } from './commands/graph.ts';
import { exitCode } from './exit.ts';
import { writeAnswer } from './report.ts';
import { openSession } from './session.ts';

/** `cmanage graph`: the environment, or what hangs together with some services, as a drawing or for a program that draws. */
export async function graph(pattern: string | null, options: GraphOptions): Promise<number> {
  const session = await openSession({ ...options, output: 'table' }, { write: false });
  try {
    const { config, state } = session;
    const part = pattern === null ? state : partWith(state, pattern);
    const title = `${config.settings.environmentName} at revision ${state.revision}`;
    writeAnswer(textOf(options.output, part, title, config.environment.rules.stages), options.out);
    return exitCode.done;
  } finally {
    await session.close();
  }
}

function partWith(state: State, pattern: string): State {
  const names = state.services.map(({ name }) => name).filter((name) => matchesPattern(pattern, name));
  if (names.length === 0) throw new UserError(`there is no service ${pattern}: see 'cmanage show services'`);
  const part = partOf(state, around(state, new Set(names)));
  const called = new Set(part.edges.map(({ child }) => child));
  return { ...part, externals: state.externals.filter(({ name }) => called.has(name)) };
}

function textOf(
  format: GraphOptions['output'],
  state: State,
  title: string,
  stages: readonly string[],
): string {
  switch (format) {
    case 'svg':
      return graphSvg(cardsOf(state), stages, title);
    case 'dot':
      return dotText(graphOf(state), title);
    case 'mermaid':
      return mermaidText(graphOf(state), title);
  }
}
