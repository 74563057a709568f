// The reference server, graphql-ws on ws: `node graphql-ws.mjs PORT`. POST /bump?id=… moves a counter.

import { EventEmitter } from "node:events";
import { createServer } from "node:http";

import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

import { bump, typeDefs } from "./schema.mjs";

const bus = new EventEmitter();
bus.setMaxListeners(0);

/** Every change of these counters, as they come. */
function changes(ids) {
  const waiting = [];
  let wake = null;
  let over = false;
  const listen = (counters) => {
    waiting.push({ counters });
    wake?.();
  };
  for (const id of ids) bus.on(id, listen);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (waiting.length === 0 && !over) await new Promise((resolve) => (wake = resolve));
      return over ? { value: undefined, done: true } : { value: waiting.shift(), done: false };
    },
    async return() {
      over = true;
      wake?.();
      for (const id of ids) bus.off(id, listen);
      return { value: undefined, done: true };
    },
  };
}

const schema = buildSchema(typeDefs);
const roots = { subscription: { counters: ({ ids }) => changes(ids) } };
const server = createServer((request, response) => {
  const address = new URL(request.url, "http://127.0.0.1");
  if (request.method !== "POST" || address.pathname !== "/bump") {
    response.writeHead(404).end();
    return;
  }
  const id = address.searchParams.get("id");
  const counters = bump(id);
  bus.emit(id, counters);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ seq: counters.seq }));
});
const sockets = new WebSocketServer({ server, path: "/graphql", perMessageDeflate: false });
useServer({ schema, roots }, sockets);
server.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
