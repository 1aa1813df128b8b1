/** Names of the filters that a configuration may choose. A filter that has been released never changes: a change is a new version. */
export const exampleFilters = ['numeric-answer/v1'] as const;
export type ExampleFilter = (typeof exampleFilters)[number];
