// Clients of both streaming transports, as their readmes set them up.
import { inspect } from "node:util";

import * as sse from "graphql-sse";
import * as ws from "graphql-ws";
import { WebSocket } from "ws";

/** graphql-ws over a WebSocket; `say` is told with which code a connection was closed. */
export function webSocket({ socketUrl, token }, say) {
  return ws.createClient({
    url: socketUrl,
    webSocketImpl: WebSocket, // Node 20 has none of its own
    connectionParams: token && { authorization: `Bearer ${token}` },
    shouldRetry: () => true, // unless told so it gives up where nobody listens at the moment
    on: { closed: ({ code }) => say({ event: "closed", code }) },
  });
}

/** graphql-sse, one connection for each operation. */
export function eventStream({ url, token }) {
  return sse.createClient({
    url,
    singleConnection: false,
    headers: token && { authorization: `Bearer ${token}` },
  });
}

/** Say what comes in; an error or an end is for a test to complain of. */
export function sink(say) {
  return {
    next: ({ data, errors }) => say(errors ? { event: "error", errors } : said(data)),
    error: (error) => say({ event: "error", errors: inspect(error, { breakLength: Infinity }) }),
    complete: () => say({ event: "complete" }),
  };
}

function said(data) {
  return data.counters
    ? { event: "counter", ...data.counters }
    : { event: "wallet", worth: data.wallet.worth?.decimal ?? null };
}
