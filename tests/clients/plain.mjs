// graphql-ws and graphql-sse by themselves: the counters as a stranger, the wallet as its owner.
import { eventStream, sink, webSocket } from "./connections.mjs";
import { COUNTERS, WALLET } from "./operations.mjs";

export function graphqlWs(server, say) {
  return both(webSocket, server, say);
}

export function graphqlSse(server, say) {
  return both(eventStream, server, say);
}

function both(connect, { token, ids, ...server }, say) {
  const stranger = connect(server, say);
  const owner = connect({ ...server, token }, say);
  stranger.subscribe({ query: COUNTERS, variables: { ids } }, sink(say));
  owner.subscribe({ query: WALLET }, sink(say));
  return () => [stranger, owner].map((client) => client.dispose());
}
