import { Controller, Get } from '@nestjs/common';
import { Engine } from '../inference/engine.js';

/** GET /v1/models: the base model, and each adapter with its `parent`. */
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly engine: Engine) {}

  @Get()
  list() {
    return {
      object: 'list',
      data: this.engine.models().map((model) => ({
        id: model.id,
        object: 'model',
        created: model.created,
        owned_by: 'trprompt',
        root: model.root,
        parent: model.parent,
        max_model_len: model.contextSize,
      })),
    };
  }
}
