// One plain POST to our own /graphql: no third party, no library.

import type { Fetcher } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

const ENDPOINT = "/graphql";

/** What the Headers tab shows until a token is pasted; it is never sent. */
export const TOKEN_HINT = "Bearer paste-the-token-from-SignIn";

/** The headers as typed, without an authorization nobody has filled in yet. */
function filledIn(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== TOKEN_HINT));
}

/** The answer's JSON, whatever its status; an answer that is none becomes a GraphQL error. */
export async function post(body: object, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...filledIn(headers),
    },
    body: JSON.stringify(body),
  });
  try {
    return await response.json();
  } catch {
    return { errors: [{ message: `The server answered ${response.status} without JSON.` }] };
  }
}

/** The names of the document's operations; none where it cannot be read. */
function operationNames(query: string): (string | undefined)[] {
  try {
    return parse(query).definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : undefined,
    );
  } catch {
    return [];
  }
}

/** GraphiQL lags a moment behind the keyboard and may name an operation that is gone. */
export const fetcher: Fetcher = ({ operationName, ...params }, options) => {
  const known = operationName != null && operationNames(params.query).includes(operationName);
  return post(known ? { operationName, ...params } : params, options?.headers ?? {});
};
