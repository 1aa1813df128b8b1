import { renderTemplate, placeholders } from './render.js';
import type {
  CriticTemplate,
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
