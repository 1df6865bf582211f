using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Takes the provider's answer to a test: says whether who began it would get in under the policy tried. The answer's
/// state is used up; no session, login, account or member is made or changed. Refusals: <c>notFound</c>,
/// <c>testEnded</c>, <c>answerUsed</c>, <c>connectionGone</c>.
/// </summary>
public sealed class AnswerSignInTest(Store store)
{
    /// <summary>Takes it.</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The test.</param>
    /// <param name="answer">Whom the provider proved, or why its answer was not accepted.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<SignInTest>> RunAsync(
        SignedIn who,
        Id<Workspace> workspaceId,
        Id<SignInTest> id,
        Outcome<ProvenIdentity> answer,
        CancellationToken ct
    ) => RunAsync(who.Person, null, who.Account.Id, workspaceId, id, answer, ct);

    /// <summary>
    /// The same for the holder of a link to the set-up portal, who has no account: it passes where the provider's word is accepted and
    /// the policy takes it.
    /// </summary>
    public Task<Outcome<SignInTest>> ForLinkAsync(
        Actor link,
        Id<Workspace> workspaceId,
        Id<SignInTest> id,
        Outcome<ProvenIdentity> answer,
        CancellationToken ct
    ) => RunAsync(link, workspaceId, default, workspaceId, id, answer, ct);

    private Task<Outcome<SignInTest>> RunAsync(
        Actor actor,
        Id<Workspace>? told,
        Id<Account> account,
        Id<Workspace> workspaceId,
        Id<SignInTest> id,
        Outcome<ProvenIdentity> answer,
        CancellationToken ct
    ) =>
        store.ChangeAsync<SignInTest>(
            actor,
            told,
            "signIn.tried",
            async attempt =>
            {
                var link = PortalLink.Of(actor);
                if (link is not null && actor.Demand(workspaceId, Permission.ConfigureWorkspace, PortalScopes.SignIn) is { } refused)
                {
                    return refused;
                }

                if (await ReadSignInTest.FindAsync(attempt.Db, account, link, workspaceId, id, ct) is not { } test)
                {
                    return Refusal.NotFound("test");
                }

                if (test.AnsweredAt is not null || attempt.At >= test.EndsAt)
                {
                    return ReadSignInTest.Ended();
                }

                if (
                    await attempt.Db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == test.ConnectionId && c.Enabled, ct)
                        is not { } connection
                    || await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                )
                {
                    return FindConnection.Gone();
                }

                var draft = workspace with { Configuration = workspace.Configuration with { SignIn = test.Draft } };
                if (answer.Is(out var proven, out var refusal))
                {
                    if (proven.ConnectionId != test.ConnectionId)
                    {
                        return Refusal.NotFound("test");
                    }

                    if (await SignInWithProvider.SpendAsync(attempt, proven, ct) is { } used)
                    {
                        return used;
                    }

                    refusal = link is not null
                        ? ConnectionPolicy.Refuse(connection, draft, proven.TenantId, proven.HostedDomain)
                        : await AgainstAsync(attempt.Db, connection, draft, proven, account, ct);
                }

                var result = new SignInTestResult
                {
                    Code = refusal?.Code,
                    Message = refusal?.Message,
                    Issuer = proven?.Issuer,
                    UserName = proven?.UserName,
                    TenantId = proven?.TenantId,
                    HostedDomain = proven?.HostedDomain,
                    AuthenticationMethods = proven?.AuthenticationMethods ?? [],
                };
                var done = test with
                {
                    AnsweredAt = attempt.At,
                    EndsAt = attempt.At + SignInTest.Lifetime,
                    Passed = refusal is null,
                    Outcome = result.Write(),
                    Version = test.Version + 1,
                };
                attempt.Changes.Update(test, done);
                attempt.Changes.TellFacts(
                    "signIn.tried",
                    workspaceId,
                    ("connection", connection.Id.Value, connection.Name),
                    null,
                    new
                    {
                        done.Passed,
                        result.Code,
                        result.Issuer,
                        result.UserName,
                        result.TenantId,
                        result.HostedDomain,
                    }
                );
                return done;
            },
            ct
        );

    /// <summary>Why this identity would not bring this very person in; null when it would.</summary>
    private static async Task<Refusal?> AgainstAsync(
        MembershipDb db,
        IdentityConnection connection,
        WorkspaceContext draft,
        ProvenIdentity who,
        Id<Account> account,
        CancellationToken ct
    )
    {
        if (ConnectionPolicy.Refuse(connection, draft, who.TenantId, who.HostedDomain) is { } barred)
        {
            return barred;
        }

        var login = await db
            .Logins.AsNoTracking()
            .FirstOrDefaultAsync(l => l.ConnectionId == connection.Id && l.Issuer == who.Issuer && l.Subject == who.Subject, ct);
        return login is null
                ? new(
                    RefusalKind.Forbidden,
                    "loginNotLinked",
                    $"This account at {connection.Name} is not linked to you yet, so it would not bring you in. Link it on your "
                        + $"profile, then try again."
                )
            : login.AccountId != account
                ? new(
                    RefusalKind.Forbidden,
                    "otherAccount",
                    $"This account at {connection.Name} leads to somebody else here. Try again with your own."
                )
            : await db.Members.AnyAsync(m => m.WorkspaceId == draft.Id && m.AccountId == account && m.State == MemberState.Active, ct)
                ? null
            : new(RefusalKind.Forbidden, "notMember", $"You are not in {draft.Row.Name} any more.");
    }
}
