// urql: queries over HTTP, where it always lists text/event-stream in Accept; subscriptions through
// graphql-ws, through graphql-sse, and by its own reading of event streams.
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";

import { eventStream, sink, webSocket } from "./connections.mjs";
import { CONTENT, COUNTERS } from "./operations.mjs";

export function urqlWs(server, say) {
  return through(webSocket({ ...server, token: undefined }, say), server, say);
}

export function urqlSse(server, say) {
  return through(eventStream({ ...server, token: undefined }), server, say);
}

/** It reads the stream itself; unlike the others it does not come back when that breaks. */
export function urqlFetch(server, say) {
  return start({ fetchSubscriptions: true, exchanges: [cacheExchange, fetchExchange] }, server, say);
}

function through(connection, server, say) {
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (observer) => ({
      unsubscribe: connection.subscribe({ query: query ?? "", variables }, observer),
    }),
  });
  const exchanges = [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })];
  const stop = start({ exchanges }, server, say);
  return () => {
    stop();
    return connection.dispose();
  };
}

function start(options, { url, ids }, say) {
  const client = new Client({ url, ...options });
  const { next, error } = sink(say);
  const told = (handle) => (result) => (result.error ? error(result.error) : handle(result));
  client
    .query(CONTENT, { id: ids[0] })
    .toPromise()
    .then(told(({ data }) => say({ event: "query", title: data.content.title })));
  const { unsubscribe } = client
    .subscription(COUNTERS, { ids })
    .subscribe(told(({ data }) => next({ data })));
  return unsubscribe;
}
