// Mercurius on Fastify: `node mercurius.mjs PORT`. POST /bump?id=… moves a counter.

import Fastify from "fastify";
import mercurius from "mercurius";

import { bump, typeDefs } from "./schema.mjs";

const app = Fastify({ logger: false });
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    Query: { ready: () => true },
    Subscription: {
      counters: { subscribe: (_root, { ids }, { pubsub }) => pubsub.subscribe(ids) },
    },
  },
  subscription: true,
  jit: 1,
});
app.post("/bump", async (request) => {
  const counters = bump(request.query.id);
  await app.graphql.pubsub.publish({ topic: request.query.id, payload: { counters } });
  return { seq: counters.seq };
});
await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
