import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { ChatRequest, Script, ScriptedReply } from './scripted-openai.js';

/** Which role of the algorithm a request plays. */
export type ScriptedRole = 'prompt-model' | 'target' | 'critic' | 'judge' | 'critique' | 'edit';

const good = [
  'Reply with only the final number.',
  'Work it out, then reply with only the final number.',
  'Give only the final number, without any words.',
];
const poor = [
  'Think about it.',
  'This is a nice story!',
  'Explain the story in your own words.',
  'Let us think step by step and tell everything we notice.',
  'I can help with that.',
];

/**
 * A small world in which the algorithm has something to find. Everything is a function of the request alone.
 * The prompt model writes a good prompt more often under a reward text that asks for the final number, and more often still with an adapter;
 * the target model is right more often under a good prompt; the editor mostly, not always, writes reward texts that ask for it.
 */
export function defaultScript(options: { golds?: ReadonlyMap<string, string> | undefined } = {}): Script {
  const golds = options.golds ?? new Map<string, string>();
  const prefixes = templatePrefixes();
  return (request) => {
    const content = request.messages.map((message) => message.content).join('\n\n');
    const role = roleOf(request, prefixes);
    const random = draws(`${role}\n${request.seed ?? 0}\n${content}`);
    return replies[role](request, content, random, golds);
  };
}

/** Tells which role a request plays. */
export function roleReader(): (request: ChatRequest) => ScriptedRole {
  const prefixes = templatePrefixes();
  return (request) => roleOf(request, prefixes);
}

type Reply = (
  request: ChatRequest,
  content: string,
  random: () => number,
  golds: ReadonlyMap<string, string>,
) => ScriptedReply;

const asksForNumber = /only the final number/i;

const replies: Record<ScriptedRole, Reply> = {
  'prompt-model': (request, content, random) => {
    const share =
      (asksForNumber.test(content) ? 0.6 : 0.2) + (request.model.startsWith('adapter-') ? 0.3 : 0);
    return { text: pick(random() < share ? good : poor, random) };
  },
  target: (_request, content, random, golds) => {
    const gold = goldOf(content, golds);
    const chance = asksForNumber.test(content) ? 0.7 : 0.2;
    const right = random() < chance;
    const answer =
      gold !== undefined && right ? gold : String((Number(gold ?? 40) || 40) + 1 + Math.floor(random() * 9));
    return asksForNumber.test(content)
      ? { text: answer }
      : { text: `So, as I see it, the answer is ${answer}.` };
  },
  critic: (_request, content, random, golds) => {
    const gold = goldOf(content, golds);
    const leak = gold !== undefined && random() < 0.125 ? ` The right answer was ${gold}.` : '';
    const text = asksForNumber.test(content)
      ? 'A clear instruction: it asks for only the final number and the model followed it.'
      : 'The text does not tell the model what to do; it should ask for the result in a fixed form.';
    return { text: text + leak };
  },
  judge: (_request, _content, random) => ({ text: pick(['[[A]]', '[[B]]', '[[tie]]'], random) }),
  critique: (_request, _content, random) => ({
    text: pick(
      [
        'Prompts written under this text chat instead of instructing; it should praise short commands about the form of the answer.',
        'Failures ramble past the result. The text should reward prompts that ask for the result and nothing else.',
      ],
      random,
    ),
  }),
  edit: (_request, _content, random) => {
    const edits = [
      'The prompt is excellent: it commands the model to give only the final number.',
      'A short, direct instruction; the model replies with only the final number and is right.',
      'The prompt explains the problem well and is pleasant to read.',
    ];
    const text = `${pick(edits, random)} (${Math.floor(random() * 1e6)})`;
    return { text: `<reward>${text}</reward>` };
  },
};

/** Static text in front of the first placeholder of every instruction, by role: how requests are told apart, whatever the templates say. */
function templatePrefixes(): [string, ScriptedRole][] {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('@trprompt/core/package.json')),
    'templates',
  );
  const fields: Record<string, [string, ScriptedRole][]> = {
    'prompt-model': [['user', 'prompt-model']],
    critic: [['user', 'critic']],
    judge: [['user', 'judge']],
    textgrad: [
      ['critique', 'critique'],
      ['edit', 'edit'],
    ],
  };
  const prefixes: [string, ScriptedRole][] = [];
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || !file.name.endsWith('.yaml')) continue;
    const template = parse(readFileSync(join(file.parentPath, file.name), 'utf8')) as Record<string, unknown>;
    for (const [field, role] of fields[String(template.kind)] ?? []) {
      const text = template[field];
      const prefix = typeof text === 'string' ? text.slice(0, text.indexOf('{{')).trim() : '';
      if (prefix.length >= 8) prefixes.push([prefix, role]);
    }
  }
  return prefixes.sort((a, b) => b[0].length - a[0].length);
}

function roleOf(request: ChatRequest, prefixes: [string, ScriptedRole][]): ScriptedRole {
  const last = request.messages.at(-1)?.content.trimStart() ?? '';
  return prefixes.find(([prefix]) => last.startsWith(prefix))?.[1] ?? 'target';
}

function goldOf(content: string, golds: ReadonlyMap<string, string>): string | undefined {
  const parts = content.split('\n\n');
  for (const part of [parts[0], parts.at(-1)]) {
    const gold = part === undefined ? undefined : golds.get(part);
    if (gold !== undefined) return gold;
  }
  for (const [question, gold] of golds) if (content.includes(question)) return gold;
  return undefined;
}

function pick(texts: readonly string[], random: () => number): string {
  return texts[Math.floor(random() * texts.length)] ?? '';
}

/** Up to eight numbers in [0, 1) from the SHA-256 of the text. */
function draws(text: string): () => number {
  const digest = createHash('sha256').update(text).digest();
  let position = 0;
  return () => digest.readUInt32BE((position++ % 8) * 4) / 2 ** 32;
}
