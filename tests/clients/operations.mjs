// What every client asks.
export const CONTENT = /* GraphQL */ `
  query Content($id: ID!) {
    content(id: $id) {
      title
    }
  }
`;

export const COUNTERS = /* GraphQL */ `
  subscription Counters($ids: [ID!]!) {
    counters(ids: $ids) {
      contentId
      total
      seq
    }
  }
`;

export const WALLET = /* GraphQL */ `
  subscription Wallet {
    wallet(currency: "EUR") {
      worth {
        decimal
      }
    }
  }
`;
