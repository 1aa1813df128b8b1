export { composeVerifierReward, idealReward, judgedFact } from './compose.js';
export { rewardFacts, type RewardFacts, type RolloutForFacts } from './facts.js';
export { describePrompt, type PromptDescription, type PromptKind } from './prompt-facts.js';
export { redactGold, type Redaction } from './redact.js';
