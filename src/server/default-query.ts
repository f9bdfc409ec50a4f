/** A query worth trying: what GraphiQL shows first, and what the start prints. */
export const defaultQuery = `# Is each of these people verified, and what must they do next?
# Who says so, in which words, and how fresh is that?
query WhoIsVerified {
  users(first: 10) {
    totalCount
    nodes {
      id
      kyc {
        status
        reason
        nextAction
        conflicting
        because { source sourceStatus }
      }
      verifications {
        nodes {
          source
          kind
          status
          sourceStatus
          statusSince
        }
        sources { source state asOf }
      }
    }
  }
  sources { source health recordCount lastSyncedAt }
}
`;
