// The names of the kinds of statement, without the schemas: what the log's leaf records need, and nothing else.
//
// core/log reads and writes kinds without reading statements, so that it stays free of other packages.

/** The kinds that are read today. `rebuild` has its name reserved and is refused until it is built. */
export const statementKinds = ['package review', 'trust', 'reviewer set', 'source', 'retraction'] as const;
export const reservedKinds = ['rebuild', 'code review'] as const;
