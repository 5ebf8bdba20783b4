import type { Column } from '../kind.ts';
import type { Answer, View } from './view.ts';

/** What a host or load balancer has said when it was asked, for programs; null where nobody asked. */
export function answerOf(
  { answers, isLive }: View,
  name: string,
): { status: Answer['status'] | null; fact: string | null } {
  const answer = answers.get(name);
  return isLive && answer ? answer : { status: null, fact: null };
}

/** The same for people, with what is wrong. It is there where hosts and load balancers were asked. */
export function answerColumn(view: View): Column<{ readonly name: string }> {
  return {
    ...{ name: 'status', heading: 'Status', shown: view.isLive ? (): boolean => true : 'asked' },
    value: ({ name }) => {
      const { status, fact } = answerOf(view, name);
      return status === null || fact === null ? status : `${status}: ${fact}`;
    },
    tone: ({ name }) => {
      const { status } = answerOf(view, name);
      return status === null ? null : status === 'ok' ? 'good' : 'bad';
    },
  };
}
