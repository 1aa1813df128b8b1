import { Template } from '@huggingface/jinja';

/** One turn of a chat, as chat templates expect it. */
export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The chat template cannot render these turns; the message is the template's own. */
export class ChatTemplateError extends Error {
  override name = 'ChatTemplateError';
}

/** ChatML, for models that carry no template of their own. */
const CHATML =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/**
 * A model's chat template (GGUF key `tokenizer.chat_template`), rendered as `apply_chat_template(add_generation_prompt=True)` of
 * Hugging Face transformers renders it, default system text included: training and inference see the same prompt.
 */
export class ChatTemplate {
  private readonly template: Template;

  /** @param specials texts of the model's special tokens, which some templates write themselves. */
  constructor(
    source: string | undefined,
    private readonly specials: { bos: string; eos: string },
  ) {
    this.template = new Template(source ?? CHATML);
  }

  /**
   * The prompt that the model continues with its answer.
   * @throws ChatTemplateError when the template refuses the turns (some demand that roles alternate).
   */
  render(messages: readonly ChatTurn[]): string {
    try {
      return this.template.render({
        messages: messages.map((message) => ({ ...message })),
        add_generation_prompt: true,
        bos_token: this.specials.bos,
        eos_token: this.specials.eos,
      });
    } catch (error) {
      throw new ChatTemplateError(error instanceof Error ? error.message : String(error));
    }
  }
}
