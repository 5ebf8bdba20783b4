import { parseRowTemplate } from '../../report/rowTemplate.ts';
import { isPattern } from '../../model/rules.ts';
import { exitCode } from '../exit.ts';
import { terminalColumns } from '../options.ts';
import { page } from './pager.ts';
import { openSession } from '../session.ts';
import { rendered, type Answer } from './showAnswer.ts';
import { answers } from './showKinds.ts';
import { viewOf } from './showView.ts';
import type { ShowOptions, Thing } from '../commands/show.ts';

/**
 * Shows what the model holds, once, or with `watch` again and again until it is interrupted. The format `schema` says what the JSON
 * of an answer looks like, and needs no environment.
 */
export async function show(what: Thing, options: ShowOptions): Promise<number> {
  const { output: format, watch, pattern } = options;
  if (format === 'schema') {
    const { jsonSchemaOf } = await import('../../config/showSchemas.ts');
    const shown = what === 'operations' && pattern !== null ? 'operation' : what;
    console.log(JSON.stringify(jsonSchemaOf(shown), null, 2));
    return exitCode.done;
  }
  const template = options.template === null ? null : parseRowTemplate(options.template);
  const render = async (): Promise<Iterable<string>> =>
    rendered(await look(what, options), { format, template, width: terminalColumns() });
  if (watch === null) await page(await render(), options.pager);
  else {
    const { watchAnswers } = await import('../drift/watchAnswers.ts');
    await watchAnswers(render, watch);
  }
  return exitCode.done;
}

async function look(what: Thing, options: ShowOptions): Promise<Answer> {
  const session = await openSession(
    { ...options, output: 'table' },
    { write: false, concerns: concernsOf(what, options) },
  );
  try {
    const view = await viewOf(what, options, session);
    return await answers[what]({ view, asked: options, session });
  } finally {
    await session.close();
  }
}

/** One service by its name needs no more than its part of the state, and the journal nothing of it; everything else is about all of it. */
function concernsOf(what: Thing, { pattern }: ShowOptions): readonly string[] | undefined {
  if (what === 'operations' || what === 'locks') return [];
  return what === 'services' && pattern !== null && !isPattern(pattern) ? [pattern] : undefined;
}
