// What caps cut: in the run, and when the case was loaded
// category: 1 The case
// columns:
//   where: the stage of the run, or the loading
//   what: was cut
//   count: how much of it
/* params: run these lines first, with your own values
:param case => 'demo';  // the case, as linkage neo4j push names it
*/
MATCH (c:Case {case: $case, id: $case})
WITH [i IN range(0, size(c.cap_stage) - 1) | {where: c.cap_stage[i], what: c.cap_what[i], count: c.cap_count[i]}]
   + [i IN range(0, size(c.left_out_what) - 1) | {where: 'loading', what: c.left_out_what[i], count: c.left_out_count[i]}] AS cuts
UNWIND cuts AS cut
RETURN cut.where AS where, cut.what AS what, cut.count AS count
ORDER BY where, count DESC, what
LIMIT 200
