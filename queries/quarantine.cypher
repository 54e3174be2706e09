// Rows that could not be used, and why
// category: 1 The case
// columns:
//   table: of the sources
//   reason: why
//   rows: how many; the rows themselves are in quarantine.ndjson
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
UNWIND range(0, size(c.quarantine_table) - 1) AS i
RETURN c.quarantine_table[i] AS table, c.quarantine_reason[i] AS reason, c.quarantine_rows[i] AS rows
ORDER BY rows DESC, table, reason
LIMIT 200
