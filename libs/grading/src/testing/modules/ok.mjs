/** Right when the gold answer stands in the response. */
export default function grade({ response, gold }) {
  return { correct: response.includes(gold), extracted: gold, reason: 'looked for it' };
}
