import { connect } from 'node:net';

/**
 * Sends one line to a socket of HAProxy and gives everything it answers. The sending side is closed at once: the master
 * keeps its connection open for more commands until it sees that.
 */
function ask(socket: string, command: string, timeoutMs = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const connection = connect(socket);
    connection.end(`${command}\n`);
    connection.setEncoding('utf8');
    connection.setTimeout(timeoutMs, () => {
      connection.destroy(new Error(`${command}: no answer from ${socket} within ${timeoutMs} ms`));
    });
    connection.on('data', (part: string) => (answer += part));
    connection.on('error', reject);
    connection.on('end', () => {
      resolve(answer.trimEnd());
    });
  });
}

/** A command of the master process, such as `show proc` or `reload`. */
export const masterCommand = (socket: string, command: string): Promise<string> => ask(socket, command);

/** A command of the current worker, such as `show stat` or `show servers state`; several may be joined by `;`. */
export const statsCommand = (socket: string, command: string): Promise<string> => ask(socket, command);
