using System.Data.Common;
using System.Globalization;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Workspaces.Switching;

/// <summary>
/// The statements that move everybody of a workspace to another catalogue, in the subset of SQL that both databases share. What counts
/// follows from the grants, as in <see cref="Grants"/>: they are mapped first, and each member's role and license are derived from them
/// anew.
/// </summary>
internal sealed class SwitchStatements(Attempt attempt, SwitchPlan plan)
{
    private const string Living = "workspace_id = $1 AND state <> 'Ended'";
    private readonly WorkspaceConfiguration _wanted = plan.Wanted;

    /// <summary>Queues all, in the order in which each rests on those before.</summary>
    public void Queue(bool hasAdmins)
    {
        MapGrants();
        DeriveMembers();
        GiveSeats();
        FormLine();
        MapWhatNamesARole();
        if (hasAdmins)
        {
            var sql = new Sql(plan.Workspace.Id);
            var among = sql.List(plan.Admins);
            attempt.Changes.RefuseIf(
                $"""
                SELECT 1 FROM workspaces WHERE id = $1 AND NOT EXISTS (
                SELECT 1 FROM members
                WHERE workspace_id = $1 AND state = 'Active' AND account_id IS NOT NULL AND role IN ({among}))
                """,
                sql.Values,
                Seats.LastAdmin()
            );
        }

        Count();
        attempt.Changes.Execute(
            AppAccess.ReviewWorkspace(
                plan.Workspace.Id,
                Id<OutboxMessage>.New(attempt.Time),
                attempt.At,
                () => $"workspace.presetSwitched {Word.Of(attempt.Actor.Door)}"
            )
        );
    }

    private void MapGrants()
    {
        Map("Role", plan.Switch.Roles);
        // who waited for a role that takes no seat now has it
        if (_wanted.Roles.Where(r => !r.NeedsSeat).Select(r => r.Key).ToList() is { Count: > 0 } free)
        {
            Run(sql =>
                $"UPDATE grants SET value = wanted, wanted = NULL WHERE workspace_id = $1 AND kind = 'Role' AND wanted IN ({sql.List(free)})"
            );
        }

        if (plan.Switch.Licenses.Count > 0)
        {
            Map("License", plan.Switch.Licenses);
            if (_wanted.Licenses.Where(l => l.Pool is null).Select(l => l.Key).ToList() is { Count: > 0 } unlimited)
            {
                Run(sql =>
                    $"""
                        UPDATE grants SET value = wanted, wanted = NULL
                        WHERE workspace_id = $1 AND kind = 'License' AND wanted IN ({sql.List(unlimited)})
                        """
                );
            }

            Run(_ => "DELETE FROM grants WHERE workspace_id = $1 AND kind = 'License' AND coalesce(wanted, value) = ''");
        }

        if (_wanted.Join is { LicenseRequired: true, DefaultLicense: { } license })
        {
            Run(sql =>
                $"""
                    INSERT INTO grants (workspace_id, member_id, kind, origin, origin_id, value, given_by, given_at)
                    SELECT workspace_id, id, 'License', 'Join', '', {sql.Bind(license)}, {sql.Bind(attempt.Actor.Name)}, {sql.Bind(
                        attempt.At.ToUnixTimeMilliseconds()
                    )}
                    FROM members m WHERE {Living} AND NOT EXISTS (
                    SELECT 1 FROM grants g WHERE g.workspace_id = $1 AND g.member_id = m.id AND g.kind = 'License')
                    """
            );
        }
    }

    /// <summary>Gives grants their new words; those whose word stays are not written.</summary>
    private void Map(string kind, IReadOnlyDictionary<string, string> words)
    {
        if (words.Where(w => w.Key != w.Value).ToDictionary(w => w.Key, w => w.Value) is not { Count: > 0 } other)
        {
            return;
        }

        Run(sql =>
            $"""
                UPDATE grants SET value = {sql.Map("value", other)}, wanted = {sql.Map("wanted", other)}
                WHERE workspace_id = $1 AND kind = '{kind}' AND (value IN ({sql.List(other.Keys)}) OR wanted IN ({sql.List(other.Keys)}))
                """
        );
    }

