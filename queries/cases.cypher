// Which cases are in this database
// category: 1 The case
// columns:
//   case: its name, the value of $case elsewhere
//   accounts: accounts in the sources
//   groups: operator groups found
//   unresolved: groups that are no finding, and somebody should look
//   explained: groups that are linked with an innocent explanation
//   run: the run that was pushed
//   complete: false while a push has not finished
MATCH (c:Case)
RETURN c.id AS case, c.accounts AS accounts, c.groups AS groups, c.unresolved AS unresolved, c.explained AS explained, c.run AS run, c.complete AS complete
ORDER BY case
LIMIT 100
