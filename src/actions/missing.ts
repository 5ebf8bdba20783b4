import { refusal, refused } from '../model/violation.ts';

/** What an action answers when it is pointed at something that is not in the state. */
export function noSuchService(name: string): ReturnType<typeof refused> {
  return refused(refusal('stack-service', name, 'there is no such service', "see 'cmanage show services'"));
}

export function noSuchStack(name: string): ReturnType<typeof refused> {
  return refused(refusal('stack-service', name, 'there is no such stack', "see 'cmanage show stacks'"));
}

export function noSuchEndpoint(name: string): ReturnType<typeof refused> {
  return refused(
    refusal('endpoint-service', name, 'there is no such endpoint', "see 'cmanage show endpoints'"),
  );
}
