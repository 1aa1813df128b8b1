/**
 * Equal for questions that are the same but for case, white space, quotation marks and Unicode form. Punctuation counts: in mathematics, dropping it
 * makes log_8 2 of log_82, and two problems of MATH one; compatibility forms (NFKC) would make 102 of 10².
 */
export function sameQuestionKey(question: string): string {
  return question
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\u2018\u2019\u201b\u2032`]/g, "'")
    .replaceAll(/[\u201c\u201d\u201f\u2033]/g, '"')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
