// The groups, largest first
// category: 1 The case
// columns:
//   group: the value of $group elsewhere
//   accounts: members
//   interactions: prompts they sent
//   first_at: their first prompt
//   last_at: their last
//   log_odds: bits of log-odds that one operator runs them
//   q_value: share of such groups expected by chance
//   stability: share of resampled runs that find it again
//   families: kinds of evidence that its links rest on
//   against: sentences that speak against it
//   verdict: what a person decided
//   summary: in words
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (g:OperatorGroup {case: $case})
RETURN g.id AS group, g.accounts AS accounts, g.interactions AS interactions, g.first_at AS first_at, g.last_at AS last_at,
       g.log_odds AS log_odds, g.q_value AS q_value, g.stability AS stability, g.families AS families,
       size(coalesce(g.against, [])) AS against, g.verdict AS verdict, g.summary AS summary
ORDER BY accounts DESC, group
LIMIT 100
