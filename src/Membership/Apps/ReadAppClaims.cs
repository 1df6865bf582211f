using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// What an app is told of a person, read anew at each issue, refresh, UserInfo request and introspection: the one place that says
/// who may use an app at this moment, by the same rules as the pages. Refusals: <c>signInAgain</c> (the session is no more, or an
/// admin ended the member's), <c>secondFactorNeeded</c>, <c>secondFactorMissing</c>, <c>termsNotAccepted</c>,
/// the sentences of <see cref="ReadKeptOut"/> and of the sign-in policy, <c>otherWorkspace</c>
/// (an app of another workspace), <c>seatNeeded</c>, <c>accessEnded</c>, <c>notFound</c>.
/// </summary>
public sealed class ReadAppClaims(Store store)
{
    /// <summary>The most groups that a token names; of more it says where they are to be had.</summary>
    public const int MostGroups = 100;

    /// <summary>The most groups that UserInfo names.</summary>
    public const int MostGroupsAtAll = 2000;

    private readonly ReadSession _sessions = new(store);

    /// <summary>Reads for a grant that stands: at the token endpoint and behind it.</summary>
    /// <param name="grantId">The grant.</param>
    /// <param name="allGroups">Whether as many groups are read as there are.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<AppClaims>> OfGrantAsync(Guid grantId, bool allGroups, CancellationToken ct)
    {
        AppGrant? grant;
        Client? client;
        await using (var db = store.Read())
        {
            grant = await db.AppGrants.AsNoTracking().FirstOrDefaultAsync(g => g.Id == grantId, ct);
            client = grant is null ? null : await db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.Id == grant.ApplicationId, ct);
        }

        return grant is not { Status: AppAccess.Valid, SessionId: { } session, WorkspaceId: { } workspace } || client is null
            ? new Refusal(RefusalKind.Forbidden, "accessEnded", "This access has ended. Sign in again.")
            : await ReadAsync(client, session, workspace, Learned(client, grant), allGroups, ct);
    }

    /// <summary>Reads for a session in a workspace.</summary>
    public Task<Outcome<AppClaims>> RunAsync(
        Client client,
        Id<Session> sessionId,
        Id<Workspace> workspaceId,
        bool allGroups,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        return ReadAsync(client, sessionId, workspaceId, ClientSettings.Of(client).Attributes, allGroups, ct);
    }

    /// <summary>What the settings name; of an app for which people agree, no more than they agreed to.</summary>
    private static IReadOnlyList<string> Learned(Client client, AppGrant grant)
    {
        var settings = ClientSettings.Of(client);
        return settings.RequireConsent
            ?
            [
                .. settings.Attributes.Intersect(
                    AppScopeNames.AttributesIn(StoredList.Read(grant.Scopes)),
                    StringComparer.OrdinalIgnoreCase
                ),
            ]
            : settings.Attributes;
    }

    private async Task<Outcome<AppClaims>> ReadAsync(
        Client client,
        Id<Session> sessionId,
        Id<Workspace> workspaceId,
        IReadOnlyList<string> attributes,
        bool allGroups,
        CancellationToken ct
    )
    {
        if (client.WorkspaceId is { } only && only != workspaceId)
        {
            return new Refusal(RefusalKind.Forbidden, "otherWorkspace", "This app belongs to another workspace.");
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        if (await _sessions.OfAsync(sessionId, workspace.Row.Slug, ct) is not { } who)
        {
            return RecentAuthentication.Needed();
        }

        if ((who.Barred ?? SignInDemands.Refuse(who.Demand)) is { } refused)
        {
            return refused;
        }

        if (who.Member is not { } member)
        {
            return await new ReadKeptOut(store).RunAsync(who, workspace.Row.Slug, ct)
                ?? new Refusal(RefusalKind.Forbidden, "notMember", "You are not a member of the workspace that this app serves.");
        }

        if (client.NeedsSeat && !member.HasSeat)
        {
            return SeatNeeded(workspace);
        }

        var most = allGroups ? MostGroupsAtAll : MostGroups;
        var groups = await (
            from m in db.GroupMembers.AsNoTracking()
            join g in db.Groups.AsNoTracking() on new { m.WorkspaceId, Id = m.GroupId } equals new { g.WorkspaceId, g.Id }
            where m.WorkspaceId == workspaceId && m.MemberId == member.Id
            orderby g.DisplayNameKey, g.Id
            select g.DisplayName
        )
            .Take(most + 1)
            .ToListAsync(ct);
        var scim = workspace.Configuration.Scim;
        List<CustomAttribute> own = [.. attributes.Select(scim.Attribute).OfType<CustomAttribute>()];
        var email = member.Email ?? who.Account.Email;
        return new AppClaims
        {
            Subject = AppClaims.SubjectOf(store.Box, client, who.Account.Id),
            Workspace = workspace.Row,
            Member = member,
            Session = who.Session,
            Groups = groups.Count > most ? [] : groups,
            GroupsOverflow = groups.Count > most,
            Entitlements = workspace.Configuration.EntitledTo(member.Role, member.License),
            AttributeNames = own.ConvertAll(a => a.Name),
            Attributes = CustomValues.AsJson(scim, member, own),
            AccountEmail = who.Account.Email,
            EmailVerified = email is not null && who.Account.ProvenEmailKey is { } proven && proven == Key.Of(email),
            Methods = AppClaims.MethodsOf(who.Session),
        };
    }

    /// <summary>The sentence of an app that is of use with a seat only.</summary>
    internal static Refusal SeatNeeded(WorkspaceContext workspace) =>
        new(
            RefusalKind.Full,
            "seatNeeded",
            $"This app needs a seat, and you hold none in {workspace.Row.Name}. Ask an admin of {workspace.Row.Name} for one."
        );
}
