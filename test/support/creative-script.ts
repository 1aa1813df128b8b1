import { createHash } from 'node:crypto';
import { roleReader } from './default-script.js';
import type { ChatRequest, Script } from './scripted-openai.js';

/** Lines to be written, for which there is no gold answer. */
export function creativeTask(
  count: number,
): { exampleId: string; question: string; answer: string; split: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    exampleId: `w${String(index).padStart(3, '0')}`,
    question: `Write one line about thing number ${index}.`,
    answer: '',
    split: index % 5 === 3 ? 'validation' : index % 5 === 4 ? 'test' : 'train',
  }));
}

/**
 * A small world without gold answers; everything is a function of the request alone. Lines have one to four exclamation marks: more under a prompt that
 * asks for a vivid one, which the prompt model writes more often under a reward text that praises it. The judge prefers the line with more of them, but
 * for every sixth question the one that it sees first, and for every ninth it says nothing that can be read.
 */
export function creativeScript(): Script {
  const roleOf = roleReader();
  return (request) => {
    const role = roleOf(request);
    const content = request.messages.map((message) => message.content).join('\n\n');
    const random = draw(`${role}\n${request.seed ?? 0}\n${content}`);
    const vivid = /vivid/i.test(content);
    switch (role) {
      case 'prompt-model':
        return { text: random < (vivid ? 0.7 : 0.3) ? 'Be vivid and brief.' : 'Please write it.' };
      case 'judge':
        return { text: verdictOn(request) };
      case 'critic':
        return {
          text: /better than/.test(content) ? 'A vivid instruction that helped.' : 'Too vague to help.',
        };
      case 'critique':
        return { text: 'The text should praise prompts that ask for something vivid.' };
      case 'edit':
        return { text: `<reward>The prompt asked for a vivid line. (${Math.floor(random * 1e6)})</reward>` };
      default: {
        const thing = /thing number (\d+)/.exec(content)?.[1] ?? '';
        return { text: `Thing ${thing} shines${'!'.repeat((vivid ? 2 : 1) + Math.floor(random * 3))}` };
      }
    }
  };
}

function verdictOn({ messages }: ChatRequest): string {
  const content = messages.at(-1)?.content ?? '';
  const number = Number(/thing number (\d+)/.exec(content)?.[1]);
  if (number % 9 === 8) return 'Lines are like clouds.';
  if (number % 6 === 5) return '[[A]]';
  const [a = 0, b = 0] = ['A', 'B'].map((label) => {
    const answer = new RegExp(
      `\\[answer ${label} (\\w+)\\]\\n([^]*?)\\n\\[end of answer ${label} \\1\\]`,
    ).exec(content);
    return answer?.[2]?.split('!').length ?? 0;
  });
  if (a === b) return 'They are alike. [[tie]]';
  return `One is livelier. [[${a > b ? 'A' : 'B'}]]`;
}

function draw(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
