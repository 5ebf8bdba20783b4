import { Option, type Command } from 'commander';
import { balances, type Balance, type EndpointOptions, type Mode } from '../model/traffic.ts';
import { integer, parseAddress, parseCertificate, parseHostName, parsePort } from './arguments.ts';
import type { EndpointChange } from '../actions/changeEndpoint.ts';

/** What is typed of the way in through an endpoint; `false` is the `--no-` of an option. */
export type EndpointArguments = {
  readonly address?: string | false;
  readonly url?: string | false;
  readonly mode?: Mode;
  readonly certificate?: string | false;
  readonly redirectFrom?: number | false;
  readonly forwarded?: boolean;
  readonly balance?: Balance;
  readonly sticky?: boolean;
  readonly timeoutConnect?: number;
  readonly timeoutClient?: number;
  readonly timeoutServer?: number;
  readonly timeoutTunnel?: number;
};

const seconds = integer(1, 604_800);

/** The options that a new endpoint and a changed one have in common. Without a default: what is not typed is not given. */
export function withEndpointArguments(command: Command): Command {
  return command
    .option('--address <address>', "public address (else the load balancer's own)", parseAddress)
    .option('--url <host>', 'host name by which it is told apart on a shared port', parseHostName)
    .addOption(new Option('--mode <mode>', "http or tcp (else its service's)").choices(['http', 'tcp']))
    .option(
      '--certificate <file>',
      'PEM file with the key, on the load balancer: TLS ends there',
      parseCertificate,
    )
    .option('--redirect-from <port>', 'port where plain HTTP is redirected to it', parsePort)
    .option('--forwarded', 'set X-Forwarded-* (default for http)')
    .option('--no-forwarded', 'pass on the headers that come in')
    .addOption(
      new Option('--balance <way>', 'how requests are spread (else roundrobin)').choices([...balances]),
    )
    .option('--sticky', 'keep a client at one container by a cookie')
    .option('--timeout-connect <s>', 'seconds to reach a container (else 2)', seconds)
    .option('--timeout-client <s>', 'seconds a client may be silent (else 60)', seconds)
    .option('--timeout-server <s>', 'seconds a container may be silent (else 60)', seconds)
    .option(
      '--timeout-tunnel <s>',
      'seconds a TCP connection or web socket may be silent (else 3600)',
      seconds,
    );
}

/** What takes an option away again. */
export function withoutEndpointArguments(command: Command): Command {
  return command
    .option('--no-address', "the load balancer's own address again")
    .option('--no-url', 'answer every host name that no other endpoint claims')
    .option('--no-certificate', 'without TLS')
    .option('--no-redirect-from', 'without a redirect')
    .option('--no-sticky', 'without the cookie');
}

/** What was typed, as the change it asks for. */
export function changeTyped(typed: EndpointArguments & { readonly port?: number }): EndpointChange {
  const { port, address, url, certificate, redirectFrom, ...rest } = typed;
  return {
    ...defined({ port, address: orNull(address), url: orNull(url) }),
    options: defined({
      ...{ certificate: orNull(certificate), redirectFrom: orNull(redirectFrom) },
      ...optionsAsTyped(rest),
    }),
  };
}

/** Of all that was typed, what is named like the option it sets. */
function optionsAsTyped(typed: EndpointArguments): Optional<EndpointOptions> {
  const { mode, forwarded, balance, sticky, timeoutConnect, timeoutClient, timeoutServer, timeoutTunnel } =
    typed;
  const timeouts = { timeoutConnect, timeoutClient, timeoutServer, timeoutTunnel };
  return { mode, forwarded, balance, sticky, ...timeouts };
}

type Optional<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

function orNull<T>(value: T | false | undefined): T | null | undefined {
  return value === false ? null : value;
}

function defined<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
