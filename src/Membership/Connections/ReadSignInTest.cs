using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Reads a test for who began it. Refusals: <c>notFound</c> (also for a test of somebody else), <c>testEnded</c>.</summary>
public sealed class ReadSignInTest(Store store)
{
    /// <summary>Reads it.</summary>
    /// <param name="account">Who is signed in.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="id">The test.</param>
    /// <param name="open">Whether it must still wait for its answer.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<SignInTest>> RunAsync(
        Id<Account> account,
        Id<Workspace> workspace,
        Id<SignInTest> id,
        bool open,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        return Of(await FindAsync(db, account, null, workspace, id, ct), open);
    }

    /// <summary>The same for the holder of a link to the set-up portal who began it.</summary>
    public async Task<Outcome<SignInTest>> ForLinkAsync(
        Actor link,
        Id<Workspace> workspace,
        Id<SignInTest> id,
        bool open,
        CancellationToken ct
    )
    {
        if (link.Demand(workspace, Permission.ConfigureWorkspace, PortalScopes.SignIn) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return PortalLink.Of(link) is { } by ? Of(await FindAsync(db, default, by, workspace, id, ct), open) : Refusal.NotFound("test");
    }

    private Outcome<SignInTest> Of(SignInTest? test, bool open) =>
        test is null ? Refusal.NotFound("test")
        : open && (test.AnsweredAt is not null || store.Time.Now() >= test.EndsAt) ? Ended()
        : test;

    internal static Task<SignInTest?> FindAsync(
        MembershipDb db,
        Id<Account> account,
        Id<PortalLink>? link,
        Id<Workspace> workspace,
        Id<SignInTest> id,
        CancellationToken ct
    ) =>
        db
            .SignInTests.AsNoTracking()
            .FirstOrDefaultAsync(t => t.WorkspaceId == workspace && t.Id == id && t.AccountId == account && t.PortalLinkId == link, ct);

    internal static Refusal Ended() =>
        new(RefusalKind.Conflict, "testEnded", "This test was answered already, or took too long. Begin another one.");
}
