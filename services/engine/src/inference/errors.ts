/** No base model or adapter is served under this name. */
export class UnknownModelError extends Error {
  override name = 'UnknownModelError';
  constructor(readonly model: string) {
    super(`The model \`${model}\` does not exist.`);
  }
}

/** As many requests wait as are allowed to. */
export class QueueFullError extends Error {
  override name = 'QueueFullError';
  constructor(readonly waiting: number) {
    super(`${waiting} requests are waiting already; send this one again later.`);
  }
}

/** The engine is starting or shutting down and takes no requests. */
export class NotReadyError extends Error {
  override name = 'NotReadyError';
}

/** Prompt and answer together do not fit the context. */
export class ContextExceededError extends Error {
  override name = 'ContextExceededError';
  constructor(
    readonly param: string,
    contextSize: number,
    promptTokens: number,
    maxTokens: number | undefined,
  ) {
    super(
      `This model's context holds ${contextSize} tokens; the prompt has ${promptTokens}` +
        (maxTokens === undefined
          ? ', which leaves none for the answer.'
          : ` and ${maxTokens} are asked for.`) +
        ' Shorten the messages or lower max_tokens.',
    );
  }
}

/** The model file cannot be served: missing, unreadable, corrupt or not the expected one. */
export class ModelFileError extends Error {
  override name = 'ModelFileError';
  constructor(
    readonly kind: 'missing' | 'corrupt',
    message: string,
  ) {
    super(message);
  }
}

/** An adapter cannot be loaded or unloaded. */
export class AdapterError extends Error {
  override name = 'AdapterError';
  constructor(
    readonly kind: 'missing' | 'invalid' | 'loaded' | 'unknown',
    message: string,
  ) {
    super(message);
  }
}
