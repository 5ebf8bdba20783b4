import { font } from './layout.ts';

/** The colours of the stages by position, for light and for dark paper; what stands at no stage comes last. */
const light = ['#bfe6c8', '#fbe3a4', '#c9dcfb', '#e7d0f5', '#f9cfc4', '#c6ebe8', '#e3e6ea'];
const dark = ['#245c38', '#6b5213', '#27477d', '#54326e', '#743a2b', '#1f5a57', '#3a4048'];

const strong = {
  light: ['#3aa35a', '#b8860b', '#3f78d8', '#9a55c9', '#d9573f', '#2aa39b', '#808a95'],
  dark: ['#4fb371', '#d1a93a', '#6a9cf0', '#b884dc', '#e58470', '#4fbdb5', '#77808a'],
};

function variables(prefix: string, colours: readonly string[]): string {
  return colours.map((colour, index) => `--${prefix}${nameOf(index)}:${colour}`).join(';');
}

function nameOf(index: number): string {
  return index < 6 ? `p${index}` : 'px';
}

const stages = light
  .map(
    (_, index) =>
      `.graph .${nameOf(index)}{fill:var(--${nameOf(index)})}.graph .b.${nameOf(index)}{fill:var(--strong-${nameOf(index)})}.graph path.${nameOf(index)}{fill:none;stroke:var(--strong-${nameOf(index)})}`,
  )
  .join('');

/** The look of drawings, in a page and by themselves. */
export const graphStyle = `
:root{--ink:#1c232b;--soft:#5a6672;--line:#b4bcc5;--paper:#fff;--card:#f6f7f9;${variables('', light)};${variables('strong-', strong.light)}}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa6b2;--line:#4d5762;--paper:#14181d;--card:#1d2229;${variables('', dark)};${variables('strong-', strong.dark)}}}
.graph{font:${font.size}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.graph text{fill:var(--ink)}
.graph .s{font-weight:600}.graph .x{font-style:italic}.graph .o{fill:var(--soft);font-weight:400;text-decoration:underline dotted}
.graph .n{fill:var(--soft);font-weight:400;font-style:normal}
.graph .v{text-anchor:middle}
.graph path{fill:none;stroke:var(--line)}.graph .d{stroke-width:1.5}.graph .l{shape-rendering:crispEdges}
${stages}
.graph .e,.graph .h{fill:var(--card);stroke:var(--line)}
.graph rect.q{fill:none;stroke:var(--line);stroke-dasharray:2 2}
.graph .paper{fill:var(--paper)}.graph .head{font-size:14px;font-weight:600}
`.trim();
