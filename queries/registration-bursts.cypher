// Accounts registered in one burst, and the groups they went to
// category: 1 The case
// columns:
//   burst: when, as the run dated it
//   accounts: accounts of the burst in the whole case
//   in_groups: of those loaded, how many are in a group
//   groups: which, with how many accounts each
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (t:Trait {case: $case, trait: 'registration_burst'})
WHERE t.value IS NOT NULL
MATCH (t)<-[:HAS_TRAIT]-(a:Account)
WITH t, a.group AS group, count(a) AS accounts
ORDER BY accounts DESC, group
WITH t, sum(CASE WHEN group IS NULL THEN 0 ELSE accounts END) AS in_groups,
     collect(CASE WHEN group IS NULL THEN null ELSE group + ': ' + toString(accounts) END) AS groups
RETURN t.value AS burst, t.accounts AS accounts, in_groups, groups
ORDER BY in_groups DESC, burst
LIMIT 50
