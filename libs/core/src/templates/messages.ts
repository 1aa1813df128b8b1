import { sha256Hex } from '../seeds/hash.js';
import { renderTemplate, placeholders } from './render.js';
import type {
  CriticTemplate,
  JudgeTemplate,
  Placement,
  PromptModelTemplate,
  TargetTemplate,
  TextgradTemplate,
} from './template.js';

/** One message of a chat, as every OpenAI-compatible endpoint takes it. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/**
 * What the prompt model is asked: a system message when the template has system text, then one user message with reward and
 * question filled in. Training conditions on the very same messages, so the worker reproduces this function.
 */
export function buildPromptModelMessages(
  template: PromptModelTemplate,
  question: string,
  reward: string,
): ChatMessage[] {
  return chat(template.system, renderTemplate(template.user, { question, reward }));
}

/** What one target call is made from. */
export interface TargetValues {
  question: string;
  /** Empty: the bare question is asked. */
  prompt: string;
  /** Empty or undefined: the template's. */
  placement?: Placement | '' | undefined;
  /** Empty or undefined: the template's. */
  system?: string | undefined;
  /** Role of the message that carries the question; empty or undefined: user. */
  role?: 'user' | 'system' | '' | undefined;
}

/**
 * What the target model is asked. Question and prompt share one message (append: question first, prepend: prompt first),
 * joined by the template's separator; or (system) the prompt joins the system message. An empty prompt leaves no separator.
 */
export function buildTargetMessages(template: TargetTemplate, values: TargetValues): ChatMessage[] {
  const { question, prompt } = values;
  const placement = values.placement || template.placement;
  const system = values.system || template.system;
  const role = values.role || 'user';
  const join = (...parts: string[]) => parts.filter((part) => part !== '').join(template.separator);
  const inSystem = placement === 'system';
  const asked = inSystem
    ? question
    : placement === 'append'
      ? join(question, prompt)
      : join(prompt, question);
  return chat(inSystem ? join(system, prompt) : system, asked, role);
}

/** What a critic template may use. */
export interface CriticValues {
  question: string;
  prompt: string;
  answer: string;
  gold: string;
  /** Graded facts in words (mode hybrid); empty in mode llm. */
  facts: string;
}

/** What the critic model is asked; values that the template does not use are left out. */
export function buildCriticMessages(
  template: CriticTemplate,
  values: CriticValues,
  system = '',
): ChatMessage[] {
  const used = placeholders(template.user);
  const picked = Object.fromEntries(Object.entries(values).filter(([name]) => used.includes(name)));
  return chat(system || template.system, renderTemplate(template.user, picked));
}

/** What one comparison is made from: nothing in it says which answer is under test, nor what prompt led to it. */
export interface JudgeValues {
  question: string;
  /** The answer that is shown first, as A. */
  a: string;
  /** The answer that is shown second, as B. */
  b: string;
  /** What makes an answer good; empty: the template's own. */
  criteria: string;
}

/**
 * What a judge is asked. {{boundary}} marks where an answer begins and ends; it depends on the answers, so that none of them can contain it and pretend to
 * be the end of itself (the delimiting of Hines et al. 2024, "Defending Against Indirect Prompt Injection Attacks With Spotlighting").
 *
 * @param strict adds the template's stricter ask, for a judge whose verdict could not be read
 */
export function buildJudgeMessages(
  template: JudgeTemplate,
  values: JudgeValues,
  { system = '', strict = false }: { system?: string; strict?: boolean } = {},
): ChatMessage[] {
  const { question, a, b, criteria } = values;
  const all = {
    question,
    a,
    b,
    criteria: criteria.trim() || template.criteria,
    boundary: boundaryOf(values),
  };
  const used = placeholders(template.user);
  const picked = Object.fromEntries(Object.entries(all).filter(([name]) => used.includes(name)));
  const user = renderTemplate(template.user, picked);
  return chat(system || template.system, strict ? `${user}\n\n${template.strict}` : user);
}

/** The same in both orders, so that nothing but the order differs. */
function boundaryOf({ question, a, b }: JudgeValues): string {
  return sha256Hex(JSON.stringify([question, ...[a, b].toSorted()])).slice(0, 12);
}

/** What the editor is asked first: why prompts written under this reward fail or work. */
export function buildTextgradCritiqueMessages(
  template: TextgradTemplate,
  values: { reward: string; failures: string; successes: string },
): ChatMessage[] {
  return chat('', renderTemplate(template.critique, { ...values }));
}

/** What the editor is asked next: a better reward text between <reward> and </reward>. */
export function buildTextgradEditMessages(
  template: TextgradTemplate,
  values: { reward: string; critique: string },
): ChatMessage[] {
  return chat('', renderTemplate(template.edit, { ...values }));
}

function chat(system: string, content: string, role: 'user' | 'system' = 'user'): ChatMessage[] {
  const asked: ChatMessage = { role, content };
  return system === '' ? [asked] : [{ role: 'system', content: system }, asked];
}
