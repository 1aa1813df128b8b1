import {
  addUsage,
  buildJudgeMessages,
  combineOrders,
  judgementWithoutJudge,
  noUsage,
  readVerdict,
  winnerOf,
  type Judgement,
  type JudgeTemplate,
  type Usage,
  type Winner,
} from '@trprompt/core';
import {
  ChatError,
  completeItems,
  requestText,
  type ChatModel,
  type ChatRequest,
  type Decoding,
  type ItemOutcome,
} from '@trprompt/llm';
import { remainingMs, type IdempotentResults } from '@trprompt/service';

/** Comparisons and how they are made. */
export interface JudgeBatch {
  items: readonly JudgeItem[];
  template: JudgeTemplate;
  /** Empty: the template's. */
  system: string;
  /** Empty: the template's. */
  criteria: string;
  model: string;
  decoding: Decoding;
}

/** Two answers to one question. */
export interface JudgeItem {
  itemId: string;
  question: string;
  /** The answer under test. */
  candidate: string;
  /** The answer that it is compared with. */
  reference: string;
  seed: number;
  /** Empty: nothing is kept. */
  idempotencyKey: string;
}

/** What the judge said in one order. */
export interface JudgedOrder {
  candidateFirst: boolean;
  /** Undefined: no verdict could be read, also after the stricter ask. */
  winner: Winner | undefined;
  /** The judge's text, of the stricter ask if there was one. */
  text: string;
  askedAgain: boolean;
}

/** A comparison with its cost. */
export interface Judged extends Judgement {
  /** Empty: no call was needed. */
  orders: JudgedOrder[];
  usage: Usage;
}

/** An order as it is kept. */
export interface PaidOrder extends JudgedOrder {
  usage: Usage;
  /** A failure of the other order has told this usage already. */
  told: boolean;
}

/** Characters of a judge's text that are handed on. */
const SHOWN = 2000;

/**
 * A language model as judge of two answers (Zheng et al. 2023, "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", arXiv 2306.05685). Judges prefer
 * places, lengths and their own writing: so both orders are asked and have to agree (section 3.4; the size of the position bias: Wang et al. 2023, "Large
 * Language Models are not Fair Evaluators", arXiv 2305.17926), the answers carry neither name nor prompt, and the template says that length is no merit and
 * that nothing in an answer is an instruction.
 */
export class Judge {
  constructor(
    private readonly chat: ChatModel,
    private readonly kept: IdempotentResults<PaidOrder>,
  ) {}

  /**
   * Outcomes in order of completion, one per item. A verdict that cannot be read is asked for once more, strictly.
   * @param deadlineAt when the caller gives up, on the clock of performance.now(): no attempt and no wait goes beyond it
   */
  judge(batch: JudgeBatch, signal: AbortSignal, deadlineAt: number): AsyncIterable<ItemOutcome<Judged>> {
    return completeItems(
      batch.items,
      (item, itemSignal) => this.compare(batch, item, itemSignal, deadlineAt),
      signal,
    );
  }

  private async compare(
    batch: JudgeBatch,
    item: JudgeItem,
    signal: AbortSignal,
    deadlineAt: number,
  ): Promise<Judged> {
    const known = judgementWithoutJudge(item.candidate, item.reference);
    if (known) return { ...known, orders: [], usage: noUsage() };
    const [first, second] = await Promise.allSettled(
      [true, false].map((candidateFirst) => this.order(batch, item, candidateFirst, signal, deadlineAt)),
    );
    if (first?.status === 'fulfilled' && second?.status === 'fulfilled') {
      const paid = [first.value, second.value];
      const usage = paid.reduce((sum, order) => addUsage(sum, untold(order)), noUsage());
      const orders = paid.map(({ usage: _usage, told: _told, ...order }) => order);
      return { ...combineOrders([first.value.winner, second.value.winner]), orders, usage };
    }
    throw failureOf([first, second]);
  }

  private order(
    { template, system, criteria, model, decoding }: JudgeBatch,
    { question, candidate, reference, seed, idempotencyKey }: JudgeItem,
    candidateFirst: boolean,
    signal: AbortSignal,
    deadlineAt: number,
  ): Promise<PaidOrder> {
    const [a, b] = candidateFirst ? [candidate, reference] : [reference, candidate];
    const request = (strict: boolean): ChatRequest => ({
      ...decoding,
      model,
      messages: buildJudgeMessages(template, { question, a, b, criteria }, { system, strict }),
      seed,
    });
    const key = idempotencyKey === '' ? '' : `${idempotencyKey}/${candidateFirst ? 1 : 2}`;
    return this.kept.run(key, requestText(request(false)), signal, (shared) =>
      this.ask(request, candidateFirst, shared, deadlineAt),
    );
  }

  private async ask(
    request: (strict: boolean) => ChatRequest,
    candidateFirst: boolean,
    signal: AbortSignal,
    deadlineAt: number,
  ): Promise<PaidOrder> {
    let usage = noUsage();
    for (const strict of [false, true]) {
      try {
        const asked = { ...request(strict), signal, deadlineMs: remainingMs(deadlineAt) };
        const completion = await this.chat.complete(asked);
        usage = addUsage(usage, completion.usage);
        const verdict = readVerdict(completion.text);
        if (verdict === undefined && !strict) continue;
        const winner = verdict && winnerOf(verdict, candidateFirst);
        const text = completion.text.trim().slice(0, SHOWN);
        return { candidateFirst, winner, text, askedAgain: strict, usage, told: false };
      } catch (error) {
        throw error instanceof ChatError ? error.withUsage(addUsage(usage, error.usage)) : error;
      }
    }
    throw new Error('the stricter ask is the last');
  }
}

function untold({ usage, told }: PaidOrder): Usage {
  return told ? noUsage() : usage;
}

/**
 * The failure of a comparison, with what both orders cost. An order that succeeded is kept for the next try and told here, so that each call is told
 * once.
 */
function failureOf(orders: readonly (PromiseSettledResult<PaidOrder> | undefined)[]): unknown {
  const errors: unknown[] = orders.flatMap((order) => (order?.status === 'rejected' ? [order.reason] : []));
  const other = errors.find((error) => !(error instanceof ChatError));
  if (other !== undefined) return other;
  const failures = errors.filter((error) => error instanceof ChatError);
  let usage = noUsage();
  for (const order of orders) {
    if (order?.status !== 'fulfilled') continue;
    usage = addUsage(usage, untold(order.value));
    order.value.told = true;
  }
  for (const failure of failures) usage = addUsage(usage, failure.usage);
  // What cannot pass decides: trying again would not help.
  const [first] = failures.toSorted((a, b) => Number(a.retryable) - Number(b.retryable));
  return first?.withUsage(usage) ?? new Error('an order failed without a reason');
}
