using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>E-mail domains and what they open. That one is proven is no part of a file: what opens anything waits for the proof.</summary>
internal sealed class DeclaredDomains : IDeclaredPart
{
    public async Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct) =>
        file with
        {
            Domains = await db
                .EmailDomains.AsNoTracking()
                .Where(d => d.WorkspaceId == workspace.Id)
                .OrderBy(d => d.Name)
                .Select(d => new DeclaredDomain
                {
                    Name = d.Name,
                    Join = d.Join,
                    Role = d.JoinRole,
                })
                .ToListAsync(ct),
        };

    public async Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct)
    {
        await using var db = call.Store.Read();
        var rows = await db.EmailDomains.AsNoTracking().Where(d => d.WorkspaceId == call.Workspace.Id).ToListAsync(ct);
        return [.. (file.Domains ?? []).SelectMany((wanted, i) => Steps(call, rows, wanted, $"domains[{i}]"))];
    }

    private static IEnumerable<DeclaredStep> Steps(Applying call, List<EmailDomain> rows, DeclaredDomain wanted, string path)
    {
        var known = DomainRules.Check(wanted.Name).Is(out var name, out var wrong);
        var there = known ? rows.Find(r => r.Name == name) : null;
        if (there is null)
        {
            yield return new(
                path,
                $"claim the domain {wanted.Name}",
                async stop => (await new ClaimEmailDomain(call.Store).RunAsync(call.Actor, call.Workspace.Id, wanted.Name, stop)).Refusal
            )
            {
                Wrong = wrong,
            };
        }

        if (wrong is null && (there?.Join ?? DomainJoin.Off, there?.JoinRole) != (wanted.Join, wanted.Role))
        {
            yield return new(
                path,
                $"the domain {wanted.Name} opens: {Word.Of(wanted.Join)}{(wanted.Role is { } role ? $", role {role}" : "")}",
                stop => OpenAsync(call, wanted, name!, stop)
            )
            {
                Wrong =
                    wanted.Join != DomainJoin.Off && there?.VerifiedAt is null
                        ? new Refusal(RefusalKind.Conflict, "domainNotProven", $"Prove first that {wanted.Name} is yours.", "join")
                        : null,
            };
        }
    }

    private static async Task<Refusal?> OpenAsync(Applying call, DeclaredDomain wanted, string name, CancellationToken ct)
    {
        await using var db = call.Store.Read();
        var row = await db.EmailDomains.AsNoTracking().FirstAsync(d => d.WorkspaceId == call.Workspace.Id && d.Name == name, ct);
        return (
            await new ChangeEmailDomain(call.Store).RunAsync(call.Actor, call.Workspace.Id, row.Id, wanted.Join, wanted.Role, ct)
        ).Refusal;
    }
}
