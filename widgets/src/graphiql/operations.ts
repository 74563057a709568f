// The ready operations: one tab each, in the order of a first hour with the API.
// tests/web/test_graphiql.py validates every one of them against the committed schema.

/** What the tabs' variables are filled with; read from the server, or said in words. */
export interface Samples {
  ids: string[];
  periodKey: string;
}

export interface Operation {
  query: string;
  variables?: (samples: Samples) => Record<string, unknown>;
  needsToken?: boolean;
}

export const OPERATIONS: Operation[] = [
  {
    query: `# Welcome. Each tab is one operation, ready to run:
# press the green button, or Ctrl-Enter.
# Here: the most clicked contents of the open month.
query MostClicked($first: Int = 10) {
  period { key status endsAt }
  contents(first: $first, orderBy: MOST_CLICKED) {
    edges {
      node {
        id
        title
        url
        platform { name }
        creators { creator { displayName } }
        counter { total period supporters seq }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    query: `# A page of forty buttons asks once. The answers come
# in the order of the ids.
query Counters($ids: [ID!]!) {
  counters(ids: $ids) { contentId periodKey total period supporters seq asOf }
}
`,
    variables: ({ ids }) => ({ ids }),
  },
  {
    query: `# Sign in as a supporter of the demo. Others there:
# candela-pardo@demo.example, a creator, and
# zoe-thibault@demo.example, the operator.
# This page is signed in from then on. Programs, and
# pages elsewhere, send the token in their Headers.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    __typename
    ... on SignInSuccess { token expiresAt account { handle displayName } }
    ... on Failure { code message }
  }
}
`,
    variables: () => ({ input: { email: "maeve-fairfax@demo.example", password: "obole-demo" } }),
  },
  {
    query: `# What is a click of mine worth,
# if the month ended now?
query MyWallet {
  viewer {
    handle
    wallets {
      currency
      balance { formatted }
      pot { formatted }
      worth { formatted micros }
      clicks(first: 10) { edges { node { weight content { title url } } } }
    }
  }
}
`,
    needsToken: true,
  },
  {
    query: `# The sandbox takes play money.
# The same key twice is one deposit.
mutation Deposit($input: DepositInput!) {
  deposit(input: $input) {
    __typename
    ... on DepositSuccess { wallet { balance { formatted } spendable { formatted } } }
    ... on Failure { code message }
  }
}
`,
    variables: () => ({
      input: {
        amount: { decimal: "10.00", currency: "EUR" },
        idempotencyKey: crypto.randomUUID(),
      },
    }),
    needsToken: true,
  },
  {
    query: `# One click a content and a month.
# Again is success too, and changes nothing.
mutation Click($input: ClickInput!) {
  click(input: $input) {
    __typename
    ... on ClickSuccess {
      created
      counter { total period supporters seq }
      viewerState { clicked weight worth { formatted } undoUntil }
    }
    ... on Failure { code message }
  }
}
`,
    variables: ({ ids }) => ({ input: { contentId: ids[0], weight: 1 } }),
    needsToken: true,
  },
  {
    query: `# Close the month before its time: an operator's word,
# so sign in as zoe-thibault@demo.example first.
# The next month opens at once.
mutation ClosePeriod($input: ClosePeriodInput!) {
  closePeriod(input: $input) {
    __typename
    ... on ClosePeriodSuccess { period { key status endsAt } }
    ... on Failure { code message }
  }
}
`,
    variables: ({ periodKey }) => ({ input: { periodKey } }),
    needsToken: true,
  },
  {
    query: `# Divide what the wallets give, keep the commission,
# pay the creators. For the operator; a second time is refused, nothing is posted twice.
mutation SettlePeriod($input: SettlePeriodInput!) {
  settlePeriod(input: $input) {
    __typename
    ... on SettlePeriodSuccess {
      settlement {
        status wallets clicks contents digest
        gross { formatted } commission { formatted } net { formatted } escrow { formatted }
      }
    }
    ... on Failure { code message }
  }
}
`,
    variables: ({ periodKey }) => ({ input: { periodKey } }),
    needsToken: true,
  },
  {
    query: `# Who got what, to the micro-unit. Close and settle
# the month first, then sign in as a creator, such
# as candela-pardo@demo.example: each reads their own.
query CreatorStatement($periodKey: String!) {
  viewer {
    displayName
    creator {
      statement(periodKey: $periodKey) {
        totals { clicks gross { decimal currency } net { decimal } }
        lines(first: 20) {
          nodes {
            content { title }
            clicks
            gross { decimal }
            commission { decimal }
            net { decimal }
            part { decimal }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
}
`,
    variables: ({ periodKey }) => ({ periodKey }),
    needsToken: true,
  },
];
