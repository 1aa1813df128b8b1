import { parseTemplate, type TemplateKind, type TemplateOf } from '@trprompt/core';

/** The templates of one kind, by id, checked when the service starts. */
export class TemplateBook<K extends TemplateKind> {
  readonly #templates = new Map<string, TemplateOf<K>>();

  /**
   * @param loaded parsed template files by id, of all kinds
   * @throws TemplateError when one of this kind is wrong, or there is none
   */
  constructor(
    loaded: ReadonlyMap<string, unknown>,
    readonly kind: K,
  ) {
    for (const [id, content] of loaded) {
      const template = parseTemplate(content, `template ${id}`);
      if (isKind(template, kind)) this.#templates.set(id, template);
    }
    if (this.#templates.size === 0)
      throw new Error(`there is no template of kind ${kind}: add one to the templates folder`);
  }

  /** @throws what `missing` makes of a sentence that lists the templates there are */
  get(id: string, missing: (message: string) => Error): TemplateOf<K> {
    const template = this.#templates.get(id);
    if (template) return template;
    throw missing(
      `template is "${id}": this service has ${[...this.#templates.keys()].toSorted().join(', ')}`,
    );
  }
}

function isKind<K extends TemplateKind>(
  template: { kind: TemplateKind },
  kind: K,
): template is TemplateOf<K> {
  return template.kind === kind;
}
