WITH ours AS (
    SELECT c.oid, n.nspname AS schema, n.nspname || '.' || c.relname AS name, c.relkind::text AS kind,
        c.relpersistence::text AS persistence, c.relrowsecurity AS row_security
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'past', 'moment') AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
        AND NOT EXISTS (
            SELECT 1 FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
)
SELECT (CASE kind WHEN 'r' THEN 'table ' WHEN 'v' THEN 'view ' ELSE 'relation of kind ' || kind || ' ' END || name)::text
        AS name,
    (CASE WHEN kind IN ('v', 'm') THEN pg_get_viewdef(oid) ELSE persistence END
        || CASE WHEN row_security THEN ' row security' ELSE '' END)::text AS definition
FROM ours
UNION ALL
SELECT ('column ' || o.name || '.' || a.attname)::text,
    (format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || CASE WHEN o.schema = 'past' THEN '' ELSE COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '') END
        || ' ' || a.attidentity::text || a.attgenerated::text || COALESCE(' ' || l.collname, ''))::text
FROM ours AS o
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = o.oid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation AND l.collname <> 'default'
WHERE o.kind NOT IN ('v', 'm')
UNION ALL
SELECT ('constraint ' || o.name || '.' || c.conname)::text,
    (pg_get_constraintdef(c.oid) || CASE WHEN c.convalidated THEN '' ELSE ' not valid' END)::text
FROM ours AS o
JOIN pg_catalog.pg_constraint AS c ON c.conrelid = o.oid AND c.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT ('index ' || o.name || '.' || c.relname)::text,
    (pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' not valid' END)::text
FROM ours AS o
JOIN pg_catalog.pg_index AS i ON i.indrelid = o.oid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
UNION ALL
SELECT ('trigger ' || o.name || '.' || t.tgname)::text,
    (pg_get_triggerdef(t.oid) || CASE WHEN t.tgenabled = 'O' THEN '' ELSE ' enabled ' || t.tgenabled::text END)::text
FROM ours AS o
JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = o.oid AND NOT t.tgisinternal
UNION ALL
SELECT ('triggers of constraints that are off: ' || o.name)::text, COUNT(*)::text
FROM ours AS o
JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = o.oid AND t.tgisinternal AND t.tgenabled <> 'O'
GROUP BY o.name
UNION ALL
SELECT ('rule ' || o.name || '.' || r.rulename)::text, pg_get_ruledef(r.oid)::text
FROM ours AS o
JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = o.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT ('policy ' || o.name || '.' || p.polname)::text, p.polcmd::text
FROM ours AS o
JOIN pg_catalog.pg_policy AS p ON p.polrelid = o.oid
UNION ALL
SELECT ('child of ' || o.name || ': ' || n.nspname || '.' || c.relname)::text, c.relkind::text
FROM ours AS o
JOIN pg_catalog.pg_inherits AS h ON h.inhparent = o.oid
JOIN pg_catalog.pg_class AS c ON c.oid = h.inhrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
UNION ALL
SELECT ('function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')')::text,
    (l.lanname || CASE WHEN p.prosecdef THEN ' as its owner ' ELSE ' ' END || COALESCE(p.proconfig::text, '') || ' '
        || p.prosrc)::text
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE n.nspname IN ('public', 'past', 'moment')
    AND NOT EXISTS (
        SELECT 1 FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    )
