// Every stock client at once before one server, until standard input ends.
//
//   node live.mjs '{"url": …, "socketUrl": …, "ids": [content ids], "token": the wallet owner's}'
//
// One JSON line for all that one of them is told: {"client": name, "event": what, …}.
import { apollo } from "./apollo.mjs";
import { graphqlSse, graphqlWs } from "./plain.mjs";
import { urqlFetch, urqlSse, urqlWs } from "./urql.mjs";

const CLIENTS = {
  "graphql-ws": graphqlWs,
  "graphql-sse": graphqlSse,
  apollo,
  "urql-ws": urqlWs,
  "urql-sse": urqlSse,
  "urql-fetch": urqlFetch,
};

const server = JSON.parse(process.argv[2]);
const stops = Object.entries(CLIENTS).map(([client, start]) =>
  start(server, (line) => console.log(JSON.stringify({ client, ...line }))),
);

process.stdin.resume().on("end", async () => {
  await Promise.all(stops.flatMap((stop) => stop()));
  process.exit(0);
});