    private void DeriveMembers() =>
        Run(sql =>
        {
            const string Strength =
                "CASE g.origin WHEN 'Group' THEN 4 WHEN 'Admin' THEN 3 WHEN 'Invitation' THEN 2 WHEN 'Directory' THEN 1 WHEN 'Join' THEN 0 ELSE -1 END DESC";
            string Counting(string kind, string known, string also) =>
                $"""
                    (SELECT g.value FROM grants g
                    WHERE g.workspace_id = $1 AND g.member_id = members.id AND g.kind = '{kind}' AND {known}
                    ORDER BY {Strength}, {also}g.given_at DESC LIMIT 1)
                    """;
            var ranks = string.Join(
                ' ',
                _wanted.Roles.Select(r => $"WHEN {sql.Bind(r.Key)} THEN {r.Rank.ToString(CultureInfo.InvariantCulture)}")
            );
            var roles = $"g.value IN ({sql.List(_wanted.Roles.Select(r => r.Key))})";
            var licenses = $"coalesce(g.wanted, g.value) IN ({sql.List(_wanted.Licenses.Select(l => l.Key))})";
            return $"""
                UPDATE members SET role = coalesce({Counting(
                    "Role",
                    roles,
                    $"CASE coalesce(g.wanted, g.value) {ranks} ELSE -1 END DESC, "
                )}, {sql.Bind(_wanted.Join.DefaultRole)}),
                license = {(
                    _wanted.Licenses.Count == 0 ? "NULL" : $"nullif({Counting("License", licenses, "")}, '')"
                )}, version = version + 1, modified_at = {sql.Bind(attempt.At.ToUnixTimeMilliseconds())}
                WHERE {Living}
                """;
        });

    private void GiveSeats()
    {
        if (plan.Seated.Count > 0 && _wanted.Capacity.Seats is { } seats)
        {
            // whoever is no longer among the first has none: admins first, then by who came first
            string Beyond(Sql sql) =>
                $"""
                    SELECT id FROM (SELECT id, row_number() OVER (ORDER BY CASE WHEN role IN ({sql.List(
                        plan.Admins
                    )}) THEN 0 ELSE 1 END, joined_at, id) AS place
                    FROM members WHERE workspace_id = $1 AND state = 'Active' AND role IN ({sql.List(
                        plan.Seated
                    )})) placed WHERE place > {sql.Bind((long)seats)}
                    """;
            if (plan.Fallback is { } fallback)
            {
                Run(sql =>
                    $"""
                        UPDATE grants SET wanted = value, value = {sql.Bind(fallback.Key)}
                        WHERE workspace_id = $1 AND kind = 'Role' AND value IN ({sql.List(plan.Seated)}) AND member_id IN ({Beyond(sql)})
                        """
                );
                Run(sql => $"UPDATE members SET role = {sql.Bind(fallback.Key)} WHERE workspace_id = $1 AND id IN ({Beyond(sql)})");
            }
            else
            {
                var sql = new Sql(plan.Workspace.Id);
                var beyond = Beyond(sql);
                attempt.Changes.RefuseIf(beyond, sql.Values, SwitchPreset.TooFewSeats(_wanted, null));
            }
        }

        Run(sql =>
            plan.Seated.Count == 0
                ? $"UPDATE members SET has_seat = {sql.Bind(false)} WHERE workspace_id = $1 AND has_seat = {sql.Bind(true)}"
                : $"""
                    UPDATE members SET has_seat = NOT has_seat
                    WHERE {Living} AND has_seat <> (state = 'Active' AND role IN ({sql.List(plan.Seated)}))
                    """
        );
    }

