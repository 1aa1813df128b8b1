import pico from 'picocolors';

/** Functions that colour text, or leave it as it is. */
export type Colors = ReturnType<typeof pico.createColors>;

/** Colours that are on or off, whatever the environment says. */
export function createColors(enabled: boolean): Colors {
  return pico.createColors(enabled);
}
