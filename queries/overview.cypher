// The case in figures
// category: 1 The case
// columns:
//   accounts: accounts in the sources
//   interactions: prompts sent
//   observations: facts about accounts
//   pairs_compared: pairs of accounts with any evidence worth looking at
//   links: pairs that are linked
//   groups: operator groups
//   accounts_in_groups: their accounts
//   unresolved: groups that one operator or an innocent explanation accounts for: no finding
//   explained: groups that are not reported, because of an innocent explanation or too little evidence
//   interactions_in_groups: prompts the groups sent
//   seed: of the run
//   settings: digest of the settings
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
OPTIONAL MATCH (g:OperatorGroup {case: $case})
WITH c, sum(g.accounts) AS accounts_in_groups, sum(g.interactions) AS interactions_in_groups
RETURN c.accounts AS accounts, c.interactions AS interactions, c.observations AS observations,
       c.pairs_compared AS pairs_compared, c.links AS links, c.groups AS groups, accounts_in_groups,
       c.unresolved AS unresolved, c.explained AS explained, interactions_in_groups, c.seed AS seed, c.settings_digest AS settings
LIMIT 1
