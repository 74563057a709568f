// Apollo Client: queries over HTTP, subscriptions through its GraphQLWsLink.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";

import { sink, webSocket } from "./connections.mjs";
import { CONTENT, COUNTERS } from "./operations.mjs";

export function apollo(server, say) {
  const connection = webSocket({ ...server, token: undefined }, say);
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(connection),
      new HttpLink({ uri: server.url }),
    ),
  });
  client
    .query({ query: gql(CONTENT), variables: { id: server.ids[0] } })
    .then(({ data }) => say({ event: "query", title: data.content.title }), sink(say).error);
  const { next, error, complete } = sink(say);
  const subscription = client
    .subscribe({ query: gql(COUNTERS), variables: { ids: server.ids } })
    .subscribe({
      next: ({ data, error: failed }) => (failed ? error(failed) : next({ data })),
      error,
      complete,
    });
  return () => {
    subscription.unsubscribe();
    client.stop();
    return connection.dispose();
  };
}
