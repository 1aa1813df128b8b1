/** How models end a response: from the final answer and another answer that they held for right before. */
export type Style = (answer: string, earlier: string) => string;

/** With the final answer in a box. */
export const boxedStyles: Record<string, Style> = {
  'box in a sentence': (x) => `Simplifying, we find that the value is $\\boxed{${x}}$.`,
  'box on display': (x) => `Therefore,\n\\[\n\\boxed{${x}}\n\\]`,
  'box between dollars': (x) => `Putting it together:\n$$\\boxed{${x}}$$\n\nThis completes the solution.`,
  'box with parentheses': (x) => `Thus, the answer is \\(\\boxed{${x}}\\).`,
  'steps and a final box': (x) =>
    `## Step 1: Set up\nLet the unknown be $u$.\n\n## Step 2: Solve\n$u = 1 + 1 = 2$ is only a check.\n\nThe final answer is: $\\boxed{${x}}$`,
  'box and a remark': (x) =>
    `So we get $\\boxed{${x}}$. I hope this helps! Ask me if 1 or 2 steps are unclear.`,
  'thoughts first': (x, y) =>
    `<think>\nIs it ${y}? Let me see. \\boxed{${y}} cannot be, as 3 > 2.\n</think>\n\nWe solve it directly.\n\n\\boxed{${x}}`,
  'two tries': (x, y) =>
    `This gives $\\boxed{${y}}$. Wait, that is not right: a sign was lost. The correct value is $\\boxed{${x}}$.`,
  'the same box again and again': (x) => `$\\boxed{${x}}$\n`.repeat(12),
  'a heading and a box': (x) => `### Solution\n1. Compute.\n2. Check.\n\n### Final Answer\n$$\\boxed{${x}}$$`,
  'instruction repeated': (x) =>
    `I will put the final answer in \\boxed{}. After some algebra: \\boxed{${x}}`,
};

/** With the final answer stated between signs of mathematics, without a box. */
export const statedStyles: Record<string, Style> = {
  'the answer is': (x) => `We simplify. The answer is $${x}$.`,
  'the final answer is, on display': (x) => `After simplification, the final answer is\n\\[\n${x}\n\\]`,
  'bold answer': (x) => `We compute both sides.\n\n**Answer:** $${x}$`,
  'bold final answer': (x) => `We compute both sides.\n\n**Final Answer: $${x}$**`,
  heading: (x) => `We compute both sides.\n\n### Final Answer\n\n$${x}$`,
  'hope it is correct': (x) => `Final Answer: The final answer is $${x}$. I hope it is correct.`,
  'hash marks': (x) => `We compute both sides.\n#### $${x}$`,
  'answer corrected': (x, y) => `So the answer is $${y}$. Wait, I made a mistake. The answer is $${x}$.`,
  'answer again and again': (x) => `The answer is $${x}$. `.repeat(15),
  parentheses: (x) => `Therefore, the answer is \\(${x}\\).`,
};

/** Cut off, refused or empty: whatever the answer is, these have none. */
export const withoutAnswer: readonly string[] = [
  '',
  "I'm sorry, but I cannot solve this problem.",
  'Let us begin by writing down what is given. Then',
  'I cannot say what has to stand in the \\boxed{',
  'The final answer is $\\boxed{',
  'The final answer is $\\boxed{}$.',
  'The answer is',
];
