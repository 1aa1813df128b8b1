import { type Markup, trusted } from './escape.js';

/** The report's whole style sheet: light, dark and print, no external resource. */
export const styles: Markup = trusted(`
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c1e21; --muted: #6a7078; --line: #dcdfe3; --panel: #f6f7f8;
  --series-1: #1f5fa8; --series-2: #b3541e; --series-3: #3f7d4e; --series-4: #7a4a94;
  --good: #2c6e3f; --good-panel: #e8f3ea; --bad: #9f2f26; --bad-panel: #f9eae8; --plain-panel: #eef0f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e4e6e9; --muted: #9aa1a9; --line: #34383e; --panel: #1e2125;
    --series-1: #77aee8; --series-2: #e39a67; --series-3: #82c492; --series-4: #c39ade;
    --good: #8fd0a0; --good-panel: #1d2f23; --bad: #ee9b92; --bad-panel: #38211f; --plain-panel: #25292e;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, "DejaVu Serif", serif;
}
main { max-width: 49rem; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
h1, h2, h3, table, figcaption, .meta, .badge, .legend, .toc, .term { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.85rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
h2 { font-size: 1.22rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: .6rem 0; }
a { color: var(--series-1); }
.meta { color: var(--muted); font-size: .85rem; margin: 0; }
.toc { font-size: .85rem; margin: 1rem 0 0; line-height: 1.9; }
.toc { display: flex; flex-wrap: wrap; column-gap: 1.1rem; }
.toc a { text-decoration: none; white-space: nowrap; }
.missing { color: var(--muted); font-style: italic; }
.verdict { margin: .6rem 0; padding: .65rem .9rem; border-left: 4px solid var(--muted); background: var(--plain-panel); }
.verdict.improvement { border-color: var(--good); background: var(--good-panel); }
.verdict.worse { border-color: var(--bad); background: var(--bad-panel); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .84rem; margin: .75rem 0 1rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .35rem; }
th, td { padding: .32rem .7rem .32rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 1.5px solid var(--ink); font-weight: 600; white-space: nowrap; }
tfoot td, tfoot th { border-bottom: 0; border-top: 1.5px solid var(--ink); font-weight: 600; }
tbody th { font-weight: normal; }
tr.ours > * { font-weight: 600; }
th.n, td.n { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
figure { margin: 1rem 0 1.25rem; break-inside: avoid; }
figure svg { width: 100%; height: auto; overflow: visible; }
figcaption { color: var(--muted); font-size: .82rem; line-height: 1.45; margin-top: .4rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .82rem; margin-bottom: .4rem; }
.legend i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .4rem; border: 2px solid currentColor; vertical-align: -1px; }
.legend i.filled { background: currentColor; }
.legend span span { color: var(--ink); }
.badge { display: inline-block; font-size: .72rem; font-weight: 600; padding: .05rem .5rem; border-radius: 3px; background: var(--plain-panel); margin-right: .4rem; }
.badge.right { color: var(--good); background: var(--good-panel); }
.badge.wrong { color: var(--bad); background: var(--bad-panel); }
.sample { border: 1px solid var(--line); border-radius: 5px; padding: .8rem 1rem; margin: .9rem 0; break-inside: avoid; }
.sample dl { display: grid; grid-template-columns: 5.2rem 1fr; gap: .45rem .9rem; margin: .6rem 0 0; font-size: .92rem; }
dt.term { color: var(--muted); font-size: .78rem; padding-top: .12rem; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
dd.prompt { font-weight: 600; }
blockquote { margin: .6rem 0; padding: .6rem .95rem; background: var(--panel); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .93rem; }
ins { color: var(--good); background: var(--good-panel); text-decoration: underline; text-decoration-thickness: 1px; }
del { color: var(--bad); background: var(--bad-panel); }
pre { font: .78rem/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; background: var(--panel); padding: .9rem 1rem; border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
td code { overflow-wrap: normal; }
td.text { white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .85em ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
@media (max-width: 36rem) { figure svg { min-width: 34rem; } main { padding-top: 1.5rem; } .sample dl { grid-template-columns: 1fr; gap: .1rem .9rem; } dd { margin-bottom: .5rem; } }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ink: #000; --muted: #555; --line: #ccc; --panel: #f5f5f5;
    --series-1: #1f5fa8; --series-2: #b3541e; --series-3: #3f7d4e; --series-4: #7a4a94;
    --good: #1d5a2e; --good-panel: #eef5ef; --bad: #8a241c; --bad-panel: #f8eeec; --plain-panel: #f1f2f3;
  }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .toc { display: none; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
}
`);
