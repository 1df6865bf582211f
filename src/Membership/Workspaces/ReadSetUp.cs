using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Workspaces;

/// <summary>One of the first steps of a workspace.</summary>
/// <param name="Name">name, mail, directory, signIn, invite or domain.</param>
/// <param name="IsDone">Whether it is done, as the rows tell.</param>
public sealed record SetUpStep(string Name, bool IsDone);

/// <summary>
/// Reads how far the first steps of a workspace are, from what is really there: each goes away by being done, and nobody ticks it off.
/// Refusals:
/// <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ReadSetUp(Store store)
{
    /// <summary>Reads them; none where the list is put away, or all are done.</summary>
    public async Task<Outcome<IReadOnlyList<SetUpStep>>> RunAsync(Actor actor, WorkspaceContext workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        var id = workspace.Id;
        if (actor.Demand(id, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        if (workspace.Configuration.Advice.SetUpDone)
        {
            return (List<SetUpStep>)[];
        }

        await using var db = store.Read();
        var me = actor.Member is { } self
            ? await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == id && m.Id == self, ct)
            : null;
        List<SetUpStep> steps =
        [
            new("name", me is null || me.DisplayName is not null || me.GivenName is not null || me.FamilyName is not null),
            new(
                "mail",
                await db.AuditEntries.AnyAsync(a => a.WorkspaceId == id && a.Act == SendTestMail.Act && a.Reason == null && !a.Refused, ct)
                    || await db.Invitations.AnyAsync(i => i.WorkspaceId == id && i.SentAt != null && i.IsMailFile != true, ct)
            ),
            new("directory", await db.ScimCredentialUses.AnyAsync(u => u.WorkspaceId == id, ct)),
            new(
                "signIn",
                workspace.Configuration.SignIn.Connections is { Count: > 0 }
                    || await db.IdentityConnections.AnyAsync(c => c.WorkspaceId == id, ct)
            ),
            new("invite", (await Counts.ReadAsync(db, id, ct)).Listed > 1),
            new("domain", await db.EmailDomains.AnyAsync(d => d.WorkspaceId == id && d.VerifiedAt != null, ct)),
        ];
        return steps.TrueForAll(s => s.IsDone) ? [] : steps;
    }
}
