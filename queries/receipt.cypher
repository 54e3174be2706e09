// The receipt: what was read, used and left out, file by file
// category: 1 The case
// columns:
//   table: of the sources
//   file: its name
//   rows: in it
//   used: of these
//   filtered: left out by a setting
//   quarantined: unusable
//   agree: rows = used + filtered + quarantined
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
UNWIND range(0, size(c.input_table) - 1) AS i
WITH c.input_table[i] AS table, c.input_file[i] AS file, c.input_rows[i] AS rows, c.input_used[i] AS used,
     c.input_filtered[i] AS filtered, c.input_quarantined[i] AS quarantined
RETURN table, file, rows, used, filtered, quarantined, rows = used + filtered + quarantined AS agree
ORDER BY table, file
LIMIT 1000
