// What both peers serve: the counters of our own schema, in memory, with nothing left to gain.

export const typeDefs = `
  type Counter {
    contentId: ID!
    periodKey: String!
    total: Int!
    period: Int!
    supporters: Int!
    seq: Int!
    asOf: String!
  }
  type Query { ready: Boolean! }
  type Subscription { counters(ids: [ID!]!): Counter! }
`;

const counters = new Map();

/** The content's next state, in absolute numbers. */
export function bump(contentId) {
  const seq = (counters.get(contentId) ?? 0) + 1;
  counters.set(contentId, seq);
  return {
    contentId,
    periodKey: "2026-11",
    total: seq,
    period: seq,
    supporters: 1,
    seq,
    asOf: new Date().toISOString(),
  };
}
