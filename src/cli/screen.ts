import { paint, type Style } from '../report/style.ts';
import { terminalColumns } from './options.ts';

/** How answers are laid out on standard output. */
export function screen(): Style {
  return { columns: terminalColumns(), colour: paint(process.stdout, process.env) };
}
