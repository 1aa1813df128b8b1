/** A reference to an immutable artefact: a file or a folder, named by its content. */
export interface ArtefactRef {
  /** "sha256:" and 64 hexadecimal digits; of a folder, the hash of its manifest.json. */
  digest: string;
  /** "dataset", "adapter", "report". */
  kind: string;
}

/** What is wrong with an artefact. */
export type ArtefactProblem = 'missing' | 'corrupt' | 'invalid-reference';

/** An artefact that cannot be used; nothing half-written is ever returned instead. */
export class ArtefactError extends Error {
  override name = 'ArtefactError';
  constructor(
    readonly code: ArtefactProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Where data sets and adapters live. Everything is written atomically and verified when it is read. */
export abstract class ArtefactStore {
  /** Stores one file. Storing the same bytes again is cheap and returns the same reference. */
  abstract putFile(kind: string, bytes: Buffer): Promise<ArtefactRef>;
  /** Copies a flat folder of files into the store, with a manifest that also carries `extra`. */
  abstract putTree(kind: string, sourceFolder: string, extra?: Record<string, unknown>): Promise<ArtefactRef>;
  /**
   * Moves a folder that already has its manifest.json into the store, after verifying every hash.
   * @throws ArtefactError `corrupt`
   */
  abstract adoptTree(folder: string): Promise<ArtefactRef>;
  /**
   * A local path of the verified artefact: a file, or a folder.
   * @throws ArtefactError `missing`, `corrupt` or `invalid-reference`
   */
  abstract localPath(ref: ArtefactRef): Promise<string>;
  /** The bytes of a file artefact. @throws like `localPath` */
  abstract read(ref: ArtefactRef): Promise<Buffer>;
}
