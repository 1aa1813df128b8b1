import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startScriptedOpenAi } from './scripted-openai.js';

/**
 * The scripted endpoint as a process of its own, for benchmarks and end-to-end tests.
 * Usage: node stub-openai-main.js [--latency <ms>] [--port <port>] [--golds <json file: {question: answer}>] [--fixed <text>]
 * Prints one JSON line when it listens: {"event":"listening","baseUrl":"http://127.0.0.1:<port>/v1"}. Ends on SIGTERM, SIGINT or when its
 * standard input closes.
 */
const { values } = parseArgs({
  options: {
    latency: { type: 'string', default: '0' },
    port: { type: 'string', default: '0' },
    golds: { type: 'string' },
    fixed: { type: 'string' },
  },
});
const golds = values.golds
  ? new Map(Object.entries(JSON.parse(readFileSync(values.golds, 'utf8')) as Record<string, string>))
  : undefined;
const fixed = values.fixed;
const server = await startScriptedOpenAi({
  latencyMs: Number(values.latency),
  port: Number(values.port),
  golds,
  record: false,
  script: fixed === undefined ? undefined : () => ({ text: fixed }),
});
process.stdout.write(`${JSON.stringify({ event: 'listening', baseUrl: server.baseUrl })}\n`);

const stop = (): void => {
  void server.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.stdin.once('end', stop).once('close', stop).resume();
