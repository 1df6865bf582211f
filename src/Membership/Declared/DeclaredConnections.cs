using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>Sign-in connections of the workspace's own, without secrets.</summary>
internal sealed class DeclaredConnections : IDeclaredPart
{
    public async Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct) =>
        file with
        {
            Connections = (await RowsAsync(db, workspace, ct)).ConvertAll(Of),
        };

    public async Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct)
    {
        await using var db = call.Store.Read();
        var rows = await RowsAsync(db, call.Workspace, ct);
        return [.. (file.Connections ?? []).Select((wanted, i) => Step(call, rows, wanted, $"connections[{i}]")).OfType<DeclaredStep>()];
    }

    private static DeclaredStep? Step(Applying call, List<IdentityConnection> rows, DeclaredConnection wanted, string path)
    {
        var draft = Draft(wanted);
        var there = rows.Find(r => (r.Kind, r.Authority, r.ClientId) == (wanted.Kind, wanted.Authority, wanted.ClientId));
        if (there is not null)
        {
            return Same(there, draft.Onto(there, call.Store.Box))
                ? null
                : new(
                    path,
                    $"change the connection {wanted.Name}",
                    async stop =>
                        (
                            await new ChangeConnection(call.Store).RunAsync(
                                call.Actor,
                                call.Workspace.Id,
                                there.Id,
                                there.Version,
                                draft,
                                call.Probe,
                                stop
                            )
                        ).Refusal
                )
                {
                    Wrong = ConnectionCheck.Check(draft, false),
                };
        }

        var secret = wanted.CredentialVariable is { } variable ? call.Secrets(variable) : null;
        var made = draft with { Credential = secret };
        return new(
            path,
            $"make the connection {wanted.Name} to {wanted.Authority}",
            async stop => (await new CreateConnection(call.Store).RunAsync(call.Actor, call.Workspace.Id, made, call.Probe, stop)).Refusal
        )
        {
            Wrong = secret is null
                ? Refusal.Invalid(
                    "credentialVariable",
                    "A connection that is not there needs its secret: name the environment variable that holds it, and set that."
                )
                : ConnectionCheck.Check(made, false),
        };
    }

    private static bool Same(IdentityConnection now, IdentityConnection then) =>
        now with { CredentialSealed = then.CredentialSealed } == then;

    private static Task<List<IdentityConnection>> RowsAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct) =>
        db.IdentityConnections.AsNoTracking().Where(c => c.WorkspaceId == workspace.Id).OrderBy(c => c.Id).ToListAsync(ct);

    private static DeclaredConnection Of(IdentityConnection row) =>
        new()
        {
            Kind = row.Kind,
            Name = row.Name,
            Authority = row.Authority,
            ClientId = row.ClientId,
            ClientAuthentication = row.ClientAuthentication,
            KeyId = row.KeyId,
            Tenants = row.TenantList,
            Domains = row.DomainList,
            Scopes = row.Scopes,
            AllowPersonalAccounts = row.AllowPersonalAccounts,
            AllowGuests = row.AllowGuests,
            UnknownMayJoin = row.UnknownMayJoin,
            TrustsUserNames = row.TrustsUserNames,
            SubjectIsExternalId = row.SubjectIsExternalId,
            ReadUserInfo = row.ReadUserInfo,
            Enabled = row.Enabled,
        };

    private static ConnectionDraft Draft(DeclaredConnection wanted) =>
        new()
        {
            Kind = wanted.Kind,
            Name = wanted.Name,
            Authority = wanted.Authority,
            ClientId = wanted.ClientId,
            ClientAuthentication = wanted.ClientAuthentication,
            KeyId = wanted.KeyId,
            Tenants = wanted.Tenants,
            Domains = wanted.Domains,
            Scopes = wanted.Scopes,
            AllowPersonalAccounts = wanted.AllowPersonalAccounts,
            AllowGuests = wanted.AllowGuests,
            UnknownMayJoin = wanted.UnknownMayJoin,
            TrustsUserNames = wanted.TrustsUserNames,
            SubjectIsExternalId = wanted.SubjectIsExternalId,
            ReadUserInfo = wanted.ReadUserInfo,
            Enabled = wanted.Enabled,
        };
}
