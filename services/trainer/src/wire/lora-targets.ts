/** Linear layers of a Llama block that can have an adapter. */
export const loraTargets: readonly string[] = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
];
