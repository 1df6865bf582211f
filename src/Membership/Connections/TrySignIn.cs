using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// An admin begins to try a sign-in policy through a connection. Refusals: <c>forbidden</c>, <c>notFound</c>,
/// <c>connectionNotTaken</c> (the policy itself does not offer it), whatever <see cref="ConfigurationCheck"/> finds.
/// </summary>
public sealed class BeginSignInTest(Store store)
{
    /// <summary>Begins it.</summary>
    /// <param name="actor">Who tries: a member.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="connectionId">The connection to sign in through.</param>
    /// <param name="rules">The policy that is tried; null for the one in force.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<SignInTest>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<IdentityConnection> connectionId, SignInRules? rules, CancellationToken ct) =>
        store.ChangeAsync<SignInTest>(actor, workspaceId, "signIn.tried", async attempt =>
        {
            if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
            {
                return refused;
            }

            if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
            {
                return Refusal.NotFound("workspace");
            }

            if (await LockoutGuard.AccountAsync(attempt.Db, actor, ct) is not { } account)
            {
                return Refusal.Forbidden("Only a person who is in this workspace can try to sign in.");
            }

            var draft = workspace.Configuration with { SignIn = rules ?? workspace.Configuration.SignIn };
            if (ConfigurationCheck.Check(draft) is { } wrong)
            {
                return wrong;
            }

            if ((await LockoutGuard.ConnectionsAsync(attempt.Db, workspaceId, ct)).FirstOrDefault(c => c.Id == connectionId) is not { } connection)
            {
                return Refusal.NotFound("connection");
            }

            if (!connection.IsOffered(workspaceId, draft.SignIn))
            {
                return new Refusal(RefusalKind.Conflict, "connectionNotTaken", $"This policy does not offer {connection.Name}. Choose a connection that it offers.", "via");
            }

            var test = new SignInTest
            {
                WorkspaceId = workspaceId,
                Id = Id<SignInTest>.New(attempt.Time),
                AccountId = account,
                ConnectionId = connectionId,
                ConnectionVersion = connection.Version,
                Rules = SignInTest.Text(draft.SignIn),
                EndsAt = attempt.At + SignInTest.Lifetime,
                Version = 1,
            };
            attempt.Changes.Add(test);
            return test;
        }, ct);
}

/// <summary>Reads a test for who began it. Refusals: <c>notFound</c> (also for a test of somebody else), <c>testEnded</c>.</summary>
public sealed class ReadSignInTest(Store store)
{
    /// <summary>Reads it.</summary>
    /// <param name="account">Who is signed in.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="id">The test.</param>
    /// <param name="open">Whether it must still wait for its answer.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<SignInTest>> RunAsync(Id<Account> account, Id<Workspace> workspace, Id<SignInTest> id, bool open, CancellationToken ct)
    {
        await using var db = store.Read();
        return await FindAsync(db, account, workspace, id, ct) is not { } test ? Refusal.NotFound("test")
            : open && (test.AnsweredAt is not null || store.Time.Now() >= test.EndsAt) ? Ended()
            : test;
    }

    internal static Task<SignInTest?> FindAsync(MembershipDb db, Id<Account> account, Id<Workspace> workspace, Id<SignInTest> id, CancellationToken ct) =>
        db.SignInTests.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == workspace && t.Id == id && t.AccountId == account, ct);

    internal static Refusal Ended() => new(RefusalKind.Conflict, "testEnded", "This test was answered already, or took too long. Begin another one.");
}

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
    public Task<Outcome<SignInTest>> RunAsync(SignedIn who, Id<Workspace> workspaceId, Id<SignInTest> id, Outcome<ProvenIdentity> answer, CancellationToken ct) =>
        store.ChangeAsync<SignInTest>(who.Person, null, "signIn.tried", async attempt =>
        {
            if (await ReadSignInTest.FindAsync(attempt.Db, who.Account.Id, workspaceId, id, ct) is not { } test)
            {
                return Refusal.NotFound("test");
            }

            if (test.AnsweredAt is not null || attempt.At >= test.EndsAt)
            {
                return ReadSignInTest.Ended();
            }

            if (await attempt.Db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == test.ConnectionId && c.Enabled, ct) is not { } connection
                || await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
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

                refusal = await AgainstAsync(attempt.Db, connection, draft, proven, who.Account.Id, ct);
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
            var done = test with { AnsweredAt = attempt.At, EndsAt = attempt.At + SignInTest.Lifetime, Passed = refusal is null, Outcome = result.Write(), Version = test.Version + 1 };
            attempt.Changes.Update(test, done);
            attempt.Changes.TellFacts("signIn.tried", workspaceId, ("connection", connection.Id.Value, connection.Name), null,
                new { done.Passed, result.Code, result.Issuer, result.UserName, result.TenantId, result.HostedDomain });
            return done;
        }, ct);

    /// <summary>Why this identity would not bring this very person in; null when it would.</summary>
    private static async Task<Refusal?> AgainstAsync(MembershipDb db, IdentityConnection connection, WorkspaceContext draft, ProvenIdentity who, Id<Account> account, CancellationToken ct)
    {
        if (ConnectionPolicy.Refuse(connection, draft, who.TenantId, who.HostedDomain) is { } barred)
        {
            return barred;
        }

        var login = await db.Logins.AsNoTracking().FirstOrDefaultAsync(l => l.ConnectionId == connection.Id && l.Issuer == who.Issuer && l.Subject == who.Subject, ct);
        return login is null ? new(RefusalKind.Forbidden, "loginNotLinked", $"This account at {connection.Name} is not linked to you yet, so it would not bring you in. Link it on your profile, then try again.")
            : login.AccountId != account ? new(RefusalKind.Forbidden, "otherAccount", $"This account at {connection.Name} leads to somebody else here. Try again with your own.")
            : await db.Members.AnyAsync(m => m.WorkspaceId == draft.Id && m.AccountId == account && m.State == MemberState.Active, ct) ? null
            : new(RefusalKind.Forbidden, "notMember", $"You are not in {draft.Row.Name} any more.");
    }
}