    /// <summary>Who has a role without a seat and was to have one with waits for it, unless an admin said so: those go on.</summary>
    private void FormLine()
    {
        if (plan.Seated.Count == 0)
        {
            Run(_ => "UPDATE members SET waits_since = NULL WHERE workspace_id = $1 AND waits_since IS NOT NULL");
            return;
        }

        Run(sql =>
        {
            const string Role = "SELECT 1 FROM grants g WHERE g.workspace_id = $1 AND g.member_id = members.id AND g.kind = 'Role'";
            var waits =
                $"NOT has_seat AND state IN ('Active', 'Suspended') AND EXISTS ({Role} AND g.value = members.role AND g.wanted IN ({sql.List(
                    plan.Seated
                )})) AND NOT EXISTS ({Role} AND g.origin = 'Admin' AND g.wanted IS NULL)";
            return $"""
                UPDATE members SET waits_since = CASE WHEN {waits} THEN coalesce(waits_since, {sql.Bind(
                    attempt.At.ToUnixTimeMilliseconds()
                )}) ELSE NULL END
                WHERE {Living} AND (waits_since IS NOT NULL OR ({waits}))
                """;
        });
    }

    private void MapWhatNamesARole()
    {
        Run(sql =>
            $"""
                UPDATE invitations SET role = {sql.Map("role", plan.Switch.Roles)}, license = {License(sql)}, version = version + 1
                WHERE workspace_id = $1 AND stored = 'Pending'
                """
        );
        Run(sql =>
            $"""
                UPDATE invite_links SET ended_at = {sql.Bind(
                    attempt.At.ToUnixTimeMilliseconds()
                )}, link_sealed = NULL, version = version + 1
                WHERE workspace_id = $1 AND ended_at IS NULL
                """
        );
        var joins = plan.Switch.Roles.ToDictionary(r => r.Key, r => plan.Switch.JoinRole(r.Key, _wanted) ?? "");
        Run(sql =>
            $"""
                UPDATE email_domains SET join_role = nullif({sql.Map("join_role", joins)}, ''), version = version + 1
                WHERE workspace_id = $1 AND join_role IS NOT NULL
                """
        );
        Run(sql =>
        {
            // whoever switches answers for what the rules give from now on
            var ranks = plan
                .Switch.Roles.Where(r => _wanted.Role(r.Value) is not null)
                .Select(r => $"WHEN {sql.Bind(r.Key)} THEN {_wanted.Role(r.Value)!.Rank.ToString(CultureInfo.InvariantCulture)}")
                .ToList();
            var ceiling =
                ranks.Count == 0
                    ? "ceiling"
                    : $"CASE WHEN ceiling IS NULL THEN NULL ELSE CASE role {string.Join(' ', ranks)} ELSE ceiling END END";
            var licenses = plan.Switch.Licenses.Count == 0 ? "license" : $"nullif({sql.Map("license", plan.Switch.Licenses)}, '')";
            return $"""
                UPDATE group_rules SET ceiling = {ceiling}, license = {licenses}, role = {sql.Map(
                    "role",
                    plan.Switch.Roles
                )}, version = version + 1
                WHERE workspace_id = $1
                """;
        });
        Run(sql => $"UPDATE api_keys SET role = {sql.Map("role", plan.Switch.Roles)} WHERE workspace_id = $1");
        Run(sql => $"UPDATE oidc_clients SET role = {sql.Map("role", plan.Switch.Roles)} WHERE workspace_id = $1 AND role IS NOT NULL");
    }

    private string License(Sql sql)
    {
        var mapped = plan.Switch.Licenses.Count == 0 ? "license" : $"nullif({sql.Map("license", plan.Switch.Licenses)}, '')";
        return _wanted.Join is { LicenseRequired: true, DefaultLicense: { } usual } ? $"coalesce({mapped}, {sql.Bind(usual)})" : mapped;
    }

    /// <summary>Everything that depends on roles and licenses is counted anew; who is in which state has not changed.</summary>
    private void Count()
    {
        Run(_ => "DELETE FROM tallies WHERE workspace_id = $1 AND kind IN ('Seats', 'License', 'Admins', 'Role')");
        Run(_ =>
            """
                INSERT INTO tallies (workspace_id, kind, "key", slot, used)
                SELECT workspace_id, 'Role', role, 0, count(*) FROM members
                WHERE workspace_id = $1 AND state NOT IN ('Removed', 'Ended') GROUP BY workspace_id, role
                """
        );
        foreach (var (counter, limit) in Seats.Limits(plan.Workspace.Id, _wanted).Where(l => l.Counter.Kind != CounterKind.Slots))
        {
            Run(sql =>
            {
                var which = counter.Kind switch
                {
                    CounterKind.Seats => $"has_seat = {sql.Bind(true)}",
                    CounterKind.Admins => $"account_id IS NOT NULL AND role IN ({sql.List(plan.Admins)})",
                    _ => $"license = {sql.Bind(counter.Key)}",
                };
                return $"""
                    INSERT INTO tallies (workspace_id, kind, "key", slot, used, "limit")
                    SELECT $1, '{counter.Kind}', {sql.Text(
                        counter.Key
                    )}, 0, (SELECT count(*) FROM members WHERE workspace_id = $1 AND state = 'Active' AND {which}), {limit?.ToString(
                        CultureInfo.InvariantCulture
                    ) ?? "NULL"}
                    FROM workspaces WHERE id = $1
                    """;
            });
        }

        SeatLine.FormsAnew(attempt, plan.Workspace, _wanted);
    }

    private void Run(Func<Sql, string> statement)
    {
        var sql = new Sql(plan.Workspace.Id);
        var text = statement(sql);
        attempt.Changes.Execute(new(text, sql.Values));
    }

    /// <summary>The values of one statement; the first is the workspace.</summary>
    private sealed class Sql
    {
        private readonly List<Func<DbCommand, DbParameter>> _values = [];

        public Sql(Id<Workspace> workspace) => Bind(workspace.Value);

        public IReadOnlyList<Func<DbCommand, DbParameter>> Values => _values;

        public string Bind(object value)
        {
            var name = PositionalName.Of(_values.Count);
            _values.Add(Value.Of(name, value));
            return name;
        }

        public string Text(string value) => $"CAST({Bind(value)} AS text)";

        public string List(IEnumerable<string> values) => string.Join(", ", values.Select(v => Bind(v)));

        /// <summary>What a column's words become; those that are not named stay.</summary>
        public string Map(string column, IReadOnlyDictionary<string, string> words) =>
            words.Count == 0
                ? column
                : $"CASE {column} {string.Join(' ', words.Select(w => $"WHEN {Text(w.Key)} THEN {Text(w.Value)}"))} ELSE {column} END";
    }
}
