import { parseTemplate } from '@trprompt/core';
import { defaultTemplatesFolder, loadTemplates } from '@trprompt/service';
import { PromptTemplates } from '../domain/prompt-templates.js';

/** Templates of kind prompt-model, from the files that serving reads too. */
export class TemplateFiles extends PromptTemplates {
  private constructor(private readonly texts: ReadonlyMap<string, { system: string; user: string }>) {
    super();
  }

  /** @throws Error that names the file, TemplateError that names the field */
  static async load(folder: string = defaultTemplatesFolder()): Promise<TemplateFiles> {
    const texts = new Map<string, { system: string; user: string }>();
    for (const [id, content] of await loadTemplates(folder)) {
      const template = parseTemplate(content, id);
      if (template.kind === 'prompt-model') texts.set(id, { system: template.system, user: template.user });
    }
    return new TemplateFiles(texts);
  }

  find(id: string): { system: string; user: string } | undefined {
    return this.texts.get(id);
  }
}
