-- Control roles_apart (compliance): No account holds roles that must be apart.
-- Asks: Does any account that is not disabled hold roles that must be separate? An administrator or
-- auditor holds no other role. A preparer or signatory of a manufacturer holds no office.
-- A row means: One account, with all its roles.
-- Rule: docs/SECURITY.md, roles.
SELECT 'user:' || id AS subject, 'it holds ' || roles AS found
FROM users
WHERE disabled_at IS NULL
  AND (
      (
          roles LIKE '% %'
          AND (
              ' ' || roles || ' ' LIKE '% administrator %'
              OR ' ' || roles || ' ' LIKE '% auditor %'
          )
      )
      OR (
          (' ' || roles || ' ' LIKE '% preparer %' OR ' ' || roles || ' ' LIKE '% signatory %')
          AND (
              roles LIKE '%verifier%'
              OR roles LIKE '%officer%'
              OR roles LIKE '%authority%'
              OR roles LIKE '%administrator%'
          )
      )
  )
