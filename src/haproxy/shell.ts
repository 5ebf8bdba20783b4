import { execa } from 'execa';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';

/**
 * Milliseconds of silence after which a script that has ended is not listened to any more. What it leaves behind, such as the connection
 * that ssh keeps for others (ControlPersist), holds its output open for as long as it lives.
 */
const lingers = 500;

/**
 * Runs a script on the load balancer's machine, behind the prefix its entry gives (`ssh lb01`). The script goes in by
 * standard input, so that nothing has to be quoted for whatever the prefix is. Returns what it printed.
 */
export async function runScript(
  balancer: BalancerConnection,
  doing: string,
  script: string,
  seconds: number,
): Promise<string> {
  const [prefix, ...words] = balancer.run;
  const [program, arguments_] = prefix === undefined ? ['sh', ['-s']] : [prefix, [...words, 'sh', '-s']];
  // A process group of its own: Ctrl-C is cmanage's to handle, and must not cut a change of HAProxy in two; and at the
  // deadline the whole group is ended, because a child of the shell would keep its output open.
  const running = execa(program, arguments_, { input: script, reject: false, detached: true });
  const letGo = (): void => {
    running.stdout.destroy();
    running.stderr.destroy();
  };
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    killGroup(running.pid);
    letGo();
  }, seconds * 1000);
  let lingering: NodeJS.Timeout | undefined;
  const letGoWhenQuiet = (): void => {
    lingering = setTimeout(() => {
      let isQuiet = true;
      const hear = (): void => void (isQuiet = false);
      running.stdout.once('data', hear);
      // On a busy machine a timer may be due before anything was read; whatever is there is read in between.
      setImmediate(() => {
        running.stdout.off('data', hear);
        if (isQuiet) letGo();
        else letGoWhenQuiet();
      });
    }, lingers);
  };
  running.once('exit', letGoWhenQuiet);
  const result = await running;
  clearTimeout(timer);
  clearTimeout(lingering);
  if (!result.failed && !late.signal.aborted) return result.stdout;
  const said = result.stderr.trim() || result.shortMessage;
  const reason = late.signal.aborted ? `no answer within ${seconds} s` : said;
  throw new HostError(balancer.name, doing, reason);
}

/** Ends a whole process group, whose leader may have ended before. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A word for the shell, between single quotes. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Shell text that writes the given content to the file named by a shell variable, whatever the content is. */
export function writeContent(variable: string, content: string): string {
  const encoded = Buffer.from(content)
    .toString('base64')
    .replace(/(.{76})/g, '$1\n');
  return `base64 -d > "$${variable}" <<'END_OF_CONTENT'\n${encoded}\nEND_OF_CONTENT\n`;
}

/** Seconds after which a master that says nothing more is no longer listened to. */
export const masterPatience = 5;

/** Asks HAProxy's master process, for at most some seconds; its answer, which is empty where it gave none in its time. */
export async function askMaster(
  balancer: BalancerConnection,
  command: string,
  seconds = 10,
): Promise<string> {
  const { masterSocket, config } = balancer;
  const script = `echo ${quote(command)} | socat -t ${masterPatience} - UNIX-CONNECT:${quote(masterSocket)}`;
  try {
    return await runScript(balancer, `asking HAProxy's master '${command}'`, script, seconds);
  } catch (error) {
    const reason = /(Connection refused|No such file or directory|Permission denied)\s*$/.exec(
      (error as Error).message,
    )?.[1];
    if (reason === undefined) throw error;
    const remedy = `does it run, as 'haproxy -W -S ${masterSocket} -f ${config}'?`;
    throw new HostError(
      balancer.name,
      'asking HAProxy',
      `its master does not answer on ${masterSocket} (${reason}): ${remedy}`,
    );
  }
}
