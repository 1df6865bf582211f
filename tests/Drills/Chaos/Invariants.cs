using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Drills.Servers;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Storage;

namespace UserManagement.Drills.Chaos;

/// <summary>What must hold whatever was asked for: looked at while the run goes on, and once it is over.</summary>
internal sealed class Invariants(MembershipSource source, Answers answers)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private int _looks;

    /// <summary>What was found, in words.</summary>
    public string Told { get; private set; } = "";

    /// <summary>
    /// Looks again and again: beyond a limit that stands nothing more is given out (a limit may be lowered below what is in
    /// use), and an admin is always there.
    /// </summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        var before = new Dictionary<(CounterId, long Configuration), Counter>();
        while (!ct.IsCancellationRequested)
        {
            await using var db = source.Open();
            var rows = await (
                from t in db.Counters.AsNoTracking()
                join w in db.Workspaces.AsNoTracking() on t.WorkspaceId equals w.Id
                where t.Shard == 0
                select new { t, w.Version }
            ).ToListAsync(CancellationToken.None);
            var now = rows.ToDictionary(r => (new CounterId(r.t.WorkspaceId, r.t.Kind, r.t.Key), r.Version), r => r.t);
            foreach (var ((pool, version), counter) in now)
            {
                if (counter.Kind == CounterKind.Admins && counter.Used < 1)
                {
                    answers.Wrong($"no admin is left in {pool.Workspace}");
                }

                if (
                    counter.Limit is { } limit
                    && counter.Used > limit
                    && before.TryGetValue((pool, version), out var was)
                    && was.Limit == limit
                    && counter.Used > was.Used
                )
                {
                    answers.Wrong($"{pool}: {was.Used} became {counter.Used} of {limit}");
                }
            }

            (before, _looks) = (now, _looks + 1);
            await Task.Delay(Look, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at everything once nothing is being written.</summary>
    public async Task CheckAsync()
    {
        await using var db = source.Open();
        var told = new List<string>();
        foreach (var row in await db.Workspaces.AsNoTracking().OrderBy(w => w.Slug).ToListAsync())
        {
            await CheckAsync(db, WorkspaceContext.Of(db, row), told);
        }

        Told = string.Create(CultureInfo.InvariantCulture, $"looked {_looks} times; {string.Join("; ", told)}");
    }

    private async Task CheckAsync(MembershipDb db, WorkspaceContext workspace, List<string> told)
    {
        var configuration = workspace.Configuration;
        var members = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && m.State != MemberState.Ended)
            .ToListAsync();
        foreach (var member in members.Where(m => configuration.Role(m.Role) is null))
        {
            answers.Wrong($"{member.UserName} has the role {member.Role}, which {workspace.Row.Slug} does not have");
        }

        foreach (var member in members.Where(m => m.License is { } license && configuration.License(license) is null))
        {
            answers.Wrong($"{member.UserName} has the license {member.License}, which {workspace.Row.Slug} does not have");
        }

        var admins = members.Count(m =>
            m.State == MemberState.Active && m.AccountId is not null && configuration.Role(m.Role) is { IsAdmin: true }
        );
        if (admins == 0)
        {
            answers.Wrong($"{workspace.Row.Slug} has no admin");
        }

        told.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{workspace.Row.Slug}: {members.Count} members, {members.Count(m => m.HasSeat)} seats of {configuration.Capacity.Seats?.ToString(CultureInfo.InvariantCulture) ?? "any"}, {admins} admins, version {workspace.Row.Version}"
            )
        );
    }
}
